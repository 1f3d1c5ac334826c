"""The one place that writes to the terminal: tables for people, JSON for programs.

A table is as wide as what is in it: a value that is cut or folded cannot be copied.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from pydantic import BaseModel
from rich.cells import cell_len
from rich.console import Console

console = Console()
errors = Console(stderr=True)

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


def emit(value: Any, *, as_json: bool, columns: Sequence[str] = ()) -> None:
    """Print one record or a list of records: JSON, or for people only `columns` (dotted)."""
    data = _plain(value)
    if as_json:
        sys.stdout.write(json.dumps(data, indent=2) + "\n")
    elif isinstance(data, list):
        _table(data, columns)
    else:
        _facts(data, columns)


def tell(text: str, *, as_json: bool, **facts: Any) -> None:
    """Print one line for a person, or what it says as JSON."""
    if as_json:
        emit(facts, as_json=True)
    else:
        say(text)


def say(text: str) -> None:
    """Print one line for a person."""
    console.print(text, highlight=False, markup=False, soft_wrap=True)


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, Iterable) and not isinstance(value, str | bytes):
        return [_plain(item) for item in value]
    return value


def _look_up(record: Any, path: str) -> Any:
    for part in path.split("."):
        record = record.get(part) if isinstance(record, dict) else None
    return "" if record is None else record


def _label(path: str) -> str:
    return path.rpartition(".")[2]


def _table(rows: list[dict[str, Any]], columns: Sequence[str]) -> None:
    if not rows:
        say("Nothing here yet.")
        return
    names = list(columns) or list(rows[0])
    texts = [[" ".join(_text(_look_up(row, name))) for name in names] for row in rows]
    _print([[_label(name) for name in names], *texts])


def _facts(record: Any, columns: Sequence[str]) -> None:
    if not isinstance(record, dict):
        say(str(record))
        return
    pairs = [(_label(c), _look_up(record, c)) for c in columns] if columns else _flat(record)
    rows: list[list[str]] = []
    for name, value in pairs:
        if value not in ("", []):
            first, *more = _text(value) or [""]
            rows += [[name, first], *(["", line] for line in more)]
    _print(rows)


def _flat(record: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield what is set, with the names of nested records dotted."""
    for key, value in record.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        elif value not in (None, "", []):
            yield f"{prefix}{key}", value


def _print(rows: list[list[str]]) -> None:
    """Write rows with each column as wide as its widest text."""
    widths = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        padded = [t + " " * (w - cell_len(t)) for t, w in zip(row, widths, strict=True)]
        sys.stdout.write("  ".join(padded).rstrip() + "\n")


def _text(value: Any) -> list[str]:
    """Return the value's lines; what a user named can neither colour nor move the terminal."""
    if isinstance(value, list):
        value = ", ".join(map(str, value))
    text = json.dumps(value) if isinstance(value, dict) else str(value)
    if _TIME.fullmatch(text):
        return [f"{datetime.fromisoformat(text).astimezone():%Y-%m-%d %H:%M:%S}"]
    return ["".join(c if c.isprintable() else ascii(c)[1:-1] for c in x) for x in text.splitlines()]
