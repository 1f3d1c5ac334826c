"""Bytes move as they come: WebSockets, events, bodies larger than memory should hold."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import psutil
import pytest
from gateway_room import ANN, SESSION, Room, Upstream
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import InvalidStatus

from mllab.core.workloads import Reach
from mllab.gateway.nginx import strays
from mllab.model.workloads import Status, WorkloadState
from mllab.runtimes.base import Endpoint

PATH = "/projects/alpha/services/svc/"
SIZE = 256 * 1024 * 1024
CHUNK = b"x" * (1 << 20)


async def _echo(connection: ServerConnection) -> None:
    async for message in connection:
        await connection.send(message)


async def _serve_echo(room: Room) -> None:
    server = await serve(_echo, "127.0.0.1", 0, max_size=None)
    room.on_close(server.close)
    host, port = next(iter(server.sockets)).getsockname()
    running = Status(state=WorkloadState.RUNNING)
    room.core.services[("alpha", "svc", None)] = Reach(
        running, "ann", Endpoint(f"{host}:{port}"), "/x"
    )


async def test_websocket_echo_small_and_large(room: Room) -> None:
    await _serve_echo(room)
    url = f"ws://localhost:{room.nginx.port}{PATH}"
    headers = {"Authorization": f"Bearer {ANN}"}
    async with connect(url, additional_headers=headers, max_size=None, proxy=None) as socket:
        messages: list[str | bytes] = [*(str(n) for n in range(500)), b"y" * (16 << 20)]
        for message in messages:
            await socket.send(message)
            assert await socket.recv() == message


async def test_second_websocket_goes_by_the_kept_decision(room: Room) -> None:
    await _serve_echo(room)
    url = f"ws://localhost:{room.nginx.port}{PATH}"
    headers = {"Authorization": f"Bearer {ANN}"}
    for _ in range(3):
        async with connect(url, additional_headers=headers, proxy=None) as socket:
            await socket.send("hello")
            assert await socket.recv() == "hello"
    assert room.core.looks == 1


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://localhost:1"])
async def test_websocket_from_another_sites_page_is_refused(room: Room, origin: str) -> None:
    await _serve_echo(room)
    url = f"ws://localhost:{room.nginx.port}{PATH}"
    headers = {"Cookie": f"lab_session={SESSION}", "Origin": origin}
    with pytest.raises(InvalidStatus) as refused:
        await connect(url, additional_headers=headers, proxy=None)
    assert refused.value.response.status_code == 403


async def test_server_sent_events_arrive_at_once(room: Room) -> None:
    upstream = await room.service()
    go_on = asyncio.Event()

    async def events(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n")
        await go_on.wait()
        writer.write(b"data: 2\n\n")

    upstream.handler = events
    async with room.client(ANN) as ann, ann.stream("GET", PATH) as answer:
        parts = answer.aiter_text()
        assert await anext(parts) == "data: 1\n\n"
        go_on.set()
        assert await anext(parts) == "data: 2\n\n"


async def test_large_upload_streams_through(room: Room) -> None:
    upstream = await room.service()
    counted = _count_uploads(upstream)
    before = _memory(room)

    async def body() -> AsyncIterator[bytes]:
        for _ in range(SIZE // len(CHUNK)):
            yield CHUNK

    async with room.client(ANN) as ann:
        answer = await ann.put(PATH, content=body(), headers={"Content-Length": str(SIZE)})
    assert (answer.status_code, counted) == (200, [SIZE])
    _assert_nothing_was_kept(room, before)


async def test_large_download_streams_to_a_slow_reader(room: Room) -> None:
    upstream = await room.service()
    upstream.handler = _download
    before, got = _memory(room), 0
    async with room.client(ANN) as ann, ann.stream("GET", PATH) as answer:
        async for chunk in answer.aiter_raw():
            got += len(chunk)
            await asyncio.sleep(0)
    assert got == SIZE
    _assert_nothing_was_kept(room, before)


async def test_upload_streams_before_its_end(room: Room) -> None:
    upstream = await room.service()
    seen = asyncio.Event()

    async def read(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"first")
        seen.set()
        await reader.readuntil(b"second")
        writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")

    async def body() -> AsyncIterator[bytes]:
        yield b"first"
        await asyncio.wait_for(seen.wait(), 10)
        yield b"second"

    upstream.handler = read
    async with room.client(ANN) as ann:
        assert (await ann.post(PATH, content=body())).status_code == 204


async def test_range_and_partial_answer_pass(room: Room) -> None:
    upstream = await room.service()
    upstream.answer = (
        b"HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 1-2/9\r\nContent-Length: 2\r\n\r\nok"
    )
    async with room.client(ANN) as ann:
        answer = await ann.get(PATH, headers={"Range": "bytes=1-2"})
    assert (answer.status_code, answer.headers["Content-Range"]) == (206, "bytes 1-2/9")
    assert upstream.headers["range"] == "bytes=1-2"


def _count_uploads(upstream: Upstream) -> list[int]:
    counted: list[int] = []

    async def count(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        total = 0
        while total < SIZE:
            total += len(await reader.read(1 << 20))
        counted.append(total)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    upstream.handler = count
    return counted


async def _download(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(f"HTTP/1.1 200 OK\r\nContent-Length: {SIZE}\r\n\r\n".encode())
    for _ in range(SIZE // len(CHUNK)):
        writer.write(CHUNK)
        await writer.drain()


def _memory(room: Room) -> int:
    found: list[psutil.Process] = strays.find(room.run_dir)
    return sum(process.memory_info().rss for process in found)


def _assert_nothing_was_kept(room: Room, before: int) -> None:
    assert [path for path in (room.run_dir / "tmp").rglob("*") if path.is_file()] == []
    assert _memory(room) - before < 16 * 1024 * 1024
