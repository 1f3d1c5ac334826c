"""Resumable uploads: bytes that come in over several requests until a version is whole.

One document for each upload says up to where its bytes are safe; the bytes lie in a draft
of the file store. The offset that a caller is told is always the document's. When the last
byte is safe the draft becomes an object and the object a version; a caller hears that all
bytes are there only together with the version. Every step of that may be repeated, so a
crash anywhere is mended by the next look.

`core/writers.py` sees to it that one request at a time writes. Knows nothing of tus.
"""

from __future__ import annotations

import asyncio
import builtins
from datetime import timedelta

from mllab.core.context import Context
from mllab.core.files import VersionedFiles, check_addressable, object_for
from mllab.core.permissions import Access, Action
from mllab.core.times import to_text
from mllab.core.uploads import too_large
from mllab.core.versions import Versions, to_ref
from mllab.core.writers import Piece, Writers
from mllab.errors import Conflict, InvalidInput, LimitReached, NotFound, TooLarge
from mllab.model.accounts import Principal
from mllab.model.base import Page, new_id
from mllab.model.files import (
    FileKind,
    FileRef,
    FileVersion,
    NewUpload,
    NewVersion,
    Upload,
    UploadState,
)
from mllab.stores.documents.base import (
    Body,
    Document,
    RevisionConflict,
    Where,
    change_document,
    eq,
    find_all,
)

MOST_OPEN = 1000
"""Unfinished uploads that one user may have in one project."""

KEPT_DONE = timedelta(days=1)
"""How long a finished upload still tells its version, for who missed the answer."""

_FINISHING_FOR = timedelta(minutes=10)


class ResumableUploads:
    """The uploads of all projects; each belongs to the user who began it."""

    def __init__(self, context: Context, access: Access, files: VersionedFiles) -> None:
        self._context = context
        self._documents = context.documents
        self._store = context.files
        self._access = access
        self._files = files
        self._versions = Versions(context.documents)
        self._writers = Writers(context)
        self._finishing: dict[str, asyncio.Task[Document]] = {}

    async def create(self, who: Principal, project: str, new: NewUpload) -> Upload:
        """Announce an upload; one of no bytes is done at once.

        Raises:
            InvalidInput: a key that the API could not address.
            TooLarge: more than `max_upload_bytes`.
            LimitReached: too many unfinished ones.
        """
        await self._access.require(who, Action.FILE_WRITE, project=project)
        check_addressable(new.key)
        if new.size_bytes > self._context.settings.max_upload_bytes:
            raise too_large(self._context.settings.max_upload_bytes)
        if await self._documents.count("resumable", *self._open_of(who, project)) >= MOST_OPEN:
            raise LimitReached("You have too many unfinished uploads here; finish or delete some.")
        id, now = new_id("upload"), to_text(self._context.clock())
        ref = FileRef(project=project, kind=new.kind, key=new.key)
        body = new.model_dump(mode="json") | {
            "project": project,
            "user": _user(who),
            "offset": 0,
            "state": "open",
            "object": object_for(ref),
            "version": None,
            "writer": None,
            "written_at": now,
            "created_at": now,
            "expires_at": self._writers.expiry(),
        }
        revision = await self._documents.put("resumable", id, body, if_revision=0)
        return _to_upload(await self._whole(who, Document(id, revision, body)))

    async def list(
        self,
        who: Principal,
        project: str,
        *,
        kind: FileKind | None = None,
        key: str | None = None,
        limit: int = 100,
        cursor: str | None = None,
    ) -> Page[Upload]:
        """Return the caller's unfinished uploads of a project."""
        await self._access.require(who, Action.FILE_WRITE, project=project)
        where = self._open_of(who, project)
        where += [eq("kind", str(kind))] if kind else []
        where += [eq("key", key)] if key else []
        found = await self._documents.find("resumable", *where, limit=limit, cursor=cursor)
        return Page(
            items=[_to_upload(each) for each in found.documents], next_cursor=found.next_cursor
        )

    async def get(self, who: Principal, project: str, id: str) -> Upload:
        """Return an upload of the caller's; one that has all its bytes is finished first."""
        await self._access.require(who, Action.FILE_WRITE, project=project)
        return _to_upload(await self._whole(who, await self._own(who, project, id)))

    async def append(self, who: Principal, project: str, id: str, piece: Piece) -> Upload:
        """Take more bytes; the last ones make the version.

        Raises:
            Conflict: the piece does not begin where the upload ends, or another request is
                sending it right now.
            ChecksumMismatch: other bytes than were summed; none of them counts.
            TooLarge: more bytes than the upload was to have; what fits was kept.
            InvalidInput: the version's bytes are not the declared ones; nothing was kept.
        """
        await self._access.require(who, Action.FILE_WRITE, project=project)
        found = await self._writers.free(await self._own(who, project, id))
        offset, size = found.body["offset"], found.body["size_bytes"]
        if piece.offset != offset:
            raise Conflict(
                f"The upload is at byte {offset}, not {piece.offset}; go on from there.",
                offset=offset,
            )
        if piece.size_bytes is not None and piece.size_bytes > size - offset:
            raise TooLarge(f"Of this upload only {size - offset} bytes are missing.")
        if offset < size:
            found = await self._written(found, piece)
        return _to_upload(await self._whole(who, found))

    async def _written(self, found: Document, piece: Piece) -> Document:
        try:
            return await self._writers.write(found, piece)
        except Conflict:
            if await self._documents.get("resumable", found.id) is None:
                await self._store.discard(found.id)  # it was deleted while bytes came in
            raise

    async def delete(self, who: Principal, project: str, id: str) -> None:
        """Give an upload up; a version that came of it stays.

        Raises:
            Conflict: its version is just being made.
        """
        await self._access.require(who, Action.FILE_WRITE, project=project)
        if not await self._forget(await self._own(who, project, id)):
            raise Conflict("This upload's version is just being made; look again in a moment.")

    async def sweep(self) -> int:
        """Delete what expired; return how many. Repeatable."""
        now = to_text(self._context.clock())
        expired = await find_all(self._documents, "resumable", Where("expires_at", "lte", now))
        return sum([await self._forget(each) for each in expired])

    async def forget_project(self, project: str) -> bool:
        """Delete the project's uploads; True when none is left. Repeatable."""
        found = await find_all(self._documents, "resumable", eq("project", project))
        return all([await self._forget(each) for each in found])

    async def _own(self, who: Principal, project: str, id: str) -> Document:
        found = await self._documents.get("resumable", id)
        if found is None or not self._is_own(who, project, found.body):
            raise NotFound("upload", id, "It expired, was deleted, or is not yours.")
        return found

    def _is_own(self, who: Principal, project: str, body: Body) -> bool:
        mine = body["project"] == project and body["user"] == _user(who)
        alive = body["expires_at"] > to_text(self._context.clock())
        return bool(mine and alive and body["state"] != "gone")

    def _open_of(self, who: Principal, project: str) -> builtins.list[Where]:
        return [
            eq("project", project),
            eq("user", _user(who)),
            Where("state", "in", ["open", "finishing"]),
            Where("expires_at", "gt", to_text(self._context.clock())),
        ]

    async def _whole(self, who: Principal, found: Document) -> Document:
        """Return the upload, finished if it has all its bytes."""
        body = found.body
        if body["offset"] < body["size_bytes"] or body["state"] == "done":
            return found
        task = self._finishing.get(found.id)
        if task is None:
            # Of its own: a caller who goes away does not end what must be done anyway.
            task = self._finishing[found.id] = asyncio.create_task(self._finish(who, found.id))
            task.add_done_callback(lambda _: self._finishing.pop(found.id, None))
        return await asyncio.shield(task)

    async def _finish(self, who: Principal, id: str) -> Document:
        found = await self._set(id, {"state": "finishing", "written_at": self._now()})
        body = found.body
        ref, new = to_ref(body), _new_version(body)
        written = await self._store.publish(id, body["size_bytes"], body["object"])
        await self._live(id)
        try:
            version = await self._files.adopt(who, ref, new, written, object=body["object"])
        except InvalidInput:
            self._finishing.pop(id, None)
            await self._forget(await self._set(id, {"state": "open"}))
            raise
        done = await self._set(id, self._done(version))
        await self._store.discard(id)
        return done

    def _done(self, version: FileVersion) -> Body:
        expires_at = to_text(self._context.clock() + KEPT_DONE)
        return {"state": "done", "version": version.version, "expires_at": expires_at}

    async def _set(self, id: str, fields: Body) -> Document:
        async def find() -> Document:
            return await self._live(id)

        found, body = await change_document(self._documents, "resumable", find, lambda _: fields)
        return Document(id, found.revision + 1, body)

    async def _live(self, id: str) -> Document:
        found = await self._documents.get("resumable", id)
        if found is None or found.body["state"] == "gone":
            raise NotFound("upload", id, "It was deleted meanwhile.")
        return found

    async def _forget(self, found: Document) -> bool:
        """Delete an upload with its bytes, in an order that a crash cannot break."""
        body = found.body
        lately = body["written_at"] > to_text(self._context.clock() - _FINISHING_FOR)
        if found.id in self._finishing or (body["state"] == "finishing" and lately):
            return False
        gone = body | {"state": "gone", "expires_at": self._now()}
        try:
            await self._documents.put("resumable", found.id, gone, if_revision=found.revision)
        except RevisionConflict:
            return await self._forget_again(found.id)
        await self._writers.stop(found.id)
        await self._store.discard(found.id)
        if not await self._versions.refers_to(body["object"]):
            await self._store.delete(body["object"])
        await self._documents.delete("resumable", found.id)
        return True

    async def _forget_again(self, id: str) -> bool:
        found = await self._documents.get("resumable", id)
        return found is None or await self._forget(found)

    def _now(self) -> str:
        return to_text(self._context.clock())


def _user(who: Principal) -> str:
    return who.user or "lab"


def _new_version(body: Body) -> NewVersion:
    return NewVersion.model_validate({name: body[name] for name in NewVersion.model_fields})


def _to_upload(found: Document) -> Upload:
    body = found.body
    own = ("project", "kind", "key", "size_bytes", "version", "fingerprint", "described")
    return Upload.model_validate(
        {name: body[name] for name in (*own, "created_at", "expires_at")}
        | {
            "id": found.id,
            "offset_bytes": body["offset"],
            "state": UploadState.DONE if body["state"] == "done" else UploadState.OPEN,
            "created_by": body["user"],
        }
    )
