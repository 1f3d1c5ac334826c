"""The one place that writes to the terminal: tables for people, JSON for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from pydantic import BaseModel
from rich.console import Console
from rich.table import Table
from rich.text import Text

console = Console()
errors = Console(stderr=True)


def emit(value: Any, *, as_json: bool, columns: Sequence[str] = ()) -> None:
    """Print one record or a list of records: JSON, or a table with `columns` (dotted)."""
    data = _plain(value)
    if as_json:
        sys.stdout.write(json.dumps(data, indent=2) + "\n")
    elif isinstance(data, list):
        _table(data, columns)
    else:
        _facts(data)


def say(text: str) -> None:
    """Print one line for a person."""
    console.print(text, highlight=False, soft_wrap=True)


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, Iterable) and not isinstance(value, str | bytes):
        return [_plain(item) for item in value]
    return value


def _look_up(record: Any, path: str) -> Any:
    for part in path.split("."):
        record = record.get(part) if isinstance(record, dict) else None
    return "" if record is None else record


def _table(rows: list[dict[str, Any]], columns: Sequence[str]) -> None:
    if not rows:
        say("Nothing here yet.")
        return
    names = list(columns) or list(rows[0])
    table = Table(box=None, pad_edge=False)
    for number, name in enumerate(names):
        # The first column names the thing: a name that is cut cannot be copied.
        table.add_column(name.rpartition(".")[2], no_wrap=number == 0, overflow="fold")
    for row in rows:
        table.add_row(*[_text(_look_up(row, name)) for name in names])
    console.print(table)


def _facts(record: Any) -> None:
    if not isinstance(record, dict):
        say(str(record))
        return
    table = Table(box=None, show_header=False, pad_edge=False)
    for name, value in _flat(record):
        table.add_row(name, _text(value))
    console.print(table)


def _flat(record: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield what is set, with the names of nested records dotted."""
    for key, value in record.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        elif value not in (None, "", []):
            yield f"{prefix}{key}", value


def _text(value: Any) -> Text:
    """Return the value as plain text: nothing that a user named is taken for markup."""
    if isinstance(value, list):
        return Text(", ".join(map(str, value)))
    return Text(json.dumps(value) if isinstance(value, dict) else str(value))
