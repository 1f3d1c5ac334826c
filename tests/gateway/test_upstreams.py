"""Connections to workloads are kept, once nginx knows their addresses by name."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from gateway_room import ANN, Room, Upstream, until, until_async
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve

from mllab.gateway.nginx import strays, upstreams
from mllab.gateway.nginx.upstreams import Upstreams, follow
from mllab.runtimes.base import Endpoint

PATH = "/projects/alpha/services/svc/"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


async def _answer_all(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while True:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(OK)


def _processes(room: Room) -> set[int]:
    return {process.pid for process in strays.find(room.run_dir)}


def _is_full(room: Room) -> bool:
    return len(_processes(room)) > 1 + upstreams.MOST_OLD_WORKERS + room.nginx.config.workers


async def _note(room: Room, address: str) -> None:
    """Note an address and wait until it has a name, or has to wait for one."""
    room.upstreams.note(address)
    await until(lambda: address in room.nginx.config.upstreams or _is_full(room))


@pytest.fixture
async def kept(room: Room) -> AsyncIterator[Upstream]:
    """A service that answers many requests on one connection, known by name."""
    upstream = await room.service()
    upstream.handler = _answer_all
    async with room.client(ANN) as ann:
        assert (await ann.get(PATH)).text == "ok"
    before = _processes(room)
    task = asyncio.create_task(follow(room.nginx, room.upstreams, 0.01))
    # Old workers know it by address only; the master alone is in both.
    await until(lambda: len(_processes(room) & before) == 1, 20)
    yield upstream
    task.cancel()


async def test_requests_share_a_connection(room: Room, kept: Upstream) -> None:
    before = kept.connections
    async with room.client(ANN) as ann:
        for _ in range(50):
            assert (await ann.get(PATH)).text == "ok"
    assert kept.connections - before <= room.nginx.config.workers


async def test_a_connection_that_was_closed_is_made_anew(room: Room, kept: Upstream) -> None:
    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request as if more could come, and hang up at the next."""
        await reader.readuntil(b"\r\n\r\n")
        writer.write(OK)
        await reader.readuntil(b"\r\n\r\n")

    kept.handler = one
    async with room.client(ANN) as ann:
        assert {(await ann.get(PATH)).status_code for _ in range(20)} == {200}


async def test_a_name_never_outlives_its_address(room: Room, kept: Upstream) -> None:
    await kept.close()
    moved = await room.upstream()
    key = ("alpha", "svc", None)
    room.core.services[key] = replace(room.core.services[key], endpoint=Endpoint(moved.address))

    async with room.client(ANN) as ann:

        async def found() -> bool:
            return (await ann.get(PATH)).status_code == 200

        await until_async(found, patience_s=5)
    assert moved.connections


async def test_unix_sockets_have_names_too(room: Room) -> None:
    upstream = await room.workspace()
    async with room.browser() as ann:
        await ann.get("/workspaces/ann/")
        await room.nginx.reload(replace(room.nginx.config, upstreams=room.upstreams.wanted()))
        assert room.nginx.config.upstreams == ("unix:ann.sock:",)
        assert (await ann.get("/workspaces/ann/")).status_code == 200
    assert upstream.connections == 2


async def test_reloads_cut_no_websocket_and_leave_few_workers(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upstreams, "MOST_OLD_WORKERS", 2)

    async def echo(connection: ServerConnection) -> None:
        async for message in connection:
            await connection.send(message)

    async with serve(echo, "127.0.0.1", 0) as server:
        host, port = next(iter(server.sockets)).getsockname()
        service = await room.service()
        room.core.services[("alpha", "svc", None)] = replace(
            room.core.services[("alpha", "svc", None)], endpoint=Endpoint(f"{host}:{port}")
        )
        url, headers = f"ws://localhost:{room.nginx.port}{PATH}", {"Authorization": f"Bearer {ANN}"}
        task = asyncio.create_task(follow(room.nginx, room.upstreams, 0.01))
        sockets = []
        for number in range(10):
            sockets.append(await connect(url, additional_headers=headers, proxy=None))
            await _note(room, f"127.0.0.1:{10_000 + number}")
        for socket in sockets:
            await socket.send("still here")
            assert await socket.recv() == "still here"
        # One reload may pass the bound by as many workers as it leaves behind.
        assert len(strays.find(room.run_dir)) <= 1 + 2 + 2 * room.nginx.config.workers
        task.cancel()
        for socket in sockets:
            await socket.close()
    assert service.connections == 0


def test_only_addresses_that_nginx_reads_as_such_get_a_name() -> None:
    seen = Upstreams()
    for address in (
        "127.0.0.1:5000",
        "[::1]:80",
        "unix:w/a.sock:",
        "unix:/a b;c:",
        "evil:80",
        "$x:1",
    ):
        seen.note(address)
    assert seen.wanted() == ("127.0.0.1:5000", "[::1]:80", "unix:w/a.sock:")


def test_names_are_bounded_and_the_latest_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter(range(10_000))
    monkeypatch.setattr(upstreams, "monotonic", lambda: float(next(times)) / 100)
    seen = Upstreams()
    for port in range(1, 500):
        seen.note(f"127.0.0.1:{port}")
    wanted = seen.wanted()
    assert len(wanted) == upstreams.MOST_NAMES
    assert "127.0.0.1:499" in wanted
    assert "127.0.0.1:1" not in wanted
