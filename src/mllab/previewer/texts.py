"""Plain text: its beginning, long lines cut."""

from __future__ import annotations

from typing import Any

from mllab.previewer.source import Source

MOST_SIGNS = 200_000
LONGEST_LINE = 2000


def read_text(source: Source) -> dict[str, Any]:
    """Return the first lines as `text`."""
    text, whole = source.text()
    return clip(text, whole=whole)


def clip(text: str, *, whole: bool) -> dict[str, Any]:
    """Return `text` cut to what a page can show."""
    shown = text[:MOST_SIGNS]
    lines = [
        line if len(line) <= LONGEST_LINE else f"{line[:LONGEST_LINE]} …"
        for line in shown.splitlines()
    ]
    cut = any(len(line) > LONGEST_LINE for line in lines)
    return {
        "text": "\n".join(lines),
        "truncated": not whole or len(text) > MOST_SIGNS or cut,
    }
