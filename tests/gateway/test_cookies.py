"""Cookies: the lab's own never pass, in neither direction; a workload's own always do."""

from __future__ import annotations

import re

import pytest
from gateway_room import ANN, SESSION, Room
from hypothesis import given
from hypothesis import strategies as st

from mllab.gateway.nginx.config import COOKIES

PATH = "/projects/alpha/services/svc/"


@pytest.mark.parametrize(
    ("sent", "seen"),
    [
        (f"lab_session={SESSION}", None),
        (f"a=1; lab_session={SESSION}; b=2", "a=1; b=2"),
        (f"a=1; lab_session={SESSION}", "a=1; "),
        (f"LAB_Session={SESSION}; b=2", "b=2"),
        (f"a=1;lab_session = {SESSION};b=2", "a=1;b=2"),
        (f"lab_session={SESSION}; lab_setup=lab_x; b=2", "b=2"),
        (f"a=1; lab_app=lab_x; lab_session={SESSION}; b=2", "a=1; b=2"),
        (f"lab_session={SESSION}; lab_session=2; lab_session=3; b=2", None),
        (
            f"xlab_session=1; lab_session={SESSION}; lab_session_x=2",
            "xlab_session=1; lab_session_x=2",
        ),
    ],
)
async def test_ours_is_taken_out_of_what_a_workload_gets(
    room: Room, sent: str, seen: str | None
) -> None:
    upstream = await room.service()
    async with room.client(Cookie=sent) as ann:
        assert (await ann.get(PATH)).status_code == 200
    assert upstream.headers.get("cookie") == seen


@pytest.mark.parametrize(
    ("given_line", "passes"),
    [
        ("app=1; Path=/", True),
        ("app=lab_session; HttpOnly", True),
        ("lab_session_x=1", True),
        ("lab_session=evil", False),
        ("LAB_SESSION=evil; Path=/", False),
        (" lab_session = evil", False),
        ("=lab_session=evil", False),
        ("__Host-lab_session=evil; Secure; Path=/", False),
        ("lab_setup=evil", False),
        ("lab_app=evil; Path=/", False),
        ("__Secure-lab_app=evil", False),
        ("app=1; Domain=lab.example", False),
        ("app=1;domain = .example", False),
        ("app=domain=1; Domain=", True),
    ],
)
async def test_what_a_workload_may_set(room: Room, given_line: str, passes: bool) -> None:
    upstream = await room.service()
    lines = f"Set-Cookie: first=1\r\nSet-Cookie: {given_line}\r\nSet-Cookie: last=1\r\n"
    upstream.answer = f"HTTP/1.1 200 OK\r\n{lines}Content-Length: 0\r\n\r\n".encode()
    async with room.client(ANN) as ann:
        answer = await ann.get(PATH)
    names = [line.split(";")[0].strip() for line in answer.headers.get_list("set-cookie")]
    kept = [given_line.split(";")[0]] if passes else []
    assert names == ["first=1", *kept, "last=1"]


_PARTS = st.sampled_from(
    [
        "lab_session",
        "LAB_session",
        "lab_setup",
        "lab_app",
        "x",
        "=",
        " ",
        ";",
        ",",
        "; ",
        "a=1",
        "\t",
        '"',
        "lab_",
    ]
)


@given(st.lists(_PARTS, max_size=12).map("".join))
def test_no_spelling_that_nginx_reads_as_ours_is_left(header: str) -> None:
    left = _stripped(header)
    assert not any(_read_as_nginx(left, name) for name in COOKIES)


def _stripped(header: str) -> str:
    """What the three maps of the template do."""
    cookies = "|".join(COOKIES)
    pattern = rf"(?i)^((?:.*;)?[ \t]*)(?:{cookies})[ \t]*=[^;]*;?[ \t]*(.*)$"
    for _ in range(2):
        header = re.sub(pattern, r"\1\2", header, count=1)
    return "" if re.search(rf"(?i)(?:^|;)[ \t]*(?:{cookies})[ \t]*=", header) else header


def _read_as_nginx(header: str, name: str) -> str | None:
    """`ngx_http_parse_multi_header_lines`: names without regard to case."""
    for part in header.split(";"):
        found = re.match(rf"(?i) *{name} *= *(.*)", part)
        if found:
            return found[1]
    return None


@pytest.mark.parametrize("length", ["Content-Length: 2", "Transfer-Encoding: chunked", "X: y"])
async def test_ours_is_never_set_however_an_answer_ends(room: Room, length: str) -> None:
    upstream = await room.service()
    body = "2\r\nok\r\n0\r\n\r\n" if "chunked" in length else "ok"
    lines = f"Set-Cookie: lab_app=evil\r\nSET-COOKIE: app=1\r\n{length}\r\n\r\n"
    upstream.answer = f"HTTP/1.1 200 OK\r\n{lines}{body}".encode()
    async with room.client(ANN) as ann:
        answers = [await ann.get(PATH) for _ in range(2)]
    assert [answer.text for answer in answers] == ["ok", "ok"]
    assert [answer.headers.get_list("set-cookie") for answer in answers] == [["app=1"]] * 2
