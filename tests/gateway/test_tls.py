"""TLS on the lab's port: who connects how, what is redirected, which cookies count."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator

import httpx
import pytest
from gateway_room import ANN, SESSION, Room, open_room
from tls_room import PATH, as_ann, client, serve_echo

from mllab.gateway.nginx.process import Nginx


@pytest.fixture
async def room() -> AsyncIterator[Room]:
    """A gateway that speaks TLS with a certificate of its own making."""
    async with open_room(tls=True) as opened:
        yield opened


async def by_h2(room: Room, authority: str) -> httpx.Response:
    """Ask over HTTP/2 with this `:authority`."""
    async with client(room, http2=True) as http:
        return await http.get("/api/health", headers={"Host": authority})


@pytest.mark.parametrize("http2", [False, True])
async def test_a_workload_is_reached_and_told_how_the_client_came(room: Room, http2: bool) -> None:
    upstream = await room.service()
    async with as_ann(room, http2=http2) as http:
        answer = await http.get(PATH)
    assert answer.text == "ok"
    assert answer.http_version == ("HTTP/2" if http2 else "HTTP/1.1")
    assert upstream.headers["x-forwarded-proto"] == "https"
    assert upstream.headers["x-forwarded-host"] == f"localhost:{room.nginx.port}"


async def test_a_certificate_that_nobody_vouches_for_is_refused(room: Room) -> None:
    async with httpx.AsyncClient(trust_env=False) as http:
        with pytest.raises(httpx.ConnectError, match="self-signed"):
            await http.get(f"{room.origin}/api/health")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
async def test_plain_http_on_the_same_port_is_led_to_https(room: Room, host: str) -> None:
    at = f"{host}:{room.nginx.port}"
    answer = await room.raw(f"POST /a%2Fb?c=d HTTP/1.1\r\nHost: {at}\r\nContent-Length: 0\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 308 ")
    assert f"Location: https://{at}/a%2Fb?c=d\r\n".encode() in answer


@pytest.mark.parametrize("target", ["/", "http://evil.example/"])
async def test_plain_http_for_a_strange_host_is_led_nowhere(room: Room, target: str) -> None:
    answer = await room.raw(f"GET {target} HTTP/1.1\r\nHost: evil.example\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 421 ")


async def test_plain_http_reaches_no_workload(room: Room) -> None:
    upstream = await room.service()
    await room.get_raw(PATH)
    assert upstream.connections == 0


async def test_workloads_have_a_door_that_needs_no_certificate(room: Room) -> None:
    assert room.nginx.inner_url != room.origin.replace("https", "http")
    async with httpx.AsyncClient(base_url=room.nginx.inner_url, trust_env=False) as http:
        assert (await http.get("/api/health")).text == "ok"
    assert room.api.headers["x-forwarded-proto"] == "http"


async def test_the_inner_door_is_at_the_same_port_after_a_restart(room: Room) -> None:
    before = room.nginx.inner_url
    await room.nginx.stop()
    again = Nginx(room.run_dir, room.nginx.config)
    await again.start()
    await again.stop()
    assert again.inner_url == before


async def test_old_protocols_are_refused(room: Room) -> None:
    context = room.trust
    with pytest.deprecated_call():
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.raises(ssl.SSLError, match="alert protocol version"):
        await asyncio.open_connection("localhost", room.nginx.port, ssl=context)


async def test_a_cipher_without_authenticated_encryption_is_refused(room: Room) -> None:
    context = room.trust
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("ECDHE-ECDSA-AES128-SHA")
    with pytest.raises(ssl.SSLError, match="alert handshake failure"):
        await asyncio.open_connection("localhost", room.nginx.port, ssl=context)


async def test_a_session_is_resumed(room: Room) -> None:
    """By ticket, which costs no second exchange of keys."""

    def connect_twice() -> bool:
        context = room.trust
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        session: ssl.SSLSession | None = None
        for _ in range(2):
            with (
                socket.create_connection(("127.0.0.1", room.nginx.port)) as plain,
                context.wrap_socket(plain, server_hostname="localhost", session=session) as tls,
            ):
                session = tls.session
                reused = bool(tls.session_reused)
        return reused

    assert await asyncio.to_thread(connect_twice)


async def test_a_websocket_passes(room: Room) -> None:
    async with await serve_echo(room) as ws:
        await ws.send("hello")
        assert await ws.recv() == "hello"


@pytest.mark.parametrize("authority", ["evil.example", "localhost.evil.example", "x.localhost"])
async def test_a_foreign_authority_is_misdirected(room: Room, authority: str) -> None:
    assert (await by_h2(room, authority)).status_code == 421


# --- Cookies ---------------------------------------------------------------------------


async def status_with(room: Room, cookie: str) -> int:
    """Ask for Ann's service with this Cookie header."""
    await room.service()
    async with client(room, Cookie=cookie) as http:
        return (await http.get(PATH)).status_code


@pytest.mark.parametrize(
    ("cookie", "status"),
    [
        (f"__Host-lab_session={SESSION}", 200),
        (f"a=b; __Host-lab_session={SESSION}; c=d", 200),
        (f"lab_session={SESSION}", 401),
        (f"__Secure-lab_session={SESSION}", 401),
        (f"__host-lab_session={SESSION}", 401),
        (f"x__Host-lab_session={SESSION}", 401),
        (f"a=__Host-lab_session={SESSION}", 401),
        (f"=__Host-lab_session={SESSION}", 401),
        (f"__Host-lab_session =x; lab_session={SESSION}", 401),
        (f"lab_session=planted; __Host-lab_session={SESSION}", 200),
    ],
)
async def test_by_https_only_the_host_s_own_cookie_counts(
    room: Room, cookie: str, status: int
) -> None:
    assert await status_with(room, cookie) == status


async def test_a_workload_sees_neither_form_of_the_cookies(room: Room) -> None:
    upstream = await room.service()
    cookie = f"a=b; lab_session=old; __Host-lab_session={SESSION}; c=d"
    async with client(room, Cookie=cookie) as http:
        await http.get(PATH)
    assert upstream.headers["cookie"] == "a=b; c=d"


@pytest.mark.parametrize("name", ["lab_session", "__Host-lab_session", "__host-lab_app"])
async def test_a_workload_sets_neither_form(room: Room, name: str) -> None:
    upstream = await room.service()
    upstream.answer = (
        f"HTTP/1.1 200 OK\r\nSet-Cookie: {name}=x; Secure; Path=/\r\n"
        "Set-Cookie: own=1\r\nContent-Length: 0\r\n\r\n"
    ).encode()
    async with as_ann(room) as http:
        answer = await http.get(PATH)
    assert answer.headers.get_list("set-cookie") == ["own=1"]


async def test_a_token_in_the_url_becomes_a_cookie_of_the_host(room: Room) -> None:
    await room.service()
    async with client(room, Accept="text/html") as http:
        answer = await http.get(f"{PATH}?lab_token={ANN}")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"__Host-lab_session={SESSION};")
    assert {"Secure", "HttpOnly", "Path=/"} <= set(cookie.split("; "))
    assert "Domain" not in cookie


# --- HSTS ------------------------------------------------------------------------------


@pytest.fixture
async def strict_room() -> AsyncIterator[Room]:
    """A gateway with a certificate that is taken to be a real one, by the name lab.test."""
    async with open_room(tls=True, hsts=True, names=("lab.test",)) as opened:
        yield opened


async def hsts(room: Room, host: str) -> list[str]:
    """Return the header's values in a workload's answer that sets one of its own."""
    upstream = await room.service()
    upstream.answer = (
        b"HTTP/1.1 200 OK\r\nStrict-Transport-Security: max-age=0\r\nContent-Length: 0\r\n\r\n"
    )
    async with as_ann(room) as http:
        headers = {"Host": host}
        answer = await http.get(PATH, headers=headers)
    return answer.headers.get_list("strict-transport-security")


async def test_browsers_are_told_to_insist_on_tls(strict_room: Room) -> None:
    assert await hsts(strict_room, "lab.test") == ["max-age=15552000"]


async def test_no_such_thing_is_said_of_localhost(strict_room: Room) -> None:
    assert await hsts(strict_room, "localhost") == []


async def test_a_self_signed_lab_does_not_insist(room: Room) -> None:
    assert await hsts(room, "localhost") == []
