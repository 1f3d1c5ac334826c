"""Where bytes are kept: one class over obstore for local folder, memory and S3.

Knows keys and bytes; what a dataset or a version is, it does not know. Keys are relative
paths that the callers have checked. An object appears whole or not at all.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Written:
    """What a write stored: its size and the lower-case hex sha256 of its bytes."""

    size_bytes: int
    sha256: str


@dataclass(frozen=True)
class Stat:
    """An object as the store knows it."""

    key: str
    size_bytes: int
    modified_at: datetime


class Files:
    """A file store; methods may be called concurrently."""

    def __init__(self, url: str) -> None:
        """Open `file:///folder`, `memory://` or `s3://bucket[/prefix]`."""
        raise NotImplementedError

    async def write(self, key: str, chunks: AsyncIterator[bytes]) -> Written:
        """Store all `chunks` under `key`, replacing what is there; constant memory.

        When `chunks` raises, nothing becomes visible, parts are discarded and the error
        passes on. Raises StorageFull when the disk or bucket takes no more.
        """
        raise NotImplementedError

    def read(self, key: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """Return the bytes `start` up to before `end`. Raises NotFound on first use."""
        raise NotImplementedError

    async def stat(self, key: str) -> Stat | None:
        """Return what is known of the object, or None."""
        raise NotImplementedError

    def list(self, prefix: str = "") -> AsyncIterator[Stat]:
        """Return all objects below the folder `prefix`, in order of their keys."""
        raise NotImplementedError

    async def delete(self, key: str) -> None:
        """Delete the object; succeeds when there is none."""
        raise NotImplementedError

    async def delete_folder(self, prefix: str) -> int:
        """Delete all objects below the folder `prefix`; return how many."""
        raise NotImplementedError
