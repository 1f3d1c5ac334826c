"""Datasets and models: versions that appear whole or not at all.

A version is one document (`core/versions.py`) that refers to one object, whose bytes came
in through `core/uploads.py`. This module says who may do what, in which order.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from mllab.core.content_types import guess_content_type
from mllab.core.context import Context
from mllab.core.lineage import Lineage
from mllab.core.listing import Part, search
from mllab.core.permissions import Access, Action
from mllab.core.uploads import OLD, Incoming, Uploads, clear_folder, compare
from mllab.core.versions import LIVE, Versions, of, to_ref, to_version
from mllab.errors import InvalidInput, StorageFull
from mllab.model.accounts import Principal
from mllab.model.base import Page, new_id
from mllab.model.files import FileChange, FileKind, FileRef, FileSummary, FileVersion, NewVersion
from mllab.model.uses import UsedHow
from mllab.stores.documents.base import Body, Where, change_document, eq
from mllab.stores.files import Files, Written


@dataclass(frozen=True)
class OpenFile:
    """A version whose bytes can be read."""

    version: FileVersion
    object: str
    files: Files

    def read(self, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """Return the bytes `start` up to before `end`."""
        return self.files.read(self.object, start, end)


class VersionedFiles:
    """Datasets and models: versions that appear whole or not at all."""

    def __init__(self, context: Context, access: Access, lineage: Lineage) -> None:
        self._context = context
        self._documents = context.documents
        self._access = access
        self._versions = Versions(context.documents)
        self._uploads = Uploads(context, "versions", self._published)
        self._lineage = lineage

    async def list(
        self,
        who: Principal,
        project: str,
        kind: FileKind,
        *,
        prefix: str = "",
        q: str = "",
        limit: int = 100,
        cursor: str | None = None,
    ) -> Page[FileSummary]:
        """Return the project's files by key: those that begin with `prefix` and hold `q`.

        `q` is compared without regard to case. A page of a search may hold fewer than
        `limit`, even none, and yet have a next one: so much is looked at per request.
        """
        await self._access.require(who, Action.FILE_READ, project=project)
        where = [eq("project", project), eq("kind", str(kind)), Where("versions", "gt", 0)]
        if prefix:
            where.append(Where("key", "prefix", prefix))
        part = Part(q, ["key"])
        found = await search(self._documents, "files", where, part, limit=limit, cursor=cursor)
        newest = await self._versions.newest_of(found.documents)
        items = [
            FileSummary(**dict(to_ref(each.body)), versions=each.body["versions"], latest=latest)
            for each in found.documents
            if (latest := newest.get(each.body["key"]))
        ]
        return Page(items=items, next_cursor=found.next_cursor)

    async def versions(
        self, who: Principal, ref: FileRef, *, limit: int = 100, cursor: str | None = None
    ) -> Page[FileVersion]:
        """Return the versions of one file, newest first."""
        await self._access.require(who, Action.FILE_READ, project=ref.project)
        await self._versions.find(ref)
        found = await self._documents.find(
            "versions", *of(ref), LIVE, descending=True, limit=limit, cursor=cursor
        )
        items = [to_version(each.body) for each in found.documents]
        return Page(items=items, next_cursor=found.next_cursor)

    async def version(self, who: Principal, ref: FileRef, number: int | None = None) -> FileVersion:
        """Return one version, by default the newest."""
        return (await self.open(who, ref, number)).version

    async def open(self, who: Principal, ref: FileRef, number: int | None = None) -> OpenFile:
        """Return one version, by default the newest, ready to be read."""
        await self._access.require(who, Action.FILE_READ, project=ref.project)
        found = await self._versions.find(ref, number)
        return OpenFile(to_version(found.body), found.body["object"], self._context.files)

    async def download(self, who: Principal, ref: FileRef, number: int | None = None) -> OpenFile:
        """As `open`, noting a workload that reads the file."""
        opened = await self.open(who, ref, number)
        with suppress(StorageFull):  # a disk that is full can be read all the same
            await self._lineage.note_file(who, ref, opened.version.version, UsedHow.READ)
        return opened

    async def upload(
        self, who: Principal, ref: FileRef, new: NewVersion, chunks: AsyncIterator[bytes]
    ) -> FileVersion:
        """Store the bytes as the next version; nothing is read before the caller may do it.

        Raises:
            InvalidInput: a key that the API could not address, or not the declared bytes.
            TooLarge: more than `max_upload_bytes`.
            StorageFull: the file store takes no more.
        """
        await self._access.require(who, Action.FILE_WRITE, project=ref.project)
        check_addressable(ref.key)
        incoming = _incoming(ref, object_for(ref))
        limit = self._context.settings.max_upload_bytes
        async with self._uploads.receive(incoming, chunks, new, limit) as written:
            # Hours may have passed since the first look.
            await self._access.require(who, Action.FILE_WRITE, project=ref.project)
            body = self._body(who, ref, new, written) | {"object": incoming.object}
            version = await self._versions.publish(ref, body)
            await self._versions.summarise(ref)
        await self._lineage.note_file(who, ref, version.version, UsedHow.MADE)
        return version

    async def adopt(
        self, who: Principal, ref: FileRef, new: NewVersion, written: Written, *, object: str
    ) -> FileVersion:
        """Publish an object that lies in the store already as the next version.

        Repeatable: the object's version is made once, whoever else does the same.

        Raises:
            InvalidInput: the bytes are not the declared ones.
        """
        await self._access.require(who, Action.FILE_WRITE, project=ref.project)
        compare(new, written)
        body = self._body(who, ref, new, written) | {"object": object}
        version = await self._versions.publish_once(ref, body)
        await self._versions.summarise(ref)
        await self._lineage.note_file(who, ref, version.version, UsedHow.MADE)
        return version

    async def update(
        self, who: Principal, ref: FileRef, number: int | None, change: FileChange
    ) -> FileVersion:
        """Set and remove metadata of one version, by default the newest."""
        await self._access.require(who, Action.FILE_WRITE, project=ref.project)

        def merge(body: Body) -> Body:
            merged = body["metadata"] | change.metadata
            metadata = {name: value for name, value in merged.items() if value is not None}
            if len(metadata) > 100:
                raise InvalidInput("A version has at most 100 entries of metadata.")
            return {"metadata": metadata}

        found = partial(self._versions.find, ref, number)
        _, body = await change_document(self._documents, "versions", found, merge)
        return to_version(body)

    async def delete(self, who: Principal, ref: FileRef, number: int | None = None) -> None:
        """Delete one version, or without a number all versions that there are now."""
        await self._access.require(who, Action.FILE_WRITE, project=ref.project)
        one = await self._versions.find(ref, number)
        for found in [one] if number else await self._versions.live(ref):
            # The note first: a crash after it is mended by the sweep, in either direction.
            note = await self._uploads.note(_incoming(ref, found.body["object"]))
            await self._versions.bury(ref, found)
            await self._uploads.settle(note)

    async def sweep(self, older_than: timedelta = OLD) -> int:
        """Clean up what died half-way; return how many objects and parts of objects.

        `older_than` zero is only for the start of a lab that has its data for itself.
        """
        parts = await self._context.files.sweep(self._uploads.dead_after(older_than))
        return parts + await self._uploads.sweep(older_than)

    async def forget_project(self, project: str) -> bool:
        """Delete what is left of the project; True when nothing is. Repeatable."""
        if not await self._uploads.forget_project(project):
            return False
        await self._documents.delete_where("versions", eq("project", project))
        await self._documents.delete_where("files", eq("project", project))
        cleared = [await clear_folder(self._context.files, f"{project}/{k}") for k in FileKind]
        return all(cleared)

    def _body(self, who: Principal, ref: FileRef, new: NewVersion, written: Written) -> Body:
        version = FileVersion(
            **dict(ref),
            version=1,
            size_bytes=written.size_bytes,
            sha256=written.sha256,
            content_type=new.content_type or guess_content_type(ref.key),
            metadata=dict(new.metadata),
            created_by=who.user or "lab",
            created_at=self._context.clock(),
        )
        return version.model_dump(mode="json")

    async def _published(self, note: Body) -> bool:
        await self._versions.summarise(to_ref(note))
        return await self._versions.refers_to(note["object"])


def _incoming(ref: FileRef, object: str) -> Incoming:
    return Incoming(ref.project, object, {"kind": str(ref.kind), "key": ref.key})


def object_for(ref: FileRef) -> str:
    """Return a new place in the file store for a version's bytes."""
    return f"{ref.project}/{ref.kind}/{ref.key}/{new_id('object')}"


def check_addressable(key: str) -> None:
    """Refuse keys that mean something else in the API: `…/versions`, `…/preview`, `…/uses`."""
    parts = key.split("/")
    numbered = parts[-2:-1] == ["versions"] and parts[-1].isdecimal()
    if parts[-1] in {"versions", "preview", "uses"} or numbered:
        raise InvalidInput(
            f"The key {key!r} cannot be used: …/versions, …/versions/<number>, …/preview "
            "and …/uses mean something else. "
            "Choose another name for its last part."
        )
