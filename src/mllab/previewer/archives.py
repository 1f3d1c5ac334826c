"""Archives: what is in them, by name and size; nothing is unpacked to a disk."""

from __future__ import annotations

import tarfile
import time
import zipfile
import zlib
from datetime import UTC, datetime
from typing import Any

from mllab.previewer.source import Source, Unreadable

_LOOKS_FOR_S = 3.0
_COLUMNS = [
    {"name": "name", "type": "VARCHAR"},
    {"name": "size", "type": "BIGINT"},
    {"name": "modified", "type": "TIMESTAMP"},
]


def list_archive(source: Source) -> dict[str, Any]:
    """Return the members as rows.

    Raises:
        Unreadable: no archive, or a broken one.
    """
    try:
        if zipfile.is_zipfile(source.path):
            return _zip(source)
        return _tar(source)
    except (tarfile.TarError, zipfile.BadZipFile, EOFError, OSError, ValueError, zlib.error) as exc:
        raise Unreadable("The archive is broken, or not of the kind its name says.") from exc


def _zip(source: Source) -> dict[str, Any]:
    with zipfile.ZipFile(source.path) as archive:
        members = archive.infolist()
    rows = [
        [
            each.filename[:500],
            str(each.file_size),
            "{:04}-{:02}-{:02} {:02}:{:02}:{:02}".format(*each.date_time),
        ]
        for each in members[: source.rows]
    ]
    return _table(rows, len(members))


def _tar(source: Source) -> dict[str, Any]:
    rows: list[list[str]] = []
    until, complete = time.monotonic() + _LOOKS_FOR_S, True
    with tarfile.open(source.path, "r:*") as archive:
        for member in archive:
            if len(rows) == source.rows or time.monotonic() > until:
                complete = False
                break
            at = datetime.fromtimestamp(min(max(member.mtime, 0), 1 << 34), UTC)
            rows.append([member.name[:500], str(member.size), f"{at:%Y-%m-%d %H:%M:%S}"])
    return _table(rows, len(rows) if complete else None)


def _table(rows: list[list[str]], total: int | None) -> dict[str, Any]:
    return {
        "columns": _COLUMNS,
        "columns_total": len(_COLUMNS),
        "rows": rows,
        "total_rows": total,
        "truncated": total is None or total > len(rows),
    }
