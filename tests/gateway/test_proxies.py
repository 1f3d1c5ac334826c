"""Who the lab believes about a client's address and scheme: trusted proxies alone."""

from __future__ import annotations

import struct
from collections.abc import AsyncIterator

import pytest
from gateway_room import ANN, SESSION, Room, open_room
from tls_room import PATH, as_ann

from mllab.config import Settings
from mllab.errors import InvalidInput
from mllab.gateway.nginx.config import GatewayConfig

LOOPBACK = ("127.0.0.0/8", "::1/128")
ELSEWHERE = ("192.0.2.0/24",)
V1 = b"PROXY TCP4 203.0.113.7 192.0.2.9 1234 443\r\n"
TLS_TLV = b"\x20\x00\x0f\x01\x00\x00\x00\x00\x21\x00\x07TLSv1.3"


def proxy_v2(source: bytes, *more: bytes) -> bytes:
    """Return a PROXY header of version 2 for a client at `source` (IPv4, 4 bytes)."""
    addresses = source + bytes([192, 0, 2, 9]) + struct.pack(">HH", 1234, 443) + b"".join(more)
    head = b"\r\n\r\n\x00\r\nQUIT\n\x21\x11" + struct.pack(">H", len(addresses))
    return head + addresses


def request(*lines: str, host: str = "localhost") -> bytes:
    """Return a request for Ann's service."""
    head = [f"GET {PATH} HTTP/1.1", f"Host: {host}", "Connection: close", *lines]
    return "\r\n".join([*head, f"Authorization: Bearer {ANN}", "", ""]).encode()


async def seen(room: Room, before: bytes, *lines: str) -> tuple[str, str]:
    """Return the client's address and scheme as a workload is told them."""
    upstream = await room.service()
    answer = await room.raw(before + request(*lines))
    assert answer.startswith(b"HTTP/1.1 200 "), answer
    headers = upstream.headers
    assert headers["x-forwarded-for"] == headers["x-real-ip"]
    return headers["x-real-ip"], headers["x-forwarded-proto"]


@pytest.fixture
async def behind() -> AsyncIterator[Room]:
    """A gateway behind a proxy on this machine."""
    async with open_room(proxies=LOOPBACK) as opened:
        yield opened


@pytest.fixture
async def elsewhere() -> AsyncIterator[Room]:
    """A gateway whose proxies are elsewhere: who calls from here is a stranger."""
    async with open_room(proxies=ELSEWHERE) as opened:
        yield opened


@pytest.fixture
async def balanced() -> AsyncIterator[Room]:
    """A gateway behind a balancer of TCP on this machine."""
    async with open_room(proxies=LOOPBACK, proxy_protocol=True) as opened:
        yield opened


LIES = (
    "X-Forwarded-For: 203.0.113.7",
    "X-Forwarded-Proto: https",
    "X-Real-IP: 203.0.113.8",
    "Forwarded: for=203.0.113.9;proto=https",
)


async def test_a_stranger_s_word_about_itself_does_not_count(elsewhere: Room) -> None:
    assert await seen(elsewhere, b"", *LIES) == ("127.0.0.1", "http")


async def test_without_proxies_nobody_s_word_counts(room: Room) -> None:
    assert await seen(room, b"", *LIES) == ("127.0.0.1", "http")


async def test_a_proxy_s_word_counts(behind: Room) -> None:
    assert await seen(behind, b"", *LIES) == ("203.0.113.7", "https")


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("198.51.100.1, 203.0.113.7", "203.0.113.7"),  # the client wrote the first itself
        ("198.51.100.1, 203.0.113.7, 127.0.0.2", "203.0.113.7"),  # two proxies in a row
        ("2001:db8::1", "2001:db8::1"),
        ("nonsense", "127.0.0.1"),
    ],
)
async def test_the_last_address_that_is_no_proxy_is_the_client(
    behind: Room, given: str, address: str
) -> None:
    assert (await seen(behind, b"", f"X-Forwarded-For: {given}"))[0] == address


@pytest.mark.parametrize("given", ["ftp", "https, http", "http, https", "https\t, x"])
async def test_an_unclear_scheme_does_not_count(behind: Room, given: str) -> None:
    assert (await seen(behind, b"", f"X-Forwarded-Proto: {given}"))[1] == "http"


async def test_two_headers_of_the_scheme_do_not_count(behind: Room) -> None:
    """A client's beside the proxy's: nobody knows which is whose."""
    lines = ("X-Forwarded-Proto: https", "X-Forwarded-Proto: https")
    assert (await seen(behind, b"", *lines))[1] == "http"


async def test_the_application_is_told_the_same(behind: Room) -> None:
    lines = [*LIES, "Host: localhost", "Connection: close"]
    await behind.raw("\r\n".join(["GET /api/health HTTP/1.1", *lines, "", ""]))
    assert behind.api.headers["x-real-ip"] == "203.0.113.7"
    assert behind.api.headers["x-forwarded-proto"] == "https"
    assert "forwarded" not in behind.api.headers


@pytest.mark.parametrize(("cookie", "status"), [("__Host-lab_session", 200), ("lab_session", 401)])
async def test_behind_a_proxy_of_tls_the_host_s_own_cookie_counts(
    behind: Room, cookie: str, status: int
) -> None:
    await behind.service()
    headers = {"Cookie": f"{cookie}={SESSION}", "X-Forwarded-Proto": "https"}
    async with behind.client(None, **headers) as http:
        assert (await http.get(PATH)).status_code == status


async def test_a_token_in_the_url_becomes_a_secure_cookie_behind_a_proxy(behind: Room) -> None:
    headers = {"Accept": "text/html", "X-Forwarded-Proto": "https"}
    async with behind.client(None, **headers) as http:
        answer = await http.get(f"{PATH}?lab_token={ANN}")
    assert answer.headers["set-cookie"].startswith("__Host-lab_session=")
    assert "Secure" in answer.headers["set-cookie"]


# --- PROXY protocol ----------------------------------------------------------------------


@pytest.mark.parametrize("first", [V1, proxy_v2(bytes([203, 0, 113, 7]))])
async def test_the_address_in_a_proxy_header_counts(balanced: Room, first: bytes) -> None:
    assert await seen(balanced, first) == ("203.0.113.7", "http")


async def test_a_balancer_that_took_tls_off_says_so(balanced: Room) -> None:
    assert await seen(balanced, proxy_v2(bytes([203, 0, 113, 7]), TLS_TLV)) == (
        "203.0.113.7",
        "https",
    )


async def test_behind_a_balancer_of_tcp_the_client_s_own_headers_do_not_count(
    balanced: Room,
) -> None:
    assert await seen(balanced, V1, "X-Forwarded-For: 198.51.100.1", LIES[1]) == (
        "203.0.113.7",
        "http",
    )


async def test_a_proxy_header_of_a_stranger_does_not_count() -> None:
    async with open_room(proxies=ELSEWHERE, proxy_protocol=True) as room:
        lie = proxy_v2(bytes([203, 0, 113, 7]), TLS_TLV)
        assert await seen(room, lie) == ("127.0.0.1", "http")


@pytest.mark.parametrize("first", [b"", b"PROXY nonsense\r\n", b"PROXY TCP4 1.2.3.4"])
async def test_without_a_whole_proxy_header_nothing_is_answered(
    balanced: Room, first: bytes
) -> None:
    upstream = await balanced.service()
    assert await balanced.raw(first + request()) == b""
    assert upstream.connections == 0


async def test_workloads_need_no_proxy_header(balanced: Room) -> None:
    assert not balanced.nginx.inner_url.endswith(f":{balanced.nginx.port}")


async def test_a_second_proxy_header_is_no_request(balanced: Room) -> None:
    assert b" 400 " in (await balanced.raw(V1 + V1 + request())).splitlines()[0]


async def test_tls_inside_of_a_proxied_connection() -> None:
    """A proxy that speaks TLS to the lab may itself have been reached by plain HTTP."""
    async with open_room(tls=True, proxies=LOOPBACK) as room:
        upstream = await room.service()
        async with as_ann(room) as http:
            await http.get(PATH, headers={"X-Forwarded-Proto": "http"})
        assert upstream.headers["x-forwarded-proto"] == "http"


# --- Settings ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("proxies", "protocol", "complaint"),
    [
        ("10.0.0.0/33", False, "no network"),
        ("proxy.example.org", False, "no network"),
        ("10.0.0.0/8, 0.0.0.0/0", False, "everybody"),
        ("::/0", False, "everybody"),
        ("", True, "needs LAB_TRUSTED_PROXIES"),
    ],
)
def test_settings_that_would_let_clients_lie_are_refused(
    proxies: str, protocol: bool, complaint: str
) -> None:
    with pytest.raises(InvalidInput, match=complaint):
        GatewayConfig.from_settings(Settings(trusted_proxies=proxies, proxy_protocol=protocol))


@pytest.mark.parametrize("proxies", ["10.0.0.0/8", "10.180.0.7"])
def test_networks_of_containers_are_no_proxies(proxies: str) -> None:
    with pytest.raises(InvalidInput, match="LAB_NETWORK_POOL"):
        GatewayConfig.from_settings(Settings(trusted_proxies=proxies, runtime="docker"))


def test_networks_are_read() -> None:
    config = GatewayConfig.from_settings(Settings(trusted_proxies=" 10.1.2.3/8 ,fd00::1,"))
    assert config.proxies == ("10.0.0.0/8", "fd00::1/128")
