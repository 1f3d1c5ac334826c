"""What a file is, by its name first and then by its first bytes."""

from __future__ import annotations

from mllab.previewer.source import Source

_BY_ENDING = {
    "csv": "csv",
    "tsv": "tsv",
    "tab": "tsv",
    "parquet": "parquet",
    "pq": "parquet",
    "json": "json",
    "geojson": "json",
    "jsonl": "jsonl",
    "ndjson": "jsonl",
    "ipynb": "notebook",
    "zip": "zip",
    "tar": "tar",
    "tgz": "tar",
}
_IMAGES = {"png", "jpg", "jpeg", "gif", "webp", "bmp", "avif", "svg", "ico"}
_BY_MAGIC = ((b"PAR1", "parquet"), (b"PK\x03\x04", "zip"))


def format_of(source: Source) -> str:
    """Return the format's word; `none` for what nobody can show."""
    ending = _ending(source.name)
    if ending in _IMAGES:
        return "image"
    if ending in _BY_ENDING:
        return _BY_ENDING[ending]
    data = source.first(4)
    for magic, kind in _BY_MAGIC:
        if data == magic:
            return kind
    if source.size_bytes == 0 or source.looks_like_text() or source.is_packed:
        return "text" if not source.is_packed or _is_packed_text(source) else "none"
    return "none"


def _is_packed_text(source: Source) -> bool:
    return b"\0" not in source.head(8192)[0]


def _ending(name: str) -> str:
    """Return the ending, of a packed file the one before: `news.csv.gz` is `csv`."""
    parts = name.lower().split(".")
    if len(parts) > 2 and parts[-1] in {"gz", "bz2", "xz"}:
        return "tar" if parts[-2] == "tar" else parts[-2] if parts[-1] == "gz" else parts[-1]
    return parts[-1] if len(parts) > 1 else ""
