"""Open WebSockets of a real lab: they outlive it, and end with the token that opened them."""

from __future__ import annotations

import socket
import textwrap
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from running_lab import RunningLab, running_lab, wait_for

from mllab import Lab

# What nginx passes on after the upgrade is bytes: an echo of these will do.
ECHO = textwrap.dedent("""
    exec python3 -u - <<'END'
    import asyncio, os

    async def serve(reader, writer):
        head = (await reader.readuntil(b"\\r\\n\\r\\n")).lower()
        if b"upgrade: websocket" in head:
            writer.write(b"HTTP/1.1 101 Switching Protocols\\r\\n"
                         b"Upgrade: websocket\\r\\nConnection: upgrade\\r\\n\\r\\n")
            while data := await reader.read(1000):
                writer.write(data)
        else:
            writer.write(b"HTTP/1.1 200 OK\\r\\nContent-Length: 0\\r\\n\\r\\n")
        writer.close()

    async def main():
        server = await asyncio.start_server(serve, "127.0.0.1", int(os.environ["PORT"]))
        await server.serve_forever()

    asyncio.run(main())
    END
""")


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[RunningLab]:
    """A running lab with a service that echoes."""
    with running_lab(tmp_path / "data") as lab:
        client = Lab(lab.url, lab.token())
        client.projects.create("alpha")
        services = client.project("alpha").services
        services.deploy("echo", ECHO)
        services.wait("echo")
        yield lab


def open_socket(lab: RunningLab, token: str) -> socket.socket:
    url = urlsplit(lab.url)
    opened = socket.create_connection((url.hostname, url.port), timeout=30)
    lines = ["GET /projects/alpha/services/echo/ HTTP/1.1", f"Host: {url.netloc}"]
    lines += ["Upgrade: websocket", "Connection: upgrade", f"Authorization: Bearer {token}"]
    opened.sendall("\r\n".join([*lines, "", ""]).encode())
    assert opened.recv(1000).startswith(b"HTTP/1.1 101 ")
    return opened


def is_open(opened: socket.socket) -> bool:
    try:
        opened.sendall(b"still here")
        return opened.recv(1000) == b"still here"
    except ConnectionError:
        return False


def test_sockets_outlive_a_killed_lab_and_end_with_their_token(lab: RunningLab) -> None:
    tokens = Lab(lab.url, lab.token()).tokens
    mine, others = tokens.create("mine"), tokens.create("others")
    with open_socket(lab, mine.secret) as first, open_socket(lab, others.secret) as second:
        workload = Lab(lab.url, others.secret).project("alpha").services.get("echo").status
        lab.kill()
        assert (is_open(first), is_open(second)) == (True, True)
        lab.start()
        assert (is_open(first), is_open(second)) == (True, True)
        client = Lab(lab.url, others.secret)
        assert client.project("alpha").services.get("echo").status.attempt == workload.attempt
        client.tokens.delete(mine.token.id)
        wait_for(lambda: not is_open(first), within_s=30, what="the deleted token's is cut")
        assert is_open(second)
