"""Drafts on a folder: one growing file each, hashed behind its writer.

Publishing renames the file, so nothing is copied. The hash follows the file, not the
request: it reads what was made safe from the system's cache while more comes in, over as
many requests as it takes. After a restart it begins anew beside the next request. So the
last byte need not wait for a second reading of it all.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from mllab.errors import NotFound
from mllab.stores.drafts import Drafts, Growth, Saved, Tail
from mllab.stores.folder import DRAFTS, FLUSH_EVERY, READ, Folder, map_errors, put_in_place
from mllab.stores.objects import Lane, Written

_STEP = 32 * READ


class FolderDrafts(Drafts):
    """The drafts beside the objects of a folder."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._followers: dict[str, _Follower] = {}

    async def append(
        self,
        draft: str,
        at: int,
        chunks: AsyncIterator[bytes],
        saved: Saved,
        *,
        whole: bool = False,
    ) -> int:
        """Write at the file's end; the next batch comes in while one is written."""
        follower, lane = self._follower(draft, at), Lane()
        tail = _FileTail(self._path(draft), draft, lane)

        async def noted(end: int) -> None:
            await saved(end)
            follower.follow(end)

        try:
            await lane.do(tail.open, at)
            return await Growth(tail, at, noted, whole=whole).take(chunks)
        finally:
            await asyncio.shield(lane.do(tail.close))
            lane.close()

    async def publish(self, draft: str, size_bytes: int, key: str) -> Written:
        """Rename the file once its hash has caught up."""
        path, target = self._path(draft), self._folder.local_path(key)
        if await self._folder.stat(key) is None:
            await asyncio.to_thread(_trim, path, draft, size_bytes)
            digest = await self._follower(draft, size_bytes).digest(size_bytes)
            await asyncio.to_thread(self._put_in_place, path, target, key)
        else:  # a crash came between the renaming and what was to follow
            digest = await _Follower(target, key).digest(size_bytes)
        return Written(size_bytes, digest)

    def _put_in_place(self, path: Path, target: Path, key: str) -> None:
        with map_errors(key):
            put_in_place(path, target, self._folder.folder, key)

    async def discard(self, draft: str) -> None:
        """Delete the file."""
        self._followers.pop(draft, None)
        with map_errors(draft):
            await asyncio.to_thread(self._path(draft).unlink, missing_ok=True)

    def _path(self, draft: str) -> Path:
        return self._folder.folder / DRAFTS / draft

    def _follower(self, draft: str, at: int) -> _Follower:
        found = self._followers.get(draft)
        if found is None or found.until > at:
            self._followers[draft] = found = _Follower(self._path(draft), draft)
            found.follow(at)
        return found


class _FileTail(Tail):
    """All work on the file happens in one lane."""

    most = FLUSH_EVERY

    def __init__(self, path: Path, draft: str, lane: Lane) -> None:
        self._path = path
        self._draft = draft
        self._lane = lane
        self._file: BinaryIO | None = None
        self._step: asyncio.Future[None] | None = None

    def open(self, at: int) -> None:
        with map_errors(self._draft):
            self._file = _cut(self._path, self._draft, at)
            self._file.seek(at)

    async def add(self, batch: list[bytes]) -> None:
        await self._written()
        self._step = self._lane.do(self._write, batch)

    async def save(self) -> None:
        await self._written()
        await self._lane.do(self._flush)

    async def _written(self) -> None:
        step, self._step = self._step, None
        if step is not None:
            await step

    def _write(self, batch: list[bytes]) -> None:
        assert self._file is not None  # noqa: S101
        with map_errors(self._draft):
            for chunk in batch:
                self._file.write(chunk)

    def _flush(self) -> None:
        assert self._file is not None  # noqa: S101
        with map_errors(self._draft):
            self._file.flush()
            os.fdatasync(self._file.fileno())

    def close(self) -> None:
        # On a full disk closing fails once more; what was acknowledged is safe by now.
        if self._file is not None:
            with suppress(OSError):
                self._file.close()


def _trim(path: Path, draft: str, size: int) -> None:
    with map_errors(draft):
        _cut(path, draft, size).close()


def _cut(path: Path, draft: str, at: int) -> BinaryIO:
    """Open the file, cut to `at` bytes; only an empty one is made."""
    path.parent.mkdir(exist_ok=True)
    is_new = at == 0 and not path.exists()
    try:
        file = path.open("xb" if is_new else "r+b", buffering=READ)
    except FileNotFoundError as exc:
        raise NotFound("upload", draft, "Its bytes are not on the disk any more.") from exc
    if os.fstat(file.fileno()).st_size < at:
        file.close()
        raise NotFound("upload", draft, "Its bytes are not on the disk any more.")
    file.truncate(at)
    if is_new:
        _keep_name(path.parent)
        _keep_name(path.parent.parent)
    return file


def _keep_name(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class _Follower:
    """The hash of a growing file, up to where it was made safe."""

    def __init__(self, path: Path, key: str) -> None:
        self._path = path
        self._key = key
        self._digest = hashlib.sha256()
        self._at = 0
        self.until = 0
        self._task: asyncio.Task[None] | None = None

    def follow(self, until: int) -> None:
        """Hash up to `until` beside everything else."""
        self.until = until
        if self._at < until and (self._task is None or self._task.done()):
            self._task = asyncio.create_task(self._run())
            self._task.add_done_callback(lambda task: task.cancelled() or task.exception())

    async def digest(self, size: int) -> str:
        """Return the hash of the first `size` bytes once it is known."""
        while self._at < size:
            self.follow(size)
            if self._task is not None:
                await asyncio.shield(self._task)
        return self._digest.hexdigest()

    async def _run(self) -> None:
        while self._at < self.until:
            await asyncio.to_thread(self._read, min(self.until, self._at + _STEP))

    def _read(self, end: int) -> None:
        with map_errors(self._key), self._path.open("rb", buffering=0) as file:
            file.seek(self._at)
            while self._at < end:
                chunk = file.read(min(READ, end - self._at))
                if not chunk:
                    raise NotFound("upload", self._key, "Its bytes are not on the disk any more.")
                self._digest.update(chunk)
                self._at += len(chunk)
