"""Parts of a log by lines, for who shows one on a page. Offsets count bytes of the whole log."""

from __future__ import annotations

from mllab.model.base import Record


class LogLines(Record):
    """Whole lines from byte `offset` up to before byte `end`; `text` is these bytes as UTF-8.

    Older lines lie before `offset` (none do if it is 0); following goes on from `end`, which
    is the log's size when its last lines were asked for. `line` is the number of the first
    one, from 1; None where counting would mean reading all that lies before.
    """

    offset: int
    end: int
    text: str
    line: int | None = None


class LogMatch(Record):
    """A line that holds what was looked for: where it begins, and its first 1,000 characters."""

    offset: int
    text: str


class LogMatches(Record):
    """Lines in order; `next_offset` is where the search goes on, None at the log's end."""

    items: list[LogMatch]
    next_offset: int | None
