"""The sockets on which nginx listens: bound by the lab, handed down to nginx.

So a taken port is known at once, a free one cannot be lost between choosing and using it,
and while nginx is started again the kernel keeps new connections waiting.
"""

from __future__ import annotations

import contextlib
import errno
import socket
from collections.abc import Sequence
from pathlib import Path

from mllab.errors import Conflict, InvalidInput

_BACKLOG = 511


def listen_on(host: str, port: int) -> list[socket.socket]:
    """Return listening sockets on every address of `host`, all with one port (0: a free one).

    Raises:
        Conflict: the port is taken.
        InvalidInput: `host` is no address of this machine, or the port may not be used.
    """
    try:
        found = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE | socket.AI_NUMERICSERV
        )
    except (socket.gaierror, UnicodeError) as exc:
        raise InvalidInput(f"LAB_HOST: {host!r} is no address of this machine ({exc}).") from exc
    opened: list[socket.socket] = []
    with contextlib.ExitStack() as undo:
        for family, _, _, _, address in dict.fromkeys(found):
            chosen = port or (opened[0].getsockname()[1] if opened else 0)
            sock = undo.enter_context(_bind(family, str(address[0]), chosen))
            opened.append(sock)
        undo.pop_all()
    return opened


def listen_as_before(note: Path, host: str) -> list[socket.socket]:
    """Return a socket for workloads, at the port that `note` keeps if it is free.

    Workloads that outlive the lab go on asking for it there.
    """
    try:
        sockets = listen_on(host, int(note.read_text()))
    except (FileNotFoundError, ValueError, OverflowError, Conflict, InvalidInput):
        sockets = listen_on(host, 0)
    note.write_text(str(sockets[0].getsockname()[1]))
    return sockets


def _bind(family: int, address: str, port: int) -> socket.socket:
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # What is accepted inherits it: else a client that vanished would stay for long.
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        sock.bind((address, port))
        sock.listen(_BACKLOG)
        sock.setblocking(False)
    except OSError as exc:
        sock.close()
        raise _explain(exc, address, port) from exc
    return sock


def _explain(fault: OSError, address: str, port: int) -> Conflict | InvalidInput:
    if fault.errno == errno.EADDRINUSE:
        return Conflict(
            f"Port {port} on {address} is taken by another program. Stop it, or choose another "
            f"port: --port {port + 1 if port < 65_535 else 8080}, or --port 0 for a free one.",
            port=port,
        )
    if fault.errno == errno.EACCES:
        return InvalidInput(
            f"Port {port} needs rights that this user lacks. Choose one above 1023."
        )
    return InvalidInput(f"LAB_HOST: cannot listen on {address} ({fault.strerror}).")


def names(sockets: Sequence[socket.socket]) -> tuple[str, ...]:
    """Return the sockets' addresses as nginx's `listen` writes them."""
    return tuple(_name(sock) for sock in sockets)


def _name(sock: socket.socket) -> str:
    address, port = sock.getsockname()[:2]
    if sock.family == socket.AF_INET6:
        return f"[{address}]:{port}"
    return f"{address}:{port}"
