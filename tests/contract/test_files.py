"""What every file store owes (stores/files.py)."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from pydantic import SecretStr

from mllab.errors import InvalidInput, NotFound, Unavailable
from mllab.stores.files import Files, S3Access, Stat, Written

MIB = 1024 * 1024


async def chunks(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        await asyncio.sleep(0)
        yield part


async def content(place: Files, key: str, start: int = 0, end: int | None = None) -> bytes:
    return b"".join([chunk async for chunk in place.read(key, start, end)])


async def keys(place: Files, prefix: str = "") -> list[str]:
    return [each.key async for each in place.list(prefix)]


def written(data: bytes) -> Written:
    return Written(len(data), hashlib.sha256(data).hexdigest())


@pytest.mark.parametrize(
    "parts",
    [
        [],
        [b""],
        [b"one"],
        [b"a", b"", b"b" * 7],
        [bytes([n]) * 100_000 for n in range(200)],
        [b"x" * 9 * MIB, b"y", b"z" * 9 * MIB],
    ],
    ids=["none", "empty", "one", "small", "many", "large"],
)
async def test_bytes_come_back_as_they_went_in(place: Files, parts: list[bytes]) -> None:
    data = b"".join(parts)
    assert await place.write("a/b.csv", chunks(*parts)) == written(data)
    assert await content(place, "a/b.csv") == data
    known = await place.stat("a/b.csv")
    assert known is not None
    assert (known.key, known.size_bytes) == ("a/b.csv", len(data))
    assert abs(datetime.now(UTC) - known.modified_at) < timedelta(minutes=1)


KEYS = [
    "plain.csv",
    "a b",
    "a%20b",
    "a%2520b",
    "a+b",
    "a#1",
    "a#b",
    "a?b",
    "a%23b",
    "A",
    "ü/ß",
    "u\u0308/ß",
    "日本/\U0001f600",
    "x[1]{2}*~|<>^`\"'",
    ".hidden",
    "\x80",
    "%",
    "%2F",
    "a:b",
    "~/x",
    "-rf",
    "n" * 200,
]


async def test_no_two_keys_share_an_object(place: Files) -> None:
    for key in KEYS:
        await place.write(key, chunks(key.encode()))
    assert await keys(place) == sorted(KEYS)
    for key in KEYS:
        assert await content(place, key) == key.encode()
        await place.delete(key)
        assert await place.stat(key) is None
    assert await keys(place) == []


@pytest.mark.parametrize(
    "key",
    [
        "",
        "/",
        "/a",
        "a/",
        "a//b",
        ".",
        "..",
        "a/../b",
        "./a",
        "a\0b",
        "a\\b",
        "\t",
        "\x7f",
        "\ud800",
    ],
)
async def test_a_key_that_is_no_relative_path_is_bad_input(place: Files, key: str) -> None:
    with pytest.raises(InvalidInput):
        await place.write(key, chunks(b"x"))
    with pytest.raises(InvalidInput):
        await content(place, key)
    with pytest.raises(InvalidInput):
        await place.stat(key)
    with pytest.raises(InvalidInput):
        await place.delete_folder(key)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (0, None, b"0123456789"),
        (3, None, b"3456789"),
        (3, 5, b"34"),
        (0, 99, b"0123456789"),
        (9, 10, b"9"),
        (10, None, b""),
        (99, None, b""),
        (5, 5, b""),
        (5, 3, b""),
    ],
)
async def test_a_range_is_read(place: Files, start: int, end: int | None, expected: bytes) -> None:
    await place.write("a", chunks(b"0123456789"))
    assert await content(place, "a", start, end) == expected


async def test_a_range_across_chunks_is_read(place: Files) -> None:
    data = bytes(range(256)) * 20_000
    await place.write("a", chunks(data))
    assert await content(place, "a", MIB - 3, 3 * MIB + 5) == data[MIB - 3 : 3 * MIB + 5]


@pytest.mark.parametrize("key", ["missing", "a/b/c", "a"])
@pytest.mark.parametrize("start", [0, 5])
async def test_what_is_missing_is_not_found(place: Files, key: str, start: int) -> None:
    await place.write("a/b", chunks(b"x"))
    with pytest.raises(NotFound):
        await content(place, key, start)
    assert await place.stat(key) is None
    await place.delete(key)
    assert await keys(place) == ["a/b"]


async def test_a_write_replaces_what_is_there(place: Files) -> None:
    await place.write("a", chunks(b"long before"))
    await place.write("a", chunks(b"new"))
    assert await content(place, "a") == b"new"


async def test_a_write_that_fails_leaves_what_was_there(place: Files) -> None:
    async def failing() -> AsyncIterator[bytes]:
        yield b"x" * 20 * MIB
        raise LookupError("the sender went away")

    with pytest.raises(LookupError, match="went away"):
        await place.write("new", failing())
    await place.write("old", chunks(b"old"))
    with pytest.raises(LookupError):
        await place.write("old", failing())
    assert await keys(place) == ["old"]
    assert await content(place, "old") == b"old"
    assert await place.sweep(timedelta(0)) == 0


async def test_a_cancelled_write_leaves_nothing(place: Files) -> None:
    reached, never = asyncio.Event(), asyncio.Event()

    async def endless() -> AsyncIterator[bytes]:
        yield b"x" * 9 * MIB
        reached.set()
        await never.wait()

    writing = asyncio.create_task(place.write("a", endless()))
    await reached.wait()
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    assert await keys(place) == []
    assert await place.sweep(timedelta(0)) == 0


async def test_nothing_is_seen_before_the_last_byte(place: Files) -> None:
    async def watched() -> AsyncIterator[bytes]:
        for _ in range(3):
            yield b"x" * 5 * MIB
            assert await place.stat("a") is None
            assert await keys(place) == []

    await place.write("a", watched())
    assert await keys(place) == ["a"]


async def test_a_reader_keeps_what_it_opened(place: Files) -> None:
    await place.write("a", chunks(b"1" * 5 * MIB))
    reading = place.read("a")
    first = await anext(reading)
    await place.write("a", chunks(b"2"))
    assert first + b"".join([chunk async for chunk in reading]) == b"1" * 5 * MIB


async def test_a_reader_may_stop_early(place: Files) -> None:
    await place.write("a", chunks(b"1" * 5 * MIB))
    reading = place.read("a")
    async for _ in reading:
        break
    await reading.aclose()  # type: ignore[attr-defined]


async def test_a_list_is_in_order_of_keys_and_keeps_to_its_folder(place: Files) -> None:
    below = ["p/a", "p/a-b/c", "p/a/b"[:3] + ".x", "p/b/c/d", "p/b/é", "p/b0"]
    for key in [*reversed(below), "p2/a", "pa", "q"]:
        await place.write(key, chunks(b"x"))
    assert await keys(place, "p") == sorted(below)
    assert await keys(place, "p/b") == ["p/b/c/d", "p/b/é"]
    assert await keys(place, "p/a") == []
    assert await keys(place, "none") == []
    everything = await keys(place)
    assert all(one < other for one, other in pairwise(everything))


async def test_a_folder_goes_with_all_below_it(place: Files) -> None:
    for key in ("p/a", "p/b/c", "p/b/d/e", "p2/a"):
        await place.write(key, chunks(b"x"))
    assert await place.delete_folder("p/b") == 2
    assert await place.delete_folder("p") == 1
    assert await place.delete_folder("p") == 0
    assert await keys(place) == ["p2/a"]


async def test_many_write_and_delete_side_by_side(place: Files) -> None:
    async def one(n: int) -> None:
        key = f"shared/{n % 3}/{n}"
        data = bytes([n]) * 300_000
        assert await place.write(key, chunks(data[:1000], data[1000:])) == written(data)
        assert await content(place, key) == data
        await place.delete(key)

    await asyncio.gather(*(one(n) for n in range(30)))
    assert await keys(place) == []


async def test_a_stat_names_size_and_time(place: Files) -> None:
    await place.write("a", chunks(b"12345"))
    [listed] = [each async for each in place.list()]
    assert isinstance(listed, Stat)
    assert listed == await place.stat("a")
    assert listed.modified_at.tzinfo is not None


async def test_a_bucket_that_does_not_answer_is_unavailable() -> None:
    access = S3Access("http://127.0.0.1:1", "key", SecretStr("hidden"))
    place = Files("s3://bucket/prefix", access)
    assert "hidden" not in repr(access)
    with pytest.raises(Unavailable):
        await place.stat("a")
    with pytest.raises(Unavailable):
        await place.write("a", chunks(b"x"))


@pytest.mark.parametrize(
    "url", ["", "file://", "file://host/x", "http://x/y", "s3://", "memory", "/tmp"]
)
def test_another_url_is_refused(url: str) -> None:
    with pytest.raises(InvalidInput, match="file:///folder"):
        Files(url)
