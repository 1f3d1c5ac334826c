"""What an answer with a log opens, and what it says before the log's text."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from mllab.api.logs import log_response
from mllab.runtimes.base import LogPart

OLD = [LogPart(4, b"four"), LogPart(8, b"eight")]


class Opened:
    """A log of these parts that tells how it was opened, and whether that was closed."""

    def __init__(self, parts: list[LogPart]) -> None:
        self.parts = parts
        self.follows: list[bool] = []
        self.closed = 0

    async def __call__(self, *, offset: int, follow: bool) -> AsyncIterator[LogPart]:
        self.follows.append(follow)
        return self._read(follow)

    async def _read(self, follow: bool) -> AsyncIterator[LogPart]:
        try:
            for part in self.parts:
                yield part
            if follow:
                yield LogPart(self.parts[-1].end if self.parts else 0, b" later")
        finally:
            self.closed += 1


async def answered(log: Opened, *, follow: bool) -> tuple[str, bytes]:
    response = await log_response(log, 0, follow=follow)
    text = b"".join([chunk async for chunk in response.body_iterator])  # type: ignore[misc]
    return response.headers["X-Lab-Offset"], text


@pytest.mark.parametrize(
    ("parts", "place", "text"),
    [
        (OLD, "4", b"foureight"),
        ([], "0", b""),
        ([*OLD, LogPart(20, b"behind a gap")], "4", b"foureight"),
    ],
)
async def test_a_log_that_nobody_follows_is_opened_once(
    parts: list[LogPart], place: str, text: bytes
) -> None:
    log = Opened(parts)
    assert await answered(log, follow=False) == (place, text)
    assert (log.follows, log.closed) == ([False], 1)


@pytest.mark.parametrize(
    ("parts", "place", "text"), [(OLD, "4", b"foureight later"), ([], "0", b" later")]
)
async def test_who_follows_learns_the_place_before_anything_may_come(
    parts: list[LogPart], place: str, text: bytes
) -> None:
    log = Opened(parts)
    response = await log_response(log, 0, follow=True)
    assert response.headers["X-Lab-Offset"] == place
    assert (log.follows, log.closed) == ([False, True], 1)
    assert await answered(log, follow=True) == (place, text)
