"""Does it answer? Over TCP and over Unix sockets with long paths."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from mllab.control.health import answers
from mllab.runtimes.base import Endpoint


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer 200 to whom brings the secret, 403 to others; redirect from /old."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower() if not reader.at_eof() else b""
    status = b"302 Found" if b" /old " in head else b"403 No"
    if b"authorization: token x" in head:
        status = b"200 OK"
    writer.write(b"HTTP/1.1 " + status + b"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    await writer.drain()
    writer.close()


async def close(server: asyncio.Server) -> None:
    server.close()
    await server.wait_closed()


@pytest.fixture
async def tcp() -> AsyncIterator[str]:
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    await close(server)


@pytest.fixture
async def unix(tmp_path: Path) -> AsyncIterator[str]:
    folder = tmp_path / ("long" * 30)
    folder.mkdir()
    descriptor = os.open(folder, os.O_PATH)
    server = await asyncio.start_unix_server(serve, f"/proc/self/fd/{descriptor}/http")
    os.close(descriptor)
    yield f"unix:{folder}/http"
    await close(server)


async def test_an_answer_below_400_counts(tcp: str, unix: str) -> None:
    for address in (tcp, unix):
        assert await answers(Endpoint(address, {"Authorization": "token x"}), "/api")
        assert await answers(Endpoint(address), "/old")
        assert not await answers(Endpoint(address), "/api")


async def test_nobody_there(tmp_path: Path, unused_tcp_port: int) -> None:
    for address in (f"127.0.0.1:{unused_tcp_port}", f"unix:{tmp_path}/none", "unix:/no/such/s"):
        assert not await answers(Endpoint(address), "/")
        assert not await answers(Endpoint(address), None)
