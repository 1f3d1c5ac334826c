"""Open WebSockets end with the right to them, and nobody else's does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest
from gateway_room import ANN, BOB, SESSION, Room, until
from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import InvalidStatus
from websockets.http11 import Request, Response
from websockets.protocol import State

from mllab.core.workloads import Reach
from mllab.gateway.nginx import strays
from mllab.model.workloads import Status, WorkloadState
from mllab.runtimes.base import Endpoint

PATH = "/projects/alpha/services/svc/"
KEY = ("alpha", "svc", None)


async def _echo(connection: ServerConnection) -> None:
    async for message in connection:
        await connection.send(message)


@pytest.fixture
async def echo(room: Room) -> Room:
    """A room with a service that echoes."""
    server = await serve(_echo, "127.0.0.1", 0, max_size=None)
    room.on_close(server.close)
    host, port = next(iter(server.sockets)).getsockname()
    running = Status(state=WorkloadState.RUNNING)
    room.core.services[KEY] = Reach(running, "ann", Endpoint(f"{host}:{port}"), "/x")
    return room


async def _open(room: Room, token: str = ANN) -> ClientConnection:
    url = f"ws://localhost:{room.nginx.port}{PATH}"
    headers = {"Authorization": f"Bearer {token}"}
    return await connect(url, additional_headers=headers, proxy=None, max_size=None)


async def _alive(socket: ClientConnection) -> bool:
    await socket.send("hello")
    return await socket.recv() == "hello"


async def _cut(room: Room, socket: ClientConnection) -> None:
    """Return when the connection ended without a word of the protocol's; the lab looks."""
    async with asyncio.timeout(30):
        while socket.state is State.OPEN:
            await room.sockets.look()
            await asyncio.sleep(0.05)
    assert socket.close_code == 1006


def _stop(room: Room) -> None:
    stopped = Status(state=WorkloadState.STOPPED)
    room.core.services[KEY] = replace(room.core.services[KEY], endpoint=None, status=stopped)


@pytest.mark.parametrize(
    "revoke",
    [
        lambda room: room.core.people.pop(ANN),
        lambda room: room.core.people.update({ANN: room.core.people["lab_eve"]}),
        lambda room: room.core.services.pop(KEY),
        _stop,
    ],
    ids=["token deleted", "member removed", "service deleted", "service stopped"],
)
async def test_a_socket_ends_with_the_right_to_it(
    echo: Room, revoke: Callable[[Room], object]
) -> None:
    socket = await _open(echo)
    assert await _alive(socket)
    revoke(echo)
    await _cut(echo, socket)


async def test_a_session_that_is_signed_out_loses_its_sockets(echo: Room) -> None:
    origin = echo.origin
    headers = {"Cookie": f"lab_session={SESSION}", "Origin": origin}
    url = f"ws://localhost:{echo.nginx.port}{PATH}"
    socket = await connect(url, additional_headers=headers, proxy=None)
    assert await _alive(socket)
    del echo.core.people[SESSION]
    await _cut(echo, socket)


async def test_nobody_elses_socket_is_cut(echo: Room) -> None:
    mine, others = await _open(echo, ANN), [await _open(echo, BOB) for _ in range(8)]
    del echo.core.people[ANN]
    await _cut(echo, mine)
    assert [await _alive(socket) for socket in others] == [True] * 8


async def test_many_are_cut_at_once_and_no_worker_comes_to_harm(echo: Room) -> None:
    workers = {process.pid for process in strays.find(echo.run_dir)}
    cut = [await _open(echo, ANN) for _ in range(60)]
    others = [await _open(echo, BOB) for _ in range(20)]
    await until(lambda: echo.sockets.count() == {"s/alpha/svc": 80})
    del echo.core.people[ANN]
    for socket in cut:
        await _cut(echo, socket)
    assert [await _alive(socket) for socket in others] == [True] * 20
    assert echo.sockets.count() == {"s/alpha/svc": 20}
    assert {process.pid for process in strays.find(echo.run_dir)} == workers


async def test_a_workload_that_is_down_for_a_moment_keeps_its_sockets(echo: Room) -> None:
    socket = await _open(echo)
    down = replace(echo.core.services[KEY], endpoint=None)
    echo.core.services[KEY] = down
    await until(lambda: echo.sockets.count() == {"s/alpha/svc": 1})
    await echo.sockets.look()
    assert await _alive(socket)


async def test_a_lab_that_went_away_cuts_nothing_and_the_next_one_does(echo: Room) -> None:
    mine, others = await _open(echo, ANN), await _open(echo, BOB)
    await until(lambda: echo.sockets.count() == {"s/alpha/svc": 2})
    await echo.stop_application()
    assert await _alive(mine)
    assert await _alive(others)
    del echo.core.people[ANN]
    await echo.start_application()
    await _cut(echo, mine)  # nginx asks again 5 to 15 s after the lab went
    assert await _alive(others)


async def test_sockets_of_old_workers_are_cut_too(echo: Room) -> None:
    mine, others = await _open(echo, ANN), await _open(echo, BOB)
    await echo.nginx.reload(replace(echo.nginx.config, names=("lab.example",)))
    del echo.core.people[ANN]
    await _cut(echo, mine)
    assert await _alive(others)


async def test_what_is_open_is_counted(echo: Room) -> None:
    sockets = [await _open(echo) for _ in range(3)]
    await until(lambda: echo.sockets.count() == {"s/alpha/svc": 3})
    for socket in sockets:
        await socket.close()
    await until(lambda: echo.sockets.count() == {})


async def test_ten_thousand_messages_and_large_frames_pass(echo: Room) -> None:
    socket = await _open(echo)
    for start in range(0, 10_000, 100):
        sent = [str(number) for number in range(start, start + 100)]
        for text in sent:
            await socket.send(text)
        assert [await socket.recv() for _ in sent] == sent
    frame = b"y" * (16 << 20)
    for _ in range(2):
        await socket.send(frame)
        assert await socket.recv() == frame
    await socket.close()
    assert socket.close_code == 1000


async def test_an_end_by_the_workload_reaches_the_client_at_once(room: Room) -> None:
    async def hang_up(connection: ServerConnection) -> None:
        await connection.close(4000, "enough")

    server = await serve(hang_up, "127.0.0.1", 0)
    room.on_close(server.close)
    host, port = next(iter(server.sockets)).getsockname()
    running = Status(state=WorkloadState.RUNNING)
    room.core.services[KEY] = Reach(running, "ann", Endpoint(f"{host}:{port}"), "/x")
    socket = await _open(room)
    await socket.wait_closed()
    assert (socket.close_code, socket.close_reason) == (4000, "enough")


async def test_a_refused_upgrade_passes_like_any_answer(room: Room) -> None:
    def refuse(connection: ServerConnection, request: Request) -> Response:
        answer = connection.respond(418, "no socket here\n")
        answer.headers["Set-Cookie"] = "lab_session=stolen"
        answer.headers["X-Own"] = "kept"
        return answer

    server = await serve(_echo, "127.0.0.1", 0, process_request=refuse)
    room.on_close(server.close)
    host, port = next(iter(server.sockets)).getsockname()
    running = Status(state=WorkloadState.RUNNING)
    room.core.services[KEY] = Reach(running, "ann", Endpoint(f"{host}:{port}"), "/x")
    with pytest.raises(InvalidStatus) as refused:
        await _open(room)
    answer = refused.value.response
    assert (answer.status_code, answer.headers["X-Own"]) == (418, "kept")
    assert "Set-Cookie" not in answer.headers
    assert (room.sockets.count(), answer.body) == ({}, b"no socket here\n")


async def test_a_question_that_was_not_asked_yet_ends_with_the_lab(echo: Room) -> None:
    reader, writer = await asyncio.open_unix_connection(str(echo.run_dir / "sockets.sock"))
    await _open(echo)
    await until(lambda: echo.sockets.count() == {"s/alpha/svc": 1})  # taken after the other
    await echo.stop_application()
    async with asyncio.timeout(5):
        assert await reader.read() == b""
    writer.close()
