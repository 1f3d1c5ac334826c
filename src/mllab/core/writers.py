"""Who writes into a resumable upload: one request at a time, and never a dead one.

A request that writes enters itself in the upload's document and renews the entry as bytes
become safe. Another one is refused meanwhile. A writer from whom nothing came for a while
(its line is dead, though nobody said so; or its lab was killed) gives way to the next: in
this process it is ended first, so that no two ever write into one draft.

Knows documents, drafts and checksums; whose upload it is and what comes of it, not.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from mllab.core.context import Context
from mllab.core.times import to_text
from mllab.errors import ChecksumMismatch, Conflict, NotFound, TooLarge
from mllab.model.base import new_id
from mllab.stores.documents.base import Body, Document, DocumentStore, RevisionConflict

STALLED = timedelta(seconds=5)
"""A writer from whom no byte came for so long gives way to the next."""

ALGORITHMS = ("md5", "sha1", "sha256", "sha512")


@dataclass(frozen=True)
class Checksum:
    """What a piece must hash to; `algorithm` is one of `ALGORITHMS`."""

    algorithm: str
    digest: bytes


@dataclass(frozen=True)
class Piece:
    """Bytes of one request; `size_bytes` None: as many as come."""

    offset: int
    chunks: AsyncIterator[bytes]
    size_bytes: int | None = None
    checksum: Checksum | None = None


class Writers:
    """The requests that write into uploads, here and in other labs on the same data."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._documents = context.documents
        self._running: dict[str, asyncio.Task[int]] = {}

    def expiry(self) -> str:
        """Return when an upload expires that got bytes just now."""
        kept = timedelta(hours=self._context.settings.upload_expires_hours)
        return to_text(self._context.clock() + kept)

    async def free(self, found: Document) -> Document:
        """Return the upload as it is once nobody writes into it.

        Raises:
            Conflict: somebody does.
        """
        body = found.body
        since = to_text(self._context.clock() - STALLED)
        if body["writer"] and body["written_at"] > since:
            raise Conflict("Another request is sending this upload; wait for its end.")
        if not await self.stop(found.id):
            return found
        again = await self._documents.get("resumable", found.id)
        if again is None:
            raise NotFound("upload", found.id)
        return again

    async def stop(self, id: str) -> bool:
        """End this process's writer; False if there is none. What it had is kept."""
        task = self._running.get(id)
        if task is None:
            return False
        task.cancel()
        await asyncio.wait({task})
        return True

    async def write(self, found: Document, piece: Piece) -> Document:
        """Write the piece and return the upload as it is then.

        Raises:
            Conflict: another request was quicker, took over, or the upload was deleted.
            ChecksumMismatch, TooLarge: see `ResumableUploads.append`.
        """
        turn = _Turn(self._documents, found)
        await turn.put({"writer": new_id("writer")} | self._lately())
        chunks = _at_most(piece.chunks, found.body["size_bytes"] - piece.offset)
        if piece.checksum:
            chunks = _checked(chunks, piece.checksum)

        async def saved(end: int) -> None:
            await turn.put({"offset": end} | self._lately())

        task = asyncio.create_task(
            self._context.files.append(
                found.id, piece.offset, chunks, saved, whole=piece.checksum is not None
            )
        )
        self._running[found.id] = task
        try:
            await self._end_of(task)
        finally:
            if self._running.get(found.id) is task:
                del self._running[found.id]
            await asyncio.shield(turn.end())
        return turn.found

    async def _end_of(self, task: asyncio.Task[int]) -> None:
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError:
            task.cancel()
            await asyncio.wait({task})
            raise
        if task.cancelled():
            raise Conflict("Another request went on with this upload, or it was deleted.")
        task.result()

    def _lately(self) -> Body:
        return {"written_at": to_text(self._context.clock()), "expires_at": self.expiry()}


class _Turn:
    """One writer's view of the document: every change holds only if nobody else made one."""

    def __init__(self, documents: DocumentStore, found: Document) -> None:
        self._documents = documents
        self.found = found

    async def put(self, fields: Body) -> None:
        body, before = self.found.body | fields, self.found
        try:
            revision = await self._documents.put(
                "resumable", before.id, body, if_revision=before.revision
            )
        except RevisionConflict as exc:
            raise Conflict("Another request went on with this upload, or it was deleted.") from exc
        self.found = Document(before.id, revision, body)

    async def end(self) -> None:
        with suppress(Conflict):
            await self.put({"writer": None})


async def _at_most(chunks: AsyncIterator[bytes], room: int) -> AsyncIterator[bytes]:
    async for chunk in chunks:
        room -= len(chunk)
        if room < 0:
            raise TooLarge("More bytes came than this upload was to have.")
        yield chunk


async def _checked(chunks: AsyncIterator[bytes], checksum: Checksum) -> AsyncIterator[bytes]:
    digest = hashlib.new(checksum.algorithm, usedforsecurity=False)
    async for chunk in chunks:
        digest.update(chunk)
        yield chunk
    if digest.digest() != checksum.digest:
        raise ChecksumMismatch("The bytes that came have another checksum; send them again.")
