"""Patience and limits: slow clients, hungry clients, and workloads that answer badly."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable

import pytest
from gateway_room import ANN, BOB, Handler, Room, Upstream, open_room, until

PATH = "/projects/alpha/services/svc/"
OTHER = "/projects/alpha/services/other/"
OK = b"HTTP/1.1 200 OK\r\n"
EVIL = OK + b"Set-Cookie: lab_session=evil\r\nContent-Length: 0\r\n\r\n"


@pytest.fixture
async def hasty() -> AsyncIterator[Room]:
    """A gateway that waits a second or two for anything."""
    async with open_room(head_s=1, body_s=1, send_s=1, upstream_s=2) as opened:
        yield opened


def sends(*parts: bytes, hangs: bool = False, resets: bool = False) -> Handler:
    """A workload that sends `parts` whatever it is asked, and then ends as told."""

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        for part in parts:
            writer.write(part)
            await writer.drain()
        if hangs:
            await reader.read()
        if resets:
            writer.transport.abort()

    return handler


async def _endless_head(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(OK)
    while True:
        writer.write(b"X: " + b"x" * 1000 + b"\r\n")
        await writer.drain()


BAD_ANSWERS: dict[str, tuple[Handler, bytes]] = {
    "silence": (sends(), b"502"),
    "reset": (sends(resets=True), b"502"),
    "hangs before its head": (sends(hangs=True), b"504"),
    "hangs in its head": (sends(OK + b"X: y\r\n", hangs=True), b"504"),
    "half a head": (sends(OK + b"X: y"), b"502"),
    "half a head, reset": (sends(OK + b"X: y", resets=True), b"502"),
    "a head without end": (_endless_head, b"502"),
    "a broken header": (sends(OK + b"b@d \x01: c\r\n\r\n"), b"502"),
    "two lengths": (sends(OK + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab"), b"502"),
    "two framings": (
        sends(OK + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        b"502",
    ),
    "another framing": (sends(OK + b"Transfer-Encoding: gzip\r\n\r\nab"), b"502"),
    "half an answer": (sends(OK + b"Content-Length: 9\r\n\r\nab"), b"200"),
    "half an answer, reset": (sends(OK + b"Content-Length: 9\r\n\r\nab", resets=True), b"200"),
    "half an answer, hangs": (sends(OK + b"Content-Length: 9\r\n\r\nab", hangs=True), b"200"),
    "half a chunk": (sends(OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nab"), b"200"),
    # What is no HTTP can be told to nobody: nginx would send it on as it is.
    "noise": (sends(b"\x00\xff" * 50), b""),
    "another status": (sends(b"HTTP/1.1 abc\r\n\r\n"), b""),
    "broken chunks": (sends(OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nab"), b""),
    "a status that nobody asked for": (sends(b"HTTP/1.1 100 Continue\r\n\r\n" + EVIL), b""),
    "such a status with a length": (
        sends(b"HTTP/1.1 100 Continue\r\nContent-Length: 68\r\n\r\n" + EVIL),
        b"",
    ),
    "such a status in chunks": (
        sends(b"HTTP/1.1 100 Continue\r\nTransfer-Encoding: chunked\r\n\r\n44\r\n" + EVIL),
        b"",
    ),
    "another such status": (sends(b"HTTP/1.1 199 X\r\nContent-Length: 68\r\n\r\n" + EVIL), b""),
    "another protocol with a length": (
        sends(b"HTTP/1.1 101 Switching\r\nContent-Length: 68\r\n\r\n" + EVIL),
        b"",
    ),
    "another protocol": (sends(b"HTTP/1.1 101 Switching\r\n\r\n" + EVIL), b""),
}


@pytest.mark.parametrize("fault", BAD_ANSWERS)
async def test_a_bad_answer_takes_nothing_else_down(hasty: Room, fault: str) -> None:
    bad, good = await hasty.service(), await hasty.service("other")
    bad.handler, status = BAD_ANSWERS[fault]
    answer, beside = await asyncio.gather(hasty.get_raw(PATH), hasty.get_raw(OTHER))
    assert (answer[9:12], beside[9:12]) == (status, b"200")
    assert b"evil" not in answer
    if status in {b"502", b"504"}:
        body = json.loads(answer.partition(b"\r\n\r\n")[2])
        assert body["error"] == {b"502": "backend_failed", b"504": "unavailable"}[status]
    bad.handler = good.handler
    assert (await hasty.get_raw(PATH))[9:12] == b"200"


@pytest.mark.parametrize("fault", ["half an answer", "half an answer, hangs", "half a chunk"])
async def test_a_client_can_tell_half_an_answer(hasty: Room, fault: str) -> None:
    (await hasty.service()).handler = BAD_ANSWERS[fault][0]
    answer = await hasty.get_raw(PATH)
    assert b"ab" in answer
    assert not answer.endswith(b"0\r\n\r\n")
    assert b"Content-Length: 2" not in answer


async def test_early_hints_are_left_out(hasty: Room) -> None:
    upstream = await hasty.service()
    upstream.answer = b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + upstream.answer
    answer = await hasty.get_raw(PATH)
    assert answer[9:12] == b"200"
    assert b"103" not in answer


async def test_nothing_listens_at_a_port_that_takes_no_more(hasty: Room) -> None:
    upstream = await hasty.service()
    await upstream.close()
    assert (await hasty.get_raw(PATH))[9:12] == b"502"


async def test_a_long_poll_may_wait(room: Room) -> None:
    upstream = await room.service()
    go_on = asyncio.Event()

    async def poll(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        await go_on.wait()
        writer.write(OK + b"Content-Length: 2\r\n\r\nok")

    upstream.handler = poll
    waiting = asyncio.create_task(room.get_raw(PATH))
    await until(lambda: upstream.connections == 1)
    done, _ = await asyncio.wait([waiting], timeout=0.5)
    assert not done
    go_on.set()
    assert (await waiting)[9:12] == b"200"


# --- Slow clients -------------------------------------------------------------------------


async def _drip(room: Room, sent: bytes, every_s: float) -> bytes:
    """Send `sent` byte by byte, and return what comes until the gateway hangs up."""
    reader, writer = await asyncio.open_connection("127.0.0.1", room.nginx.port)

    async def send() -> None:
        for byte in sent:
            writer.write(bytes([byte]))
            await asyncio.sleep(every_s)

    sending = asyncio.create_task(send())
    try:
        async with asyncio.timeout(10):
            return await reader.read()
    except ConnectionError:
        return b""
    finally:
        sending.cancel()
        writer.close()


async def test_a_dripping_head_is_cut(hasty: Room) -> None:
    """However regular its drops: the time is for all of it."""
    head = f"GET {PATH} HTTP/1.1\r\nHost: localhost\r\n".encode() + b"X: y\r\n" * 100
    upstream = await hasty.service()
    assert await _drip(hasty, head, 0.05) == b""
    assert upstream.connections == 0


async def test_a_body_that_stops_is_cut(hasty: Room) -> None:
    """And its workload is told: a server that reads on for ever would fill up."""
    upstream, ended = await hasty.service(), asyncio.Event()

    async def read(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        await reader.read()
        ended.set()

    upstream.handler = read
    head = f"POST {PATH} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {ANN}\r\n"
    assert await hasty.raw(f"{head}Content-Length: 9\r\n\r\nabc") == b""
    await asyncio.wait_for(ended.wait(), 10)


async def test_a_reader_that_stops_is_cut(hasty: Room) -> None:
    """And its workload is told: nothing is read on for nobody."""
    upstream, ended = await hasty.service(), asyncio.Event()

    async def flood(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(OK + b"Content-Length: 1000000000\r\n\r\n")
        try:
            for _ in range(1000):
                writer.write(b"x" * 1_000_000)
                await writer.drain()
        finally:
            ended.set()

    upstream.handler = flood
    _, writer = await asyncio.open_connection("127.0.0.1", hasty.nginx.port, limit=1000)
    writer.write(f"GET {PATH} HTTP/1.1\r\nHost: localhost\r\n".encode())
    writer.write(f"Authorization: Bearer {ANN}\r\n\r\n".encode())
    try:
        await asyncio.wait_for(ended.wait(), 10)
    finally:
        writer.transport.abort()


# --- Hungry clients -----------------------------------------------------------------------


@contextlib.asynccontextmanager
async def _held(room: Room, upstream: Upstream, *, count: int) -> AsyncIterator[Callable[[], None]]:
    """Hold `count` requests of Ann's open; calling what is given ends them."""
    go_on = asyncio.Event()

    async def wait(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        await go_on.wait()
        writer.write(OK + b"Content-Length: 2\r\n\r\nok")

    before, upstream.handler = upstream.handler, wait
    held = [asyncio.create_task(room.get_raw(PATH)) for _ in range(count)]
    await until(lambda: upstream.connections == count)
    upstream.handler = before
    yield go_on.set
    go_on.set()
    assert {answer[9:12] for answer in await asyncio.gather(*held)} == {b"200"}


@pytest.fixture
async def counting() -> AsyncIterator[Room]:
    """A gateway that lets a caller have three things at once."""
    async with open_room(connections=3) as opened:
        yield opened


async def test_one_caller_has_so_much_at_once_and_others_go_on(counting: Room) -> None:
    upstream = await counting.service()
    async with (
        _held(counting, upstream, count=3) as end,
        counting.client(ANN) as ann,
        counting.browser() as browser,
    ):
        too_much = await ann.get(PATH)
        assert (too_much.status_code, too_much.headers["Retry-After"]) == (429, "2")
        assert too_much.json()["error"] == "limit_reached"
        assert (await counting.get_raw(PATH, BOB))[9:12] == b"200"
        assert (await browser.get(PATH)).status_code == 200, "a sign-in of its own"
        assert upstream.connections == 5
        end()
        await _answers(counting)


async def _answers(room: Room) -> None:
    async with asyncio.timeout(10):
        while (await room.get_raw(PATH))[9:12] != b"200":  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def test_who_shows_no_credential_is_counted_by_address(counting: Room) -> None:
    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    counting.api.handler = hang
    async with counting.client() as anybody, counting.client(ANN) as ann:
        held = [asyncio.create_task(anybody.get("/api/x")) for _ in range(3)]
        await until(lambda: counting.api.connections == 3)
        page = await anybody.get("/api/x", headers={"Accept": "text/html"})
        assert (page.status_code, page.headers["Retry-After"]) == (429, "2")
        assert "Too many requests" in page.text
        await counting.service()
        assert (await ann.get(PATH)).status_code == 200
        for task in held:
            task.cancel()
        await asyncio.gather(*held, return_exceptions=True)


# --- Sizes --------------------------------------------------------------------------------


@pytest.mark.parametrize("chunked", [False, True])
async def test_what_takes_no_file_takes_no_large_body(lab_room: Room, chunked: bool) -> None:
    async def parts() -> AsyncIterator[bytes]:
        for _ in range(5):
            yield b"x" * (1 << 20)

    body = parts() if chunked else b"x" * (5 << 20)
    async with lab_room.client() as anybody:
        answer = await anybody.post("/api/auth/login", content=body)
        page = await anybody.post("/sign-in", content=b"x" * 70_000)
    assert (answer.status_code, page.status_code) == (413, 413)
    assert answer.json()["error"] == page.json()["error"] == "too_large"


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        ([f"A: {'x' * 15_000}"] * 4, b"200"),
        ([f"A: {'x' * 15_000}"] * 10, b"431"),
        (["A: x"] * 900, b"200"),
        (["A: x"] * 2000, b"431"),
    ],
)
async def test_a_head_has_an_end(room: Room, lines: list[str], status: bytes) -> None:
    await room.service()
    assert (await room.get_raw(PATH, ANN, *lines))[9:12] == status
