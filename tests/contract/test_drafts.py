"""What every file store owes of drafts (stores/drafts.py)."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator

import pytest

from mllab.errors import InvalidInput, NotFound
from mllab.stores import drafts
from mllab.stores.files import Files, Written

MIB = 1024 * 1024
DRAFT, KEY = "upload_1", "p/datasets/k/object_1"


async def chunks(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


async def broken(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part
    raise InvalidInput("the line broke")


class Ends:
    """Remembers what was reported as safe."""

    def __init__(self) -> None:
        self.seen: list[int] = []

    async def __call__(self, end: int) -> None:
        self.seen.append(end)


async def stored(place: Files, key: str = KEY) -> bytes:
    return b"".join([chunk async for chunk in place.read(key)])


def written(data: bytes) -> Written:
    return Written(len(data), hashlib.sha256(data).hexdigest())


async def test_a_draft_grows_and_becomes_an_object(place: Files) -> None:
    ends = Ends()
    assert await place.append(DRAFT, 0, chunks(b"one", b"", b"two"), ends) == 6
    assert await place.append(DRAFT, 6, chunks(b"three"), ends) == 11
    assert ends.seen == [6, 11]
    assert await place.stat(KEY) is None
    assert await place.publish(DRAFT, 11, KEY) == written(b"onetwothree")
    assert await stored(place) == b"onetwothree"
    await place.discard(DRAFT)
    await place.discard(DRAFT)
    assert [each.key async for each in place.list()] == [KEY]


async def test_a_draft_of_nothing_becomes_an_empty_object(place: Files) -> None:
    assert await place.publish(DRAFT, 0, KEY) == written(b"")
    assert await stored(place) == b""


async def test_publishing_may_be_repeated(place: Files) -> None:
    await place.append(DRAFT, 0, chunks(b"abc"), Ends())
    for _ in range(2):
        assert await place.publish(DRAFT, 3, KEY) == written(b"abc")


async def test_what_came_before_a_break_is_reported_and_kept(place: Files) -> None:
    ends = Ends()
    with pytest.raises(InvalidInput, match="the line broke"):
        await place.append(DRAFT, 0, broken(b"abc", b"def"), ends)
    assert ends.seen == [6]
    await place.append(DRAFT, 6, chunks(b"g"), ends)
    assert await place.publish(DRAFT, 7, KEY) == written(b"abcdefg")


async def test_of_a_whole_piece_that_breaks_nothing_counts(place: Files) -> None:
    ends = Ends()
    await place.append(DRAFT, 0, chunks(b"abc"), ends)
    with pytest.raises(InvalidInput):
        await place.append(DRAFT, 3, broken(b"X" * 9 * MIB), ends, whole=True)
    assert set(ends.seen) == {3}
    await place.append(DRAFT, 3, chunks(b"def"), ends, whole=True)
    assert await place.publish(DRAFT, 6, KEY) == written(b"abcdef")


async def test_what_was_not_acknowledged_is_cut_off(place: Files) -> None:
    await place.append(DRAFT, 0, chunks(b"abc"), Ends())
    await place.append(DRAFT, 3, chunks(b"lost"), Ends())
    await place.append(DRAFT, 3, chunks(b"d"), Ends())
    assert await place.publish(DRAFT, 4, KEY) == written(b"abcd")


async def test_less_than_was_acknowledged_is_not_found(place: Files) -> None:
    await place.append(DRAFT, 0, chunks(b"abc"), Ends())
    with pytest.raises(NotFound, match="any more"):
        await place.append(DRAFT, 4, chunks(b"e"), Ends())
    with pytest.raises(NotFound, match="any more"):
        await place.publish(DRAFT, 4, KEY)


async def test_a_slow_line_is_made_safe_all_the_time(
    place: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drafts, "SAVE_EVERY_S", 0)
    ends = Ends()
    await place.append(DRAFT, 0, chunks(b"a", b"b", b"c"), ends)
    assert ends.seen == [1, 2, 3, 3]
    assert await place.publish(DRAFT, 3, KEY) == written(b"abc")


async def test_a_long_piece_is_made_safe_in_between(place: Files) -> None:
    ends, block = Ends(), b"x" * MIB
    await place.append(DRAFT, 0, chunks(*[block] * 70), ends)
    assert len(ends.seen) > 1
    assert await place.publish(DRAFT, 70 * MIB, KEY) == written(block * 70)
