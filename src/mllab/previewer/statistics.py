"""Statistics of one column of the sample: what is missing, range, spread, frequent values."""

from __future__ import annotations

from typing import Any

import duckdb

_BINS = 20
_MOST_TOP = 5
_NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "FLOAT", "DOUBLE", "DECIMAL")
_TIMES = ("DATE", "TIMESTAMP")
_PLAIN = ("VARCHAR", "BOOLEAN", "UUID", "ENUM", "TIME", "INTERVAL")


def statistics_of(
    database: duckdb.DuckDBPyConnection, name: str, type: str
) -> dict[str, Any] | None:
    """Return nulls, min, max, distinct (about), histogram and top values as they apply."""
    column = '"' + name.replace('"', '""') + '"'
    plain = type.removeprefix("U")
    if plain.endswith("]") or not plain.startswith((*_NUMBERS, *_TIMES, *_PLAIN)):
        row = _one(database, f"SELECT count(*) - count({column}) FROM sample")  # noqa: S608
        return {"nulls": row[0]}
    row = _one(
        database,
        f"SELECT count(*) - count({column}),"  # noqa: S608
        f" least(approx_count_distinct({column}), count({column})),"
        f" left(CAST(min({column}) AS VARCHAR), 100), left(CAST(max({column}) AS VARCHAR), 100)"
        " FROM sample",
    )
    found: dict[str, Any] = {"nulls": row[0], "distinct": row[1], "min": row[2], "max": row[3]}
    if plain.startswith(_NUMBERS):
        found["histogram"] = _histogram(database, f"CAST({column} AS DOUBLE)")
    elif plain.startswith(_TIMES):
        found["histogram"] = _histogram(database, f"CAST(epoch({column}) AS DOUBLE)")
    else:
        found["top"] = _top(database, column)
    return found


def _one(database: duckdb.DuckDBPyConnection, question: str) -> tuple[Any, ...]:
    return database.execute(question).fetchone() or (None,) * 4


def _histogram(database: duckdb.DuckDBPyConnection, value: str) -> list[int]:
    """Return how many values lie in each of equal parts of the range; what is no number apart."""
    finite = f"SELECT {value} AS v FROM sample WHERE isfinite({value})"  # noqa: S608
    low, high = _one(database, f"SELECT min(v), max(v) FROM ({finite})")[:2]  # noqa: S608
    if low is None or high is None or not low < high:
        return []
    place = f"least({_BINS - 1}, CAST(floor((v / 2 - ?) / (? - ?) * {_BINS}) AS INTEGER))"
    rows = database.execute(
        f"SELECT {place}, count(*) FROM ({finite}) GROUP BY 1",  # noqa: S608
        [low / 2, high / 2, low / 2],  # halves: the whole range may be more than a double holds
    ).fetchall()
    counts = dict(rows)
    return [int(counts.get(each, 0)) for each in range(_BINS)]


def _top(database: duckdb.DuckDBPyConnection, column: str) -> list[dict[str, Any]]:
    rows = database.execute(
        f"SELECT left(CAST({column} AS VARCHAR), 60) AS v, count(*) AS n FROM sample"  # noqa: S608
        f" WHERE {column} IS NOT NULL GROUP BY 1 HAVING n > 1 ORDER BY n DESC, v LIMIT {_MOST_TOP}"
    ).fetchall()
    return [{"value": value, "count": count} for value, count in rows]
