"""Tables: CSV, JSON and Parquet through DuckDB, which may open one file and nothing else.

Of text only a working copy of the beginning is read: so a line of 100 MB, ten thousand
columns or bytes that are no UTF-8 do no harm. Statistics are of a sample, the first rows.
"""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import duckdb

from mllab.previewer.source import LONGEST_LINE, Source, Unreadable
from mllab.previewer.statistics import statistics_of
from mllab.previewer.texts import clip

MOST_COLUMNS = 200
SAMPLE_ROWS = 10_000
_SAMPLE_CELLS = 400_000
_MOST_CELLS = 40_000
_LONGEST_CELL = 300
_DELIMITERS = ",;\t|"
_MEMORY = "600MB"


def read_csv(source: Source) -> dict[str, Any]:
    """Return rows, columns and statistics of CSV or TSV.

    Raises:
        Unreadable: no table.
    """
    text, whole = source.text()
    if not text.strip():
        return {"columns": [], "rows": [], "total_rows": 0 if whole else None}
    first = text.split("\n", 1)[0]
    if max(map(len, text.split("\n"))) > LONGEST_LINE:
        raise Unreadable("A line is too long for a table; this is the text's beginning.")
    delimiter = max(_DELIMITERS, key=first.count)
    columns = first.count(delimiter) + 1
    if columns > MOST_COLUMNS:
        text = _narrow(text, delimiter)
    path = source.copy(text, "csv")
    options = ", store_rejects=true, null_padding=true, parallel=false, max_line_size=2000000"
    table = _read(source, path, f"read_csv(?{options})", whole=whole)
    return table | ({"columns_total": columns} if columns > MOST_COLUMNS else {})


def read_lines(source: Source) -> dict[str, Any]:
    """Return rows of JSON lines, nested values as JSON; what is none is left out and counted.

    Raises:
        Unreadable: no line is JSON.
    """
    text, whole = source.text()
    lines = [line for line in text.split("\n") if line.strip()]
    if not lines:
        return {"columns": [], "rows": [], "total_rows": 0 if whole else None}
    path = source.copy("\n".join(lines), "jsonl")
    fits = _fitting(path)
    if not fits:
        raise Unreadable("No line of this is valid JSON; here is its text.")
    if len(fits) < len(lines):
        path = source.copy("\n".join(lines[at] for at in fits), "jsonl")
    options = "format='newline_delimited', ignore_errors=true, maximum_depth=2"
    table = _read(source, path, f"read_json(?, {options})", whole=whole)
    shown = table["sampled_rows"]
    seen = len(lines) if shown == len(fits) else fits[shown - 1] + 1
    return table | {"rejected_lines": seen - shown}


def _fitting(path: Path) -> list[int]:
    """Return which lines are objects, or any JSON where none is; DuckDB shows others as null."""
    reader = "read_json_objects(?, format='newline_delimited', ignore_errors=true)"
    try:
        with _open(path) as database:
            asked = database.execute(f"SELECT json_type(json) FROM {reader}", [str(path)])  # noqa: S608
            types = [row[0] for row in asked.fetchall()]
    except duckdb.Error as exc:
        raise Unreadable("This cannot be read as what its name says.") from exc
    wanted = {"OBJECT"} if "OBJECT" in types else set(types) - {None}
    return [at for at, type in enumerate(types) if type in wanted]


def read_json(source: Source) -> dict[str, Any]:
    """Return a list of objects as a table, any other JSON as text, set out in lines."""
    text, whole = source.text()
    if not whole:
        return {"format": "text"} | clip(text, whole=False)
    try:
        data = json.loads(text)
        if isinstance(data, list) and data and all(isinstance(each, dict) for each in data):
            lines = "\n".join(json.dumps(each) for each in data)
            path = source.copy(lines, "jsonl")
            options = "format='newline_delimited', maximum_depth=2"
            return _read(source, path, f"read_json(?, {options})", whole=True)
        return {"format": "text"} | clip(json.dumps(data, indent=2, ensure_ascii=False), whole=True)
    except (ValueError, RecursionError) as exc:
        raise Unreadable("This is no valid JSON; here is its text.") from exc


def read_parquet(source: Source) -> dict[str, Any]:
    """Return the first rows of a Parquet file, and how many it has by its own word."""
    return _read(source, source.path, "read_parquet(?)", whole=None)


def _narrow(text: str, delimiter: str) -> str:
    """Keep the first columns; a lone quote cannot swallow more than the copy."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    try:
        for row in csv.reader(io.StringIO(text), delimiter=delimiter):
            writer.writerow(row[:MOST_COLUMNS])
    except csv.Error as exc:
        raise Unreadable("This is no table that can be read; here is its text.") from exc
    return out.getvalue()


def _read(source: Source, path: Path, reader: str, *, whole: bool | None) -> dict[str, Any]:
    """Load a sample into memory, then show its first rows. `whole` None: ask Parquet."""
    try:
        with _open(path) as database:
            names = [
                row[0]
                for row in database.execute(f"DESCRIBE FROM {reader}", [str(path)]).fetchall()
            ]
            kept = names[:MOST_COLUMNS]
            most = min(SAMPLE_ROWS, _SAMPLE_CELLS // max(1, len(kept)))
            chosen = ", ".join(map(quoted, kept))
            sample = f"SELECT {chosen} FROM {reader} LIMIT {most}"  # noqa: S608
            database.execute(f"CREATE TEMP TABLE sample AS {sample}", [str(path)])
            found = _shown(database, source, len(names)) | _total(database, path, most, whole)
            return found | {"rejected_lines": _rejected(database)}
    except duckdb.OutOfMemoryException as exc:
        raise Unreadable("Reading it as a table takes more memory than a preview may.") from exc
    except duckdb.Error as exc:
        raise Unreadable("This cannot be read as what its name says.") from exc


def _open(path: Path) -> duckdb.DuckDBPyConnection:
    settings: dict[str, str | bool | int | float | list[str]] = {
        "threads": 1,
        "memory_limit": _MEMORY,
        "max_temp_directory_size": "0B",
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    database = duckdb.connect(":memory:", config=settings)
    name = str(path).replace("'", "''")
    database.execute(f"SET allowed_paths=['{name}']")
    database.execute("SET enable_external_access=false")
    database.execute("SET lock_configuration=true")
    return database


def _shown(database: duckdb.DuckDBPyConnection, source: Source, total: int) -> dict[str, Any]:
    described = database.execute("DESCRIBE sample").fetchall()
    columns = [{"name": str(row[0]), "type": str(row[1])[:200]} for row in described]
    rows = min(source.rows, _MOST_CELLS // max(1, len(columns)))
    texts = ", ".join(f"left({_as_text(each)}, {_LONGEST_CELL + 1})" for each in columns)
    found = database.execute(f"SELECT {texts} FROM sample LIMIT {rows}").fetchall()  # noqa: S608
    for column in columns:
        column["statistics"] = statistics_of(database, column["name"], column["type"])  # type: ignore[assignment]
    return {
        "columns": columns,
        "columns_total": total,
        "rows": [[_cell(value) for value in row] for row in found],
    }


def _as_text(column: dict[str, Any]) -> str:
    """Return the expression that shows a column's value; what is nested as JSON."""
    name, type = quoted(column["name"]), column["type"]
    is_nested = type.endswith("]") or type.startswith(("STRUCT", "MAP", "UNION"))
    return f"CAST(to_json({name}) AS VARCHAR)" if is_nested else f"CAST({name} AS VARCHAR)"


def _total(
    database: duckdb.DuckDBPyConnection, path: Path, most: int, whole: bool | None
) -> dict[str, Any]:
    sampled = _number(database.execute("SELECT count(*) FROM sample").fetchone())
    total = sampled if whole and sampled < most else None
    if whole is None:
        total = _number(
            database.execute(
                "SELECT num_rows FROM parquet_file_metadata(?)", [str(path)]
            ).fetchone()
        )
    return {"sampled_rows": sampled, "total_rows": total}


def _rejected(database: duckdb.DuckDBPyConnection) -> int:
    """Return how many lines of the sample did not fit its columns: DuckDB lists those of CSV."""
    kept = "SELECT count(*) FROM duckdb_tables() WHERE table_name = 'reject_errors'"
    if not _number(database.execute(kept).fetchone()):
        return 0
    # One line may have several faults.
    return _number(database.execute("SELECT count(DISTINCT line) FROM reject_errors").fetchone())


def _number(row: tuple[Any, ...] | None) -> int:
    return int(row[0]) if row else 0


def _cell(value: str | None) -> str | None:
    return value if value is None or len(value) <= _LONGEST_CELL else f"{value[:_LONGEST_CELL]}…"


def quoted(name: str) -> str:
    """Return a column's name as SQL has it."""
    return '"' + name.replace('"', '""') + '"'
