"""The end of a log, what lies before a byte, and what is looked for."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from mllab.core.log_lines import WINDOW_BYTES, find_lines, last_lines, window_start
from mllab.runtimes.base import LogPart, note_of_dropped


async def pieces(*chunks: bytes, at: int = 0) -> AsyncIterator[LogPart]:
    """Give a log in these pieces, the first of which begins at byte `at`."""
    for chunk in chunks:
        yield LogPart(at, chunk)
        at += len(chunk)


TEXT = b"".join(b"line %d\n" % n for n in range(100))


@pytest.mark.parametrize(
    ("data", "lines", "text"),
    [
        (b"", 3, ""),
        (b"a", 3, "a"),
        (b"a\n", 1, "a\n"),
        (b"a\nb", 1, "b"),
        (b"a\nb\n", 1, "b\n"),
        (b"a\n\n", 1, "\n"),
        (b"a\nb\nc\n", 2, "b\nc\n"),
        (b"a\nb\n", 9, "a\nb\n"),
    ],
)
async def test_the_last_lines(data: bytes, lines: int, text: str) -> None:
    chunks = pieces(*(data[n : n + 1] for n in range(len(data))))
    found = await last_lines(chunks, lines)
    assert (found.offset, found.end, found.text) == (len(data) - len(text), len(data), text)


async def test_older_lines_follow_each_other_back_to_the_beginning() -> None:
    found = await last_lines(pieces(TEXT), 7)
    text = found.text
    while found.offset:
        found = await last_lines(pieces(TEXT), 7, found.offset)
        text = found.text + text
    assert text.encode() == TEXT


async def test_lines_are_numbered_where_all_before_them_is_read() -> None:
    assert (await last_lines(pieces(TEXT), 7)).line == 94
    assert (await last_lines(pieces(TEXT + b"open"), 1)).line == 101
    assert (await last_lines(pieces(TEXT), 7, 70)).line == 4
    assert (await last_lines(pieces(b"y\n" * 9, at=18), 7, WINDOW_BYTES + 18)).line is None


async def test_a_window_of_a_large_log_begins_with_a_whole_line() -> None:
    data = TEXT * 4000
    found = await last_lines(
        pieces(*(data[n : n + 9999] for n in range(0, len(data), 9999))), 10**6
    )
    assert data[found.offset - 1 : found.offset] == b"\n"
    assert WINDOW_BYTES - 20 < len(found.text) <= WINDOW_BYTES
    start = window_start(found.offset)
    older = await last_lines(pieces(data[start:], at=start), 10**6, found.offset)
    assert older.end == found.offset
    assert data[older.offset : older.end].decode() == older.text


async def test_a_line_that_is_larger_than_the_window_is_cut() -> None:
    found = await last_lines(pieces(b"x" * (2 * WINDOW_BYTES)), 1)
    assert (found.offset, len(found.text)) == (WINDOW_BYTES, WINDOW_BYTES)


async def test_lines_are_found_in_whatever_case_page_by_page() -> None:
    page = await find_lines(pieces(TEXT), "LINE 9", offset=0, limit=4)
    assert [each.text for each in page.items] == ["line 9", "line 90", "line 91", "line 92"]
    assert TEXT[page.items[1].offset :].startswith(b"line 90\n")
    start = page.next_offset or 0
    rest = await find_lines(pieces(TEXT[start:], at=start), "line 9", offset=start, limit=99)
    assert [each.text for each in rest.items] == [f"line {n}" for n in range(93, 100)]
    assert rest.next_offset is None


async def test_a_line_is_found_across_chunks_and_without_its_end() -> None:
    page = await find_lines(
        pieces(b"a\nerr", b"or 1\r\nb\n", b"error", b" 2", at=5), "error", offset=5, limit=9
    )
    assert [(each.offset, each.text) for each in page.items] == [(7, "error 1"), (18, "error 2")]


async def dropped(begin: int) -> AsyncIterator[LogPart]:
    """Give a log whose first bytes, up to line 50, are gone."""
    at = TEXT.index(b"line 50\n")
    yield note_of_dropped(begin, at)
    yield LogPart(at, TEXT[at:])


async def test_the_lines_behind_what_was_dropped_keep_their_places() -> None:
    found = await last_lines(dropped(0), 999)
    at = TEXT.index(b"line 50\n")
    note = f"[{at} bytes before this were dropped]\n"
    assert found.text == note + TEXT[at:].decode()
    assert (found.end, found.offset, found.line) == (len(TEXT), at - len(note), None)
    assert (await last_lines(dropped(0), 2)).offset == len(TEXT) - len("line 98\nline 99\n")


async def test_before_what_is_left_there_is_nothing() -> None:
    at = (await last_lines(dropped(0), 999)).offset
    found = await last_lines(dropped(0), 9, at)
    assert (found.offset, found.end, found.text) == (0, at, "")


async def test_what_is_found_behind_what_was_dropped_keeps_its_place() -> None:
    page = await find_lines(dropped(0), "line 5", offset=0, limit=1)
    assert page.items[0].offset == TEXT.index(b"line 50\n")
