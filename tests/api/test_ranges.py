"""Parts of files and conditional requests, against slicing and RFC 9110."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from people import Api

from mllab.api.ranges import names_etag, parse_range, range_still_holds
from mllab.errors import RangeNotSatisfiable

DATA = bytes(range(256)) * 10
URL = "/api/projects/alpha/models/m.bin"
SIZES = st.integers(0, 50)
ENDS = st.integers(0, 60)


@given(size=SIZES, first=ENDS, length=st.integers(1, 60))
def test_first_to_last_is_a_slice(size: int, first: int, length: int) -> None:
    data = bytes(range(size))
    check(data, f"bytes={first}-{first + length - 1}", data[first : first + length])


@given(size=SIZES, first=ENDS)
def test_from_first_on_is_a_slice(size: int, first: int) -> None:
    data = bytes(range(size))
    check(data, f"bytes={first}-", data[first:])


@given(size=SIZES, last=ENDS)
def test_the_last_bytes_are_a_slice(size: int, last: int) -> None:
    data = bytes(range(size))
    check(data, f"bytes=-{last}", data[max(0, size - last) :] if last else b"")


def check(data: bytes, header: str, expected: bytes) -> None:
    if not expected:
        with pytest.raises(RangeNotSatisfiable):
            parse_range(header, len(data))
        return
    part = parse_range(header, len(data))
    assert part
    assert data[part[0] : part[1]] == expected
    assert 0 <= part[0] < part[1] <= len(data)


@given(st.text(max_size=30))
def test_any_text_is_a_part_or_the_whole_or_refused(header: str) -> None:
    try:
        part = parse_range(header, 10)
    except RangeNotSatisfiable:
        return
    assert part is None or 0 <= part[0] < part[1] <= 10


@pytest.mark.parametrize(
    "header", ["bytes=0-1,3-4", "bytes=5-2", "bytes=-", "lines=1-2", "bytes=a-b", "bytes=--1", ""]
)
def test_what_is_not_one_range_means_the_whole(header: str) -> None:
    assert parse_range(header, 10) is None


def test_etags_are_lists_weak_ones_and_stars() -> None:
    assert names_etag('"a", W/"b"', '"b"')
    assert names_etag("*", '"b"')
    assert not names_etag('"a"', '"b"')


def test_if_range_takes_the_etag_or_a_date() -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    assert range_still_holds(None, '"a"', at)
    assert range_still_holds('"a"', '"a"', at)
    assert not range_still_holds('W/"a"', '"a"', at)
    assert range_still_holds(format_datetime(at, usegmt=True), '"a"', at)
    assert not range_still_holds(format_datetime(at - timedelta(1), usegmt=True), '"a"', at)
    assert not range_still_holds("yesterday", '"a"', at)


async def get(api: Api, **headers: str) -> httpx.Response:
    await api("bob").put(URL, content=DATA)
    return await api("vera").get(URL, headers=headers)


async def test_a_part_says_where_it_lies(api: Api) -> None:
    answer = await get(api, Range="bytes=100-199")
    assert (answer.status_code, answer.content) == (206, DATA[100:200])
    assert answer.headers["content-range"] == f"bytes 100-199/{len(DATA)}"
    assert answer.headers["content-length"] == "100"


async def test_a_range_outside_is_refused_with_the_size(api: Api) -> None:
    answer = await get(api, Range=f"bytes={len(DATA)}-")
    assert (answer.status_code, answer.json()["error"]) == (416, "range_not_satisfiable")
    assert answer.headers["content-range"] == f"bytes */{len(DATA)}"


async def test_several_ranges_get_the_whole(api: Api) -> None:
    answer = await get(api, Range="bytes=0-1,5-6")
    assert (answer.status_code, answer.content) == (200, DATA)


async def test_who_has_the_file_gets_no_second_copy(api: Api) -> None:
    etag = (await get(api)).headers["etag"]
    answer = await api("vera").get(URL, headers={"If-None-Match": f'"x", {etag}'})
    assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", etag)
    date = (await api("vera").head(URL)).headers["last-modified"]
    answer = await api("vera").get(URL, headers={"If-Modified-Since": date})
    assert answer.status_code == 304
    answer = await api("vera").get(
        URL, headers={"If-None-Match": '"other"', "If-Modified-Since": date}
    )
    assert answer.status_code == 200


async def test_a_part_of_a_changed_file_is_the_whole_new_file(api: Api) -> None:
    old = (await get(api)).headers["etag"]
    await api("bob").put(URL, content=b"new")
    headers = {"Range": "bytes=1-", "If-Range": old}
    answer = await api("vera").get(URL, headers=headers)
    assert (answer.status_code, answer.content) == (200, b"new")
    headers["If-Range"] = answer.headers["etag"]
    answer = await api("vera").get(URL, headers=headers)
    assert (answer.status_code, answer.content) == (206, b"ew")
