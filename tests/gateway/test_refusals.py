"""Hosts, origins, broken requests, and a backend that is away: who is told what."""

from __future__ import annotations

import json

import pytest
from gateway_room import ANN, SESSION, Room, open_room, until_async

PATH = "/projects/alpha/services/svc/"


@pytest.mark.parametrize(
    "host",
    ["localhost", "LOCALHOST", "localhost.", "127.0.0.1", "10.1.2.3:80", "[::1]", "[fe80::1]:80"],
)
async def test_local_names_and_addresses_are_answered(room: Room, host: str) -> None:
    async with room.client(Host=host) as anybody:
        assert (await anybody.get("/")).status_code == 302


@pytest.mark.parametrize(
    "host",
    ["evil.example", "localhost.evil.example", "xlocalhost", "1.2.3.4.evil.example", "1.2.3", "-"],
)
async def test_unknown_host_is_421_in_wire_form(room: Room, host: str) -> None:
    upstream = await room.service()
    async with room.client(ANN, Host=host) as ann:
        answers = [await ann.get(path) for path in ("/", "/api/health", PATH, "/sign-in")]
    assert {a.status_code for a in answers} == {421}
    assert answers[0].json()["error"] == "wrong_host"
    assert (upstream.connections, room.api.connections) == (0, 0)


async def test_names_of_the_settings_are_answered() -> None:
    async with open_room(names=("lab.example",)) as room, room.client(Host="LAB.example") as any_:
        assert (await any_.get("/")).status_code == 302


async def test_absolute_target_decides_the_host_that_a_workload_sees(room: Room) -> None:
    upstream = await room.service()
    request = (
        f"GET http://localhost:9999{PATH}x HTTP/1.1\r\nHost: evil.example\r\n"
        f"Authorization: Bearer {ANN}\r\nConnection: close\r\n\r\n"
    )
    await room.raw(request)
    assert b"evil" not in upstream.received


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "PROPFIND"])
@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://localhost:1"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "OWN", "Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": "OWN", "Sec-Fetch-Site": "same-origin"}, 200),
        ({"Origin": "OWN"}, 200),
        ({"Origin": "null", "Sec-Fetch-Site": "same-origin"}, 200),
        ({"Origin": "null", "Sec-Fetch-Site": "none"}, 403),
        ({"Sec-Fetch-Site": "none"}, 200),
        ({}, 200),
    ],
)
async def test_cookie_borne_writes_come_from_our_own_pages(
    room: Room, method: str, sent: dict[str, str], status: int
) -> None:
    upstream = await room.service()
    headers = {name: room.origin if value == "OWN" else value for name, value in sent.items()}
    async with room.browser() as ann:
        answer = await ann.request(method, PATH, headers=headers)
    assert (answer.status_code, upstream.connections) == (status, int(status == 200))


async def test_reading_and_bearer_tokens_need_no_origin(room: Room) -> None:
    await room.service()
    evil = {"Origin": "http://evil.example", "Sec-Fetch-Site": "cross-site"}
    async with room.browser(**evil) as browser, room.client(ANN, **evil) as program:
        assert (await browser.get(PATH)).status_code == 200
        assert (await program.post(PATH)).status_code == 200


async def test_a_browser_sees_a_page_and_a_program_the_wire_form(room: Room) -> None:
    async with room.client() as program, room.browser() as browser:
        wire, page = await program.get("/nowhere"), await browser.get("/nowhere")
    assert set(wire.json()) == {"error", "message", "details", "request_id"}
    assert (wire.status_code, wire.json()["error"]) == (404, "not_found")
    assert wire.headers["Content-Type"] == "application/json"
    assert "Nothing here" in page.text
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        ("GET /%00 HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        ("nonsense\r\n\r\n", 400),
        (f"GET /{'x' * 20_000} HTTP/1.1\r\nHost: localhost\r\n\r\n", 414),
        (f"GET / HTTP/1.1\r\nHost: localhost\r\nA: {'x' * 20_000}\r\n\r\n", 431),
        ("TRACE / HTTP/1.1\r\nHost: localhost\r\n\r\n", 405),
        ("POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: x\r\n\r\n", 501),
    ],
)
async def test_broken_requests_get_the_wire_form(room: Room, request_: str, status: int) -> None:
    head, _, body = (await room.raw(request_)).partition(b"\r\n\r\n")
    assert head.startswith(f"HTTP/1.1 {status} ".encode())
    assert set(json.loads(body)) == {"error", "message", "details", "request_id"}


SMUGGLED = f"GET {PATH}smuggled HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {ANN}\r\n\r\n"


@pytest.mark.parametrize(
    "framing",
    [
        "Content-Length: 5\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 5",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked, identity",
        "Transfer-Encoding: xchunked",
        "Transfer-Encoding : chunked",
        "Transfer-Encoding:\tchunked\r\nContent-Length: 0",
        "Content-Length: 0\r\nContent-Length: 5",
        "Content-Length: +0",
        "Content-Length: 0, 0",
        "Content-Length: 0\r\n Transfer-Encoding: chunked",
    ],
)
async def test_doubtful_framing_smuggles_nothing(room: Room, framing: str) -> None:
    upstream = await room.service()
    head = f"POST {PATH} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {ANN}\r\n"
    answer = await room.raw(f"{head}{framing}\r\n\r\n0\r\n\r\n{SMUGGLED}")
    assert answer[9:12] in {b"400", b"501"}
    assert b"smuggled" not in upstream.received


async def test_backend_away_is_told_and_retried(room: Room) -> None:
    upstream = await room.service()
    await room.stop_application()
    async with room.client(ANN) as program, room.browser() as browser:
        for path in (PATH, "/sign-in", "/api/docs"):
            wire, page = await program.get(path), await browser.get(path)
            assert (wire.status_code, page.status_code) == (503, 503)
            assert wire.headers["Retry-After"] == page.headers["Retry-After"] == "2"
            assert wire.json()["error"] == "unavailable"
            assert 'http-equiv="refresh"' in page.text
        assert upstream.connections == 0
        await room.start_application()

        async def served() -> bool:
            return (await program.get(PATH)).status_code == 200

        await until_async(served)


async def test_api_away_is_503_and_metrics_stay_inside(room: Room) -> None:
    await room.api.close()
    async with room.client(ANN) as ann:
        assert (await ann.post("/api/projects", json={})).status_code == 503
    async with room.client() as nobody:
        assert (await nobody.get("/metrics")).status_code == 404
        assert (await nobody.get("/api/../metrics")).status_code == 404


async def test_api_gets_the_request_whole_and_who_sent_it(room: Room) -> None:
    async with room.client(ANN, Cookie=f"lab_session={SESSION}") as ann:
        await ann.put("/api/x%2Fy?a=b", content=b"body", headers={"X-Request-Id": "forged"})
    seen = room.api.headers
    assert room.api.target == "/api/x%2Fy?a=b"
    assert (seen["authorization"], seen["cookie"]) == (f"Bearer {ANN}", f"lab_session={SESSION}")
    assert (seen["x-real-ip"], seen["content-length"]) == ("127.0.0.1", "4")
    assert len(seen["x-request-id"]) == 32


async def test_workload_that_refuses_or_hangs_up_is_502(room: Room) -> None:
    upstream = await room.service()
    async with room.client(ANN) as ann:
        upstream.answer = b""
        silence = await ann.get(PATH)
        await upstream.close()
        refused = await ann.post(PATH, content=b"x" * 300_000)
        other = await ann.get("/projects/alpha/services/other/")
    assert {a.status_code for a in (silence, refused)} == {502}
    assert {a.json()["error"] for a in (silence, refused)} == {"backend_failed"}
    assert other.status_code == 404


@pytest.mark.parametrize("start", ["", "\n", " ", "x", "HTTP/9 "])
async def test_an_answer_that_is_no_http_is_not_sent_on(room: Room, start: str) -> None:
    """Such bytes could hold a whole answer that passes every filter."""
    upstream = await room.service()
    raw = "HTTP/1.1 200 OK\r\nSet-Cookie: lab_session=evil\r\nContent-Length: 0\r\n\r\n"
    upstream.answer = (start + raw).encode()
    assert b"evil" not in await room.get_raw(PATH)
    assert b"evil" not in await room.get_raw(PATH)


async def test_only_the_real_length_ends_an_answer(room: Room) -> None:
    """What follows a wrong length would be the client's next answer."""
    upstream = await room.service()
    chunks = b"2\r\nok\r\n0\r\n\r\n"
    head = b"HTTP/1.1 200 OK\r\nContent_Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"
    upstream.answer = head + chunks
    for _ in range(2):
        head, _, body = (await room.get_raw(PATH)).partition(b"\r\n\r\n")
        assert b"content-length" not in head.lower()
        assert body == chunks
