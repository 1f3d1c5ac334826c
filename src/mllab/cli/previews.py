"""A preview of a dataset, model or artifact in a terminal; its content is never taken as markup."""

from __future__ import annotations

import re
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from mllab.cli.output import console, emit
from mllab.model.previews import Preview

Rows = Annotated[int, typer.Option(min=1, max=500, help="Most rows of a table.")]

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def show_preview(found: Preview, *, as_json: bool) -> None:
    """Print the table, text or cells, and below what is not shown; or all of it as JSON."""
    if as_json:
        emit(found, as_json=True)
        return
    if found.columns:
        console.print(_table(found))
        console.print(Text(_counts(found), style="dim"))
    if found.text:
        console.print(_plain(found.text))
    for cell in found.cells:
        console.print(Text(f"[{cell.kind}]", style="dim"))
        console.print(_plain(cell.source))
        for output in cell.outputs:
            is_text = output.kind in {"text", "error"}
            console.print(_plain(output.data if is_text else f"({output.kind})"))
    if found.problem or found.format in {"image", "none"}:
        console.print(Text(found.problem or "There is no preview of this; download it."))


def _table(found: Preview) -> Table:
    table = Table()
    for column in found.columns:
        table.add_column(_plain(column.name))
    for row in found.rows:
        table.add_row(*(_plain(value) if value is not None else Text("–") for value in row))
    return table


def _counts(found: Preview) -> str:
    total = found.total_rows
    rows = f"first {len(found.rows)} of {total} rows" if total is not None else "first rows"
    hidden = found.columns_total - len(found.columns)
    left_out = found.rejected_lines
    return (
        rows
        + (f"; {hidden} more columns" if hidden > 0 else "")
        + (f"; lines left out, as they do not fit the columns: {left_out}" if left_out else "")
    )


def _plain(text: str) -> Text:
    return Text(_CONTROL.sub("�", text))
