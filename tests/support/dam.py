"""A line to a lab that lets so many bytes up and then holds, until the client hangs up."""

from __future__ import annotations

import select
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


@contextmanager
def dam(port: int, most_bytes: int) -> Iterator[str]:
    """Give an address that leads to `port`; each connection passes `most_bytes` on its way up."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_accept, args=(listener, port, most_bytes), daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)


def _accept(listener: socket.socket, port: int, most_bytes: int) -> None:
    with suppress(OSError):
        while True:
            client, _ = listener.accept()
            lab = socket.create_connection(("127.0.0.1", port))
            for ends in ((client, lab, most_bytes), (lab, client, None)):
                threading.Thread(target=_pass_on, args=ends, daemon=True).start()


def _pass_on(source: socket.socket, target: socket.socket, left: int | None) -> None:
    """Hand bytes on; with none left to pass, wait until the other side hangs up."""
    with suppress(OSError), source, target:
        while left != 0 and (part := source.recv(min(1 << 16, left or 1 << 16))):
            left = None if left is None else left - len(part)
            target.sendall(part)
        if left == 0:
            hung_up = select.poll()
            hung_up.register(source, 0)  # tells of POLLHUP and POLLERR alone
            hung_up.poll()
