"""What every file store owes and what all of them share: keys, batches, threads in order.

Knows no disk and no bucket; `folder.py` and `files.py` build on it.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import ParamSpec, TypeVar

from mllab.errors import InvalidInput

P = ParamSpec("P")
T = TypeVar("T")

BATCH = 4 * 1024 * 1024
"""Bytes that are hashed and written in one step: large enough that threads cost nothing."""


_NO_KEY = re.compile(r"[\\\x00-\x1f\x7f\ud800-\udfff]")


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


class Objects(ABC):
    """A place for objects; `Files` documents what each method owes its callers.

    Keys have passed `check_key`. Errors of the library come out as ours.
    """

    @abstractmethod
    async def write(self, key: str, chunks: AsyncIterator[bytes]) -> Written:
        """Store all chunks, whole or not at all."""

    @abstractmethod
    def read(self, key: str, start: int, end: int | None) -> AsyncIterator[bytes]:
        """Return the bytes from `start` up to before `end`."""

    @abstractmethod
    async def stat(self, key: str) -> Stat | None:
        """Return what is known of the object, or None."""

    @abstractmethod
    def list(self, prefix: str) -> AsyncIterator[Stat]:
        """Return all objects below the folder, in order of their keys."""

    @abstractmethod
    async def delete(self, key: str) -> None:
        """Delete the object; succeeds when there is none."""

    @abstractmethod
    async def delete_folder(self, prefix: str) -> int:
        """Delete all objects below the folder; return how many."""

    def local_path(self, key: str) -> Path | None:
        """Return where the object lies on this machine's disk, if it does."""
        return None

    @property
    def folder(self) -> Path | None:
        """The folder of this machine in which objects lie under their keys, if they do."""
        return None

    async def sweep(self, older_than: timedelta) -> int:
        """Remove what died writes have left, if any can be left here; return how many."""
        return 0


def check_key(key: str) -> str:
    """Return `key` if it is a relative path of valid Unicode.

    Raises:
        InvalidInput: an empty, `.` or `..` part, a control character, a backslash (one
            kind of bucket takes it for `/`), a lone surrogate.
    """
    if _NO_KEY.search(key) or any(part in {"", ".", ".."} for part in key.split("/")):
        raise InvalidInput("A file's key is a relative path without empty, '.' or '..' parts.")
    return key


async def batches(chunks: AsyncIterator[bytes], size: int = BATCH) -> AsyncIterator[list[bytes]]:
    """Return the chunks in lists of at least `size` bytes together, the last one of less."""
    batch: list[bytes] = []
    held = 0
    async for chunk in chunks:
        batch.append(chunk)
        held += len(chunk)
        if held >= size:
            yield batch
            batch, held = [], 0
    if batch:
        yield batch


class Lane:
    """A thread that does one step after another, in the order in which they were handed in.

    The order is the point: the step that closes a file runs after every step that uses it,
    even when the task that waited for them was cancelled.
    """

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="files")

    def do(self, step: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> asyncio.Future[T]:
        """Hand in a step; the future holds its result."""
        return asyncio.wrap_future(self._thread.submit(step, *args, **kwargs))

    def close(self) -> None:
        """Take no further steps; those handed in are still done."""
        self._thread.shutdown(wait=False)


class Digest:
    """Size and sha256 of the batches that went by; one thread at a time."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()
        self._size = 0

    def add(self, batch: list[bytes]) -> None:
        """Take in one batch."""
        for chunk in batch:
            self._hash.update(chunk)
            self._size += len(chunk)

    @property
    def written(self) -> Written:
        """Return size and hash of all that was added."""
        return Written(self._size, self._hash.hexdigest())
