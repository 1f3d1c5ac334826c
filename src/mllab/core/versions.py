"""The documents of datasets and models: versions, their numbers, and the summaries.

Numbers count from 1 for each key without holes. A deleted version leaves its document with
`state: deleted`, so that its number never comes to mean other bytes. A summary in `files`
(how many versions, which is the newest) is derived from the versions and only serves lists.

Knows documents; nothing of bytes and callers.
"""

from __future__ import annotations

from mllab.errors import NotFound
from mllab.model.files import FileRef, FileVersion
from mllab.stores.documents.base import (
    Body,
    Document,
    DocumentStore,
    RevisionConflict,
    Where,
    eq,
    find_all,
)

LIVE = eq("state", "live")


class Versions:
    """Finds, numbers and counts the versions of files."""

    def __init__(self, documents: DocumentStore) -> None:
        self._documents = documents

    async def publish(self, ref: FileRef, body: Body) -> FileVersion:
        """Create the version under the first free number: from here on everybody sees it."""
        return await self._publish_after(await self._newest_number(ref), ref, body)

    async def publish_once(self, ref: FileRef, body: Body) -> FileVersion:
        """As `publish`, but an object that has a version by now keeps that one.

        The number is read before the question: who publishes the same object in between
        takes a later number, on which this one comes to stand as well.
        """
        newest = await self._newest_number(ref)
        found = await self._documents.find("versions", eq("object", body["object"]), LIVE, limit=1)
        if found.documents:
            return to_version(found.documents[0].body)
        return await self._publish_after(newest, ref, body)

    async def _publish_after(self, number: int, ref: FileRef, body: Body) -> FileVersion:
        while True:
            number += 1
            numbered, id = body | {"version": number, "state": "live"}, version_id(ref, number)
            try:
                await self._documents.put("versions", id, numbered, if_revision=0)
            except RevisionConflict:
                taken = await self._documents.get("versions", id)
                if taken and taken.body["object"] == body["object"]:
                    return to_version(taken.body)
                continue  # another upload took this number
            return to_version(numbered)

    async def find(self, ref: FileRef, number: int | None = None) -> Document:
        """Return the version's document, by default the newest's.

        Raises:
            NotFound: no such version, or it was deleted.
        """
        wanted = number or await self._newest_number(ref, LIVE)
        found = await self._documents.get("versions", version_id(ref, wanted))
        if found is None or found.body["state"] != "live":
            what = f"{ref.kind}/{ref.key}" + (f" version {number}" if number else "")
            raise NotFound("file", what, f"List what {ref.project!r} has.")
        return found

    async def live(self, ref: FileRef) -> list[Document]:
        """Return all versions of the file that are not deleted."""
        return await find_all(self._documents, "versions", *of(ref), LIVE)

    async def refers_to(self, object: str) -> bool:
        """Tell whether a version has its bytes in `object`."""
        return await self._documents.count("versions", eq("object", object), LIVE) > 0

    async def bury(self, ref: FileRef, found: Document) -> None:
        """Mark the version as deleted; its number stays taken."""
        body = ref.model_dump(mode="json") | {
            "version": found.body["version"],
            "object": found.body["object"],
            "state": "deleted",
        }
        await self._documents.put("versions", found.id, body)

    async def summarise(self, ref: FileRef) -> None:
        """Write how many versions there are and which is the newest, as it is now.

        The versions are read after the summary, which is written only if it did not change
        meanwhile: so the last writer has seen every version that came before it.
        """
        id = f"{ref.project}/{ref.kind}/{ref.key}"
        while True:
            before = await self._documents.get("files", id)
            count = await self._documents.count("versions", *of(ref), LIVE)
            newest = await self._newest_number(ref, LIVE)
            body = ref.model_dump(mode="json") | {"versions": count, "newest": newest}
            if before.body == body if before else count == 0:
                return
            try:
                revision = before.revision if before else 0
                await self._documents.put("files", id, body, if_revision=revision)
            except RevisionConflict:
                continue
            return

    async def newest_of(self, summaries: list[Document]) -> dict[str, FileVersion]:
        """Return the newest version of each summary's file, by key."""
        ids = [version_id(to_ref(each.body), each.body["newest"]) for each in summaries]
        found = await self._documents.find("versions", Where("id", "in", ids), LIVE, limit=1000)
        return {each.body["key"]: to_version(each.body) for each in found.documents}

    async def _newest_number(self, ref: FileRef, *where: Where) -> int:
        found = await self._documents.find("versions", *of(ref), *where, descending=True, limit=1)
        return int(found.documents[0].body["version"]) if found.documents else 0


def version_id(ref: FileRef, number: int) -> str:
    """Return the id of a version's document; in order of ids means in order of numbers."""
    return f"{ref.project}/{ref.kind}/{ref.key}/v{number:010d}"


def of(ref: FileRef) -> list[Where]:
    """Return the conditions that all versions of a file meet."""
    return [eq("project", ref.project), eq("kind", str(ref.kind)), eq("key", ref.key)]


def to_ref(body: Body) -> FileRef:
    """Return which file a document belongs to."""
    return FileRef(project=body["project"], kind=body["kind"], key=body["key"])


def to_version(body: Body) -> FileVersion:
    """Return the record in a version's document."""
    return FileVersion.model_validate({name: body[name] for name in FileVersion.model_fields})
