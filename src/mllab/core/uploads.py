"""Objects in the making: a note for each, so that nothing half-done is seen or left over.

Order of an upload: note (`writing`) -> bytes into the file store -> note (`sealed`) ->
the owner publishes a document that refers to the object -> note deleted. Whatever a crash
leaves is a note; `sweep` asks the owner whether the object was published and, if it was
not, deletes it. A `writing` note may be taken away at any time (the upload then fails at
its end); a `sealed` one only when it is old, because its owner is just publishing.

Knows objects and notes; what a dataset, a version or code is, only the owners know.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from mllab.core.context import Context
from mllab.core.times import to_text
from mllab.errors import Conflict, InvalidInput, LabError, NotFound, TooLarge
from mllab.model.base import new_id
from mllab.model.files import NewVersion
from mllab.model.projects import ProjectState
from mllab.stores.documents.base import Body, RevisionConflict, Where, eq, find_all
from mllab.stores.files import Files, Written

log = logging.getLogger("mllab.uploads")

OLD = timedelta(hours=24)
"""After this long without an end an upload of another lab process counts as dead."""

_SEALED_FOR = timedelta(minutes=10)
_AT_ONCE = 1000


@dataclass(frozen=True)
class Incoming:
    """An object that is on its way: where it will lie and what its owner noted with it."""

    project: str
    object: str
    facts: Body


@dataclass(frozen=True)
class _Note:
    id: str
    revision: int
    body: Body


Published = Callable[[Body], Awaitable[bool]]
"""Given a note's body: brings the owner's documents in order, tells whether one refers to
the object."""


class Uploads:
    """The notes of one owner (a collection's name); all owners share one collection."""

    def __init__(self, context: Context, owner: str, published: Published) -> None:
        self._documents = context.documents
        self._files = context.files
        self._clock = context.clock
        self._began_at = context.clock()
        self._owner = owner
        self._published = published
        self._running: set[str] = set()

    @asynccontextmanager
    async def receive(
        self, incoming: Incoming, chunks: AsyncIterator[bytes], declared: NewVersion, limit: int
    ) -> AsyncIterator[Written]:
        """Store the bytes and give what was stored; the owner publishes in the body.

        However it ends, no object stays that no document refers to.

        Raises:
            InvalidInput: the bytes are not the declared ones.
            TooLarge: more than `limit` bytes.
            Conflict: the upload was taken away meanwhile, as old or with its project.
            NotFound: the project was deleted meanwhile.
        """
        if (declared.size_bytes or 0) > limit:
            raise too_large(limit)
        note = await self.note(incoming)
        self._running.add(note.id)
        try:
            written = await self._files.write(incoming.object, _at_most(chunks, limit))
            compare(declared, written)
            note = await self._seal(note)
            await self._require_project(incoming.project)
            yield written
        except BaseException:
            # Shielded: a server that is told to stop cancels this task, not the clean-up.
            await asyncio.shield(self._try_to_settle(note))
            raise
        else:
            await self._documents.delete("uploads", note.id)
        finally:
            self._running.discard(note.id)

    async def note(self, incoming: Incoming) -> _Note:
        """Write down that the object is to be looked after; it may not exist yet."""
        body = incoming.facts | {
            "owner": self._owner,
            "project": incoming.project,
            "object": incoming.object,
            "state": "writing",
            "started_at": to_text(self._clock()),
        }
        id = new_id("upload")
        return _Note(id, await self._documents.put("uploads", id, body, if_revision=0), body)

    async def settle(self, note: _Note) -> None:
        """Delete the object unless it was published, then the note. Repeatable."""
        if not await self._published(note.body):
            await self._files.delete(note.body["object"])
        await self._documents.delete("uploads", note.id)

    async def _try_to_settle(self, note: _Note) -> None:
        try:
            await self.settle(note)
        except LabError as exc:
            # A full disk, say: the note stays and the sweep settles it later.
            log.warning("%s is left to the sweep: %s", note.body["object"], exc.message)

    async def sweep(self, older_than: timedelta = OLD) -> int:
        """Settle what uploads that died have left; return how many. Repeatable.

        `older_than` zero is for the start of a lab that has the data for itself. What began
        after this process did is left alone even then.
        """
        before = to_text(self._clock() - self.dead_after(older_than))
        return await self._take_away(Where("started_at", "lte", before))

    def dead_after(self, older_than: timedelta) -> timedelta:
        """Return `older_than`, or longer where this process itself may be at work."""
        return max(older_than, min(self._clock() - self._began_at, OLD))

    async def forget_project(self, project: str) -> bool:
        """Take the project's uploads away; False while one is just being published."""
        await self._take_away(eq("project", project))
        return not await self._documents.count(
            "uploads", eq("project", project), eq("owner", self._owner)
        )

    async def _take_away(self, where: Where) -> int:
        found = await find_all(self._documents, "uploads", where, eq("owner", self._owner))
        notes = [_Note(each.id, each.revision, each.body) for each in found]
        return sum([await self._take(note, by_age=where.field == "started_at") for note in notes])

    async def _take(self, note: _Note, *, by_age: bool) -> bool:
        sealed_since = to_text(self._clock() - _SEALED_FOR)
        publishing = note.body["state"] == "sealed" and note.body["started_at"] > sealed_since
        if note.id in self._running if by_age else publishing:
            return False
        try:
            taken = await self._mark(note, "taken")
        except RevisionConflict:
            return False
        await self.settle(taken)
        return True

    async def _seal(self, note: _Note) -> _Note:
        try:
            return await self._mark(note, "sealed")
        except RevisionConflict as exc:
            raise Conflict("This upload was given up by the lab; send the file again.") from exc

    async def _require_project(self, project: str) -> None:
        found = await self._documents.get("projects", project)
        if found is None or found.body["state"] != ProjectState.ACTIVE:
            raise NotFound("project", project, "It was deleted during the upload.")

    async def _mark(self, note: _Note, state: str) -> _Note:
        body = note.body | {"state": state}
        if state == "sealed":
            body["started_at"] = to_text(self._clock())
        revision = await self._documents.put("uploads", note.id, body, if_revision=note.revision)
        return _Note(note.id, revision, body)


async def clear_folder(files: Files, folder: str) -> bool:
    """Delete up to 1000 objects below the folder; True when none is left. Repeatable."""
    found: list[str] = []
    async for stat in files.list(folder):
        found.append(stat.key)
        if len(found) == _AT_ONCE:
            break
    for start in range(0, len(found), 20):
        await asyncio.gather(*(files.delete(key) for key in found[start : start + 20]))
    return len(found) < _AT_ONCE


async def _at_most(chunks: AsyncIterator[bytes], limit: int) -> AsyncIterator[bytes]:
    size = 0
    async for chunk in chunks:
        size += len(chunk)
        if size > limit:
            raise too_large(limit)
        yield chunk


def too_large(limit: int) -> TooLarge:
    """Return the error of an upload over the lab's limit."""
    text = f"This lab takes at most {limit} bytes in one upload; nothing was kept."
    return TooLarge(text, limit_bytes=limit)


def compare(declared: NewVersion, written: Written) -> None:
    """Raise InvalidInput if what arrived is not what was declared."""
    if declared.sha256 and declared.sha256 != written.sha256:
        raise InvalidInput(
            f"The bytes that arrived have the sha256 {written.sha256}, not the declared "
            f"{declared.sha256}. Nothing was kept: send the file again.",
            declared=declared.sha256,
            received=written.sha256,
        )
    if declared.size_bytes is not None and declared.size_bytes != written.size_bytes:
        raise InvalidInput(
            f"{written.size_bytes} bytes arrived, {declared.size_bytes} were declared. "
            "Nothing was kept: send the file again."
        )
