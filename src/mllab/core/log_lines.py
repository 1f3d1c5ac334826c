"""Cuts the lines that a page shows or looks for out of a log that comes in parts.

Reads on and keeps little: a log of any size takes no more memory than what is returned.
Whoever calls has authorised, and opened the log at the offset that is given here.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import AsyncIterator
from contextlib import aclosing

from mllab.model.logs import LogLines, LogMatch, LogMatches
from mllab.runtimes.base import LogPart

WINDOW_BYTES = 1 << 20
"""The largest part of a log that is returned at once; a longer line is cut there."""

_SEARCHED_BYTES = 64 << 20
_SHOWN = 1000
_LINE = re.compile(rb"[^\n]*\n|[^\n]+")


def window_start(before: int | None) -> int:
    """Return the offset at which to open the log for the lines before byte `before`."""
    return 0 if before is None else max(0, before - WINDOW_BYTES)


async def last_lines(
    parts: AsyncIterator[LogPart], lines: int, before: int | None = None
) -> LogLines:
    """Return the last `lines` lines, of what lies before byte `before` if that is given.

    `parts` begin at `window_start(before)`. Nothing is returned of what a runtime dropped.
    """
    kept, size, newlines = deque[bytes](), 0, 0
    begin = end = window_start(before)
    is_whole = begin == 0
    """Whether a line begins at `begin`."""
    async with aclosing(parts):  # type: ignore[type-var]
        async for part in parts:
            if before is not None and part.offset >= before:
                return LogLines(offset=0, end=before, text="")
            if part.offset > end:
                kept.clear()
                size, begin, end, is_whole = 0, part.offset, part.offset, True
            piece = part.data if before is None else part.data[: before - end]
            kept.append(piece)
            size, end = size + len(piece), end + len(piece)
            newlines += piece.count(b"\n")
            while size - len(kept[0]) >= WINDOW_BYTES:
                size -= len(kept.popleft())
            if end == before:
                break
    data = b"".join(kept)[-WINDOW_BYTES:]
    is_cut = end - len(data) > begin or not is_whole
    wanted = _tail(data, lines, is_cut)
    line = newlines - wanted.count(b"\n") + 1 if begin == 0 else None
    text = wanted.decode(errors="replace")
    return LogLines(offset=end - len(wanted), end=end, text=text, line=line)


def _tail(data: bytes, lines: int, is_cut: bool) -> bytes:
    """Return the last lines; the first one of a part that was cut is none, if others are."""
    place = len(data) - data.endswith(b"\n")
    for _ in range(lines):
        newline = data.rfind(b"\n", 0, place)
        if newline < 0:
            first = data.find(b"\n") + 1
            return data[first:] if is_cut and first < len(data) else data
        place = newline
    return data[place + 1 :]


async def find_lines(
    parts: AsyncIterator[LogPart], text: str, *, offset: int, limit: int
) -> LogMatches:
    """Return up to `limit` lines that hold `text`, in whatever case; `parts` begin at `offset`.

    Looks through 64 MiB at most, and says where to go on.
    """
    wanted, found = text.casefold(), list[LogMatch]()
    place, rest, most = offset, b"", offset + _SEARCHED_BYTES
    async with aclosing(parts):  # type: ignore[type-var]
        async for part in parts:
            if part.offset > place + len(rest):  # what lies between was dropped
                place, rest = part.offset, b""
            whole = _LINE.findall(rest + part.data) or [b""]
            rest = b"" if len(whole[-1]) > WINDOW_BYTES or whole[-1][-1:] == b"\n" else whole.pop()
            for line in whole:
                if len(found) == limit or place >= most:
                    return LogMatches(items=found, next_offset=place)
                _look(line, wanted, place, found)
                place += len(line)
    if rest and len(found) == limit:
        return LogMatches(items=found, next_offset=place)
    _look(rest, wanted, place, found)
    return LogMatches(items=found, next_offset=None)


def _look(line: bytes, wanted: str, place: int, found: list[LogMatch]) -> None:
    text = line.rstrip(b"\r\n").decode(errors="replace")
    if wanted in text.casefold():
        found.append(LogMatch(offset=place, text=text[:_SHOWN]))
