"""One preview: a request as JSON on standard input, the answer as JSON on standard output.

The request has `path` (the bytes), `name` (the last part of the key), `size_bytes` (of the
whole file; the bytes at `path` may be a copy of its ends), `rows` and `folder` (an empty
folder for a working copy). What cannot be read is an answer too: `format` none, `problem`.
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path
from typing import Any

from mllab.previewer.archives import list_archive
from mllab.previewer.formats import format_of
from mllab.previewer.notebooks import read_notebook
from mllab.previewer.source import Source, Unreadable
from mllab.previewer.tables import read_csv, read_json, read_lines, read_parquet
from mllab.previewer.texts import read_text

MEMORY = 2 << 30
"""Address space, most of which DuckDB only reserves; its own limit is far lower."""

CPU_S = 10
_WORKING_COPY = 64 << 20

READERS = {
    "csv": read_csv,
    "tsv": read_csv,
    "parquet": read_parquet,
    "json": read_json,
    "jsonl": read_lines,
    "notebook": read_notebook,
    "zip": list_archive,
    "tar": list_archive,
    "text": read_text,
}


def _limit() -> None:
    for what, most in (
        (resource.RLIMIT_CPU, CPU_S),
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_FSIZE, _WORKING_COPY),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(what)
        bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (bound, bound))


def preview(request: dict[str, Any]) -> dict[str, Any]:
    """Return what there is to see of the file."""
    source = Source(
        Path(request["path"]),
        request["name"],
        request["size_bytes"],
        request["rows"],
        Path(request["folder"]),
    )
    kind = format_of(source)
    if kind not in READERS:
        return {"format": kind}
    try:
        return {"format": kind} | READERS[kind](source)
    except Unreadable as exc:
        return _as_text(source, str(exc))
    except MemoryError:
        return {"format": "none", "problem": "Reading it takes more memory than a preview may."}


def _as_text(source: Source, problem: str) -> dict[str, Any]:
    """Show what is not what its name says as the text that it may be."""
    if source.looks_like_text():
        return {"format": "text", "problem": problem} | read_text(source)
    return {"format": "none", "problem": problem}


if __name__ == "__main__":
    _limit()
    json.dump(preview(json.load(sys.stdin)), sys.stdout)
