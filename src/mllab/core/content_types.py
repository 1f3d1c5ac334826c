"""Which content type a file has by its name: the same on every machine.

The system's own table is not read: it differs between machines, and a lab's answer must not.
"""

from __future__ import annotations

import mimetypes

_TYPES = mimetypes.MimeTypes()
_MORE = {
    ".ipynb": "application/x-ipynb+json",
    ".jsonl": "application/jsonl",
    ".log": "text/plain",
    ".md": "text/markdown",
    ".parquet": "application/vnd.apache.parquet",
    ".toml": "application/toml",
    ".yaml": "application/yaml",
    ".yml": "application/yaml",
    ".zst": "application/zstd",
}
_COMPRESSED = {
    "gzip": "application/gzip",
    "bzip2": "application/x-bzip2",
    "xz": "application/x-xz",
    "compress": "application/x-compress",
}
for _ending, _type in _MORE.items():
    _TYPES.add_type(_type, _ending)


def guess_content_type(name: str) -> str:
    """Return the content type of a file called `name`; of a packed one, its packing's."""
    # Only the last part: guess_type reads a whole path as a URL.
    found, packing = _TYPES.guess_type(f"/{name.rpartition('/')[2]}")
    if packing:
        return _COMPRESSED.get(packing, "application/octet-stream")
    return found or "application/octet-stream"
