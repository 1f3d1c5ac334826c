"""Objects as plain files below one folder: the file store of a lab on one machine.

An object is a file under its key's own name, so a person finds it. It is written beside
(`.partial/`), flushed, and then renamed: it appears whole or not at all, even when the
power goes. The standard library and not obstore does this, because obstore's local store
tells a full disk only by its message, does not flush, and refuses names that end in `#1`.

On a folder a key cannot also be the folder of other keys; writing such a key is a
`Conflict`.
"""

from __future__ import annotations

import asyncio
import builtins
import errno
import os
import secrets
import stat
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from mllab.errors import BackendFailed, Conflict, InvalidInput, NotFound, StorageFull, Unavailable
from mllab.stores.objects import BATCH, Digest, Lane, Objects, Stat, Written, batches, check_key

PARTIAL = ".partial"
"""Folder of files that are being written; no key begins with it."""

DRAFTS = ".drafts"
"""Folder of drafts (`drafts.py`); no key begins with it either."""

FLUSH_EVERY = 16 * BATCH
"""Bytes after which a long write is flushed, so that its end does not wait for all of it."""

READ = 1024 * 1024
_OURS = {PARTIAL, DRAFTS}
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_AGAIN = {errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EAGAIN, errno.EBUSY}
_ABSENT = (FileNotFoundError, NotADirectoryError, IsADirectoryError)


@contextmanager
def map_errors(key: str) -> Iterator[None]:
    """Turn the system's errors into ours by their number."""
    try:
        yield
    except OSError as exc:
        if exc.errno in _FULL:
            raise StorageFull(
                "The disk of the file store is full. Free some space, then try again."
            ) from exc
        if exc.errno == errno.ENAMETOOLONG:
            raise InvalidInput(f"The key {key!r} has a part too long for a file's name.") from exc
        if exc.errno in _AGAIN:
            raise Unavailable("The file store is short of handles or memory; try again.") from exc
        raise BackendFailed(
            f"The file store cannot work on {key!r} ({os.strerror(exc.errno or 0)}); "
            "check its folder's disk and permissions."
        ) from exc


class Folder(Objects):
    """The objects below `root`; see `Objects`."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._partial = root / PARTIAL
        with map_errors(PARTIAL):
            self._partial.mkdir(parents=True, exist_ok=True)

    @property
    def folder(self) -> Path:
        """The folder in which objects lie under their keys."""
        return self._root

    def local_path(self, key: str) -> Path:
        """Return where the object lies, or would lie."""
        first = key.split("/", 1)[0]
        if first in _OURS:
            raise InvalidInput(f"A key cannot begin with {first}/.")
        return self._root / check_key(key)

    async def write(self, key: str, chunks: AsyncIterator[bytes]) -> Written:
        """Store all chunks; the next batch comes in while one is hashed and written."""
        target = self.local_path(key)
        upload, digest = _Upload(self._partial / secrets.token_hex(16), key), Digest()
        disk, hashing = Lane(), Lane()
        steps: list[asyncio.Future[None]] = [disk.do(upload.begin)]
        try:
            async for batch in batches(chunks):
                await asyncio.gather(*steps)
                steps = [disk.do(upload.add, batch), hashing.do(digest.add, batch)]
            await asyncio.gather(*steps)
            await disk.do(upload.publish, target, self._root)
        except BaseException:
            discarded = disk.do(upload.discard)
            await asyncio.shield(asyncio.gather(*steps, discarded, return_exceptions=True))
            raise
        finally:
            disk.close()
            hashing.close()
        return digest.written

    async def read(self, key: str, start: int, end: int | None) -> AsyncIterator[bytes]:
        """Return the bytes, reading one chunk ahead of the caller."""
        reading = _Reading(self.local_path(key), key, start, end)
        lane = Lane()
        try:
            ahead = lane.do(reading.next)
            while chunk := await ahead:
                ahead = lane.do(reading.next)
                yield chunk
        finally:
            lane.do(reading.close)
            lane.close()

    async def stat(self, key: str) -> Stat | None:
        """Return what is known of the object, or None."""
        return await asyncio.to_thread(_stat, self.local_path(key), key)

    async def list(self, prefix: str) -> AsyncIterator[Stat]:
        """Return all objects below the folder, reading one folder at a time."""
        waiting: list[str | Stat] = [prefix]
        while waiting:
            here = waiting.pop()
            if isinstance(here, Stat):
                yield here
            else:
                waiting += reversed(await asyncio.to_thread(self._entries, here))

    def _entries(self, folder: str) -> builtins.list[str | Stat]:
        """Return a folder's files, and its folders as keys, in the order of all keys below."""
        path, head = (self._root / folder, f"{folder}/") if folder else (self._root, "")
        found: list[tuple[str, str | Stat]] = []
        with map_errors(folder), suppress(*_ABSENT), os.scandir(path) as entries:
            for entry in entries:
                key = head + entry.name
                if key in _OURS:
                    continue
                if entry.is_dir(follow_symlinks=False):
                    found.append((f"{key}/", key))
                elif known := _stat(Path(entry.path), key):
                    found.append((key, known))
        return [each for _, each in sorted(found, key=lambda pair: pair[0])]

    async def delete(self, key: str) -> None:
        """Delete the object, and the folders that it leaves empty."""
        await asyncio.to_thread(self._delete, key)

    def _delete(self, key: str) -> None:
        path = self.local_path(key)
        with map_errors(key), suppress(*_ABSENT):
            if not stat.S_ISDIR(path.lstat().st_mode):
                path.unlink()
        self._prune(path.parent)

    def _prune(self, folder: Path) -> None:
        # A folder that is not empty says so by an error; a writer that loses one makes it again.
        with suppress(OSError):
            while folder != self._root:
                folder.rmdir()
                folder = folder.parent

    async def delete_folder(self, prefix: str) -> int:
        """Delete all objects below the folder; return how many."""
        return await asyncio.to_thread(self._delete_folder, prefix)

    def _delete_folder(self, prefix: str) -> int:
        deleted, folder = 0, self.local_path(prefix)
        with map_errors(prefix):
            for here, _, names in os.walk(folder, topdown=False):
                for name in names:
                    with suppress(FileNotFoundError):
                        os.unlink(os.path.join(here, name))
                        deleted += 1
                with suppress(OSError):
                    os.rmdir(here)
        self._prune(folder.parent)
        return deleted

    async def sweep(self, older_than: timedelta) -> int:
        """Remove partial files that were not written to for so long; return how many."""
        return await asyncio.to_thread(self._sweep, time.time() - older_than.total_seconds())

    def _sweep(self, before: float) -> int:
        removed = 0
        for path in self._partial.iterdir():
            with map_errors(path.name), suppress(FileNotFoundError):
                if path.stat().st_mtime <= before:
                    path.unlink()
                    removed += 1
        return removed


class _Upload:
    """One file on its way; all steps run in one lane."""

    def __init__(self, partial: Path, key: str) -> None:
        self._partial = partial
        self._key = key
        self._file: BinaryIO | None = None
        self._unflushed = 0

    def begin(self) -> None:
        with map_errors(self._key):
            self._file = self._partial.open("xb", buffering=READ)

    def add(self, batch: list[bytes]) -> None:
        assert self._file is not None  # noqa: S101
        with map_errors(self._key):
            for chunk in batch:
                self._file.write(chunk)
                self._unflushed += len(chunk)
            if self._unflushed >= FLUSH_EVERY:
                self._flush(self._file)

    def _flush(self, file: BinaryIO) -> None:
        file.flush()
        os.fdatasync(file.fileno())
        self._unflushed = 0

    def publish(self, target: Path, root: Path) -> None:
        assert self._file is not None  # noqa: S101
        with map_errors(self._key):
            self._flush(self._file)
            self._file.close()
            put_in_place(self._partial, target, root, self._key)

    def discard(self) -> None:
        # Closing may fail once more on a full disk; the file goes all the same.
        if self._file is not None:
            with suppress(OSError):
                self._file.close()
        self._partial.unlink(missing_ok=True)


def put_in_place(partial: Path, target: Path, root: Path, key: str) -> None:
    """Rename a whole file to where it belongs, below `root`; it lasts when this returned."""
    try:
        _move(partial, target)
    except (NotADirectoryError, FileExistsError, IsADirectoryError) as exc:
        raise Conflict(f"{key!r} is a folder of other files, or lies below a file.") from exc
    _flush_folders(target.parent, root)


def _move(partial: Path, target: Path) -> None:
    while True:
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            partial.replace(target)
        except FileNotFoundError:
            if not partial.exists():
                raise
            continue  # a delete pruned the folder in between
        return


def _flush_folders(folder: Path, root: Path) -> None:
    """Make the names last: the file's own folder and those above that may be new."""
    while True:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
        if folder == root:
            return
        folder = folder.parent


class _Reading:
    """One file being read; all steps run in one lane."""

    def __init__(self, path: Path, key: str, start: int, end: int | None) -> None:
        self._path = path
        self._key = key
        self._at = start
        self._end = end
        self._file: BinaryIO | None = None

    def next(self) -> bytes:
        """Return the next bytes, none at the end."""
        if self._file is None:
            self._file = self._open()
        size = READ if self._end is None else min(READ, self._end - self._at)
        if size <= 0:
            return b""
        with map_errors(self._key):
            chunk = os.pread(self._file.fileno(), size, self._at)
        self._at += len(chunk)
        return chunk

    def _open(self) -> BinaryIO:
        with map_errors(self._key):
            try:
                return self._path.open("rb", buffering=0)
            except _ABSENT as exc:
                raise NotFound("file", self._key) from exc

    def close(self) -> None:
        if self._file is not None:
            self._file.close()


def _stat(path: Path, key: str) -> Stat | None:
    with map_errors(key), suppress(*_ABSENT):
        known = path.lstat()
        if stat.S_ISREG(known.st_mode):
            return Stat(key, known.st_size, datetime.fromtimestamp(known.st_mtime, UTC))
    return None
