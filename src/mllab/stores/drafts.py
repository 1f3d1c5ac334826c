"""Drafts: objects that grow over several requests, and over restarts of the lab.

A draft is named by its owner and has no key until it is published. Who may write, and up
to where a draft counts, the owner keeps; one writer at a time is the owner's duty. What
lies beyond the place at which a writer begins was never acknowledged: it is cut off.

`PartDrafts` builds drafts out of ordinary objects, for every place that cannot let a file
grow; `folder_drafts.py` has a real file that becomes the object by being renamed.
"""

from __future__ import annotations

import asyncio
import time
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress

from mllab.errors import LabError, NotFound
from mllab.stores.objects import BATCH, Objects, Stat, Written

SAVE_EVERY_S = 1.0
"""A slow upload is made safe this often: so much of it a crash may cost."""

Saved = Callable[[int], Awaitable[None]]
"""Told how many bytes of the draft are safe by now."""


class Drafts(ABC):
    """What both kinds of drafts owe."""

    @abstractmethod
    async def append(
        self,
        draft: str,
        at: int,
        chunks: AsyncIterator[bytes],
        saved: Saved,
        *,
        whole: bool = False,
    ) -> int:
        """Write the chunks from byte `at` on and return where they ended; constant memory.

        `saved` is called each time when more has become safe, and at the end. When `chunks`
        raises, what came before stays and is reported first. With `whole` nothing counts
        before the end: until then `saved` hears of `at` as a sign of life.

        Raises:
            NotFound: less than `at` bytes of the draft are here.
        """

    @abstractmethod
    async def publish(self, draft: str, size_bytes: int, key: str) -> Written:
        """Make the draft's first `size_bytes` the object `key`; repeatable until `discard`.

        Raises:
            NotFound: less than that is here.
        """

    @abstractmethod
    async def discard(self, draft: str) -> None:
        """Delete what is left of the draft; succeeds when there is nothing."""


class Tail(ABC):
    """The end of a draft while one writer lets it grow."""

    most: int
    """Bytes after which a save is due."""

    @abstractmethod
    async def add(self, batch: list[bytes]) -> None:
        """Take bytes; they may be on their way when this returns."""

    @abstractmethod
    async def save(self) -> None:
        """Return when all that was added is safe."""


class Growth:
    """One run of `append`: gathers chunks into batches and decides when to save."""

    def __init__(self, tail: Tail, at: int, saved: Saved, *, whole: bool) -> None:
        self._tail = tail
        self._began = self._at = at
        self._saved = saved
        self._whole = whole
        self._batch: list[bytes] = []
        self._held = 0
        self._unsafe = 0
        self._safe_at = time.monotonic()

    async def take(self, chunks: AsyncIterator[bytes]) -> int:
        """Take all chunks and return where the draft ends now."""
        try:
            async for chunk in chunks:
                self._batch.append(chunk)
                self._held += len(chunk)
                if self._held >= BATCH or self._is_due():
                    await self._hand_on()
                if self._is_due():
                    await self._save()
        except BaseException:
            if not self._whole:
                await asyncio.shield(self._keep())
            raise
        await self._finish()
        return self._at

    def _is_due(self) -> bool:
        late = time.monotonic() - self._safe_at >= SAVE_EVERY_S
        return self._unsafe >= self._tail.most or late

    async def _hand_on(self) -> None:
        batch, self._batch = self._batch, []
        self._at += self._held
        self._unsafe += self._held
        self._held = 0
        await self._tail.add(batch)

    async def _save(self) -> None:
        await self._tail.save()
        await self._saved(self._began if self._whole else self._at)
        self._unsafe, self._safe_at = 0, time.monotonic()

    async def _finish(self) -> None:
        await self._hand_on()
        await self._tail.save()
        await self._saved(self._at)

    async def _keep(self) -> None:
        # What made the chunks end is what the caller hears of, a full disk among it.
        with suppress(LabError):
            await self._finish()


class PartDrafts(Drafts):
    """A draft as a row of objects, each named by its first byte; joined when published."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        self._ends: dict[str, int] = {}

    async def append(
        self,
        draft: str,
        at: int,
        chunks: AsyncIterator[bytes],
        saved: Saved,
        *,
        whole: bool = False,
    ) -> int:
        """Write parts; what is not known to end at `at` is cut there first."""
        if self._ends.pop(draft, None) != at:
            await self._cut(draft, at)
        growth = Growth(_PartTail(self._objects, draft, at), at, saved, whole=whole)
        self._ends[draft] = end = await growth.take(chunks)
        return end

    async def _cut(self, draft: str, at: int) -> None:
        end = 0
        for part in await self._parts(draft):
            if _start(part) >= at:
                await self._objects.delete(part.key)
            else:
                end = _start(part) + part.size_bytes
        if end != at:
            raise NotFound("upload", draft, "Its bytes are not in the file store any more.")

    async def publish(self, draft: str, size_bytes: int, key: str) -> Written:
        """Join the parts; the place keeps both until the draft is discarded."""
        parts, end = await self._parts(draft), 0
        for part in parts:
            end = end + part.size_bytes if _start(part) == end else -1
        if end != size_bytes:
            raise NotFound("upload", draft, "Its bytes are not in the file store any more.")
        return await self._objects.write(key, self._joined(parts))

    async def _joined(self, parts: list[Stat]) -> AsyncIterator[bytes]:
        for part in parts:
            async for chunk in self._objects.read(part.key, 0, None):
                yield chunk

    async def discard(self, draft: str) -> None:
        """Delete the parts."""
        self._ends.pop(draft, None)
        await self._objects.delete_folder(_folder(draft))

    async def _parts(self, draft: str) -> list[Stat]:
        return sorted([each async for each in self._objects.list(_folder(draft))], key=_start)


class _PartTail(Tail):
    most = 4 * BATCH

    def __init__(self, objects: Objects, draft: str, at: int) -> None:
        self._objects = objects
        self._draft = draft
        self._at = at
        self._waiting: list[bytes] = []

    async def add(self, batch: list[bytes]) -> None:
        self._waiting += batch

    async def save(self) -> None:
        waiting, self._waiting = self._waiting, []
        if not any(waiting):
            return
        key = f"{_folder(self._draft)}/{self._at:020d}"
        written = await self._objects.write(key, _each(waiting))
        self._at += written.size_bytes


async def _each(chunks: list[bytes]) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


def _folder(draft: str) -> str:
    return f".drafts/{draft}"


def _start(part: Stat) -> int:
    return int(part.key.rpartition("/")[2])
