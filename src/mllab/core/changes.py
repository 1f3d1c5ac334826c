"""Which write changes what for people: one table from collections to notes.

`Watched` stands around the document store, so that every write of the lab's parts passes
here, and none has to say so itself. A collection that stands in no row of the table (and
not among the silent ones) fails a test.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from mllab.model.accounts import TokenKind
from mllab.model.changes import What
from mllab.model.files import FileKind
from mllab.model.workloads import WorkloadKind
from mllab.stores.documents.base import Body, Document, DocumentStore, Found, Values, Where

_MOST_AT_ONCE = 200
"""How many documents of one sweeping deletion are told one by one; the rest is silent."""


@dataclass(frozen=True)
class Note:
    """Something changed. `user` is whom it is about, for what belongs to a person."""

    what: What
    project: str | None
    id: str
    user: str | None = None


_Reader = Callable[[str, Body], Note | None]

_FILES = {FileKind.DATASET: What.DATASET, FileKind.MODEL: What.MODEL}
_WORKLOADS = {WorkloadKind.SERVICE: What.SERVICE, WorkloadKind.JOB: What.JOB}
_LISTED = {TokenKind.API, TokenKind.SESSION, TokenKind.WORKLOAD}


def _in_project(what: What) -> _Reader:
    """Read ids of the form `project/thing`, or `project/thing/part` for parts of it."""

    def read(id: str, body: Body) -> Note | None:
        project, _, rest = id.partition("/")
        return Note(what, project, rest.partition("/")[0])

    return read


def _user(id: str, body: Body) -> Note | None:
    return Note(What.USER, None, id, id)


def _project(id: str, body: Body) -> Note | None:
    return Note(What.PROJECT, id, id)


def _member(id: str, body: Body) -> Note | None:
    project, _, user = id.partition("/")
    return Note(What.MEMBER, project, user, user)


def _token(id: str, body: Body) -> Note | None:
    if body.get("kind") not in _LISTED:
        return None
    return Note(What.TOKEN, None, body["id_"], body["user"])


def _file(id: str, body: Body) -> Note | None:
    project, kind, key = id.split("/", 2)
    return Note(_FILES[FileKind(kind)], project, key)


def _version(id: str, body: Body) -> Note | None:
    return _file(id.rpartition("/")[0], body)


def _use(id: str, body: Body) -> Note | None:
    return Note(_FILES[FileKind(body["kind"])], body["project"], body["key"]) if body else None


def _service_key(id: str, body: Body) -> Note | None:
    return Note(What.SERVICE, body["project"], body["service"]) if body else None


def _upload(id: str, body: Body) -> Note | None:
    return Note(What.UPLOAD, body["project"], id, body["user"]) if body else None


def _workload(id: str, body: Body) -> Note | None:
    if not body:
        return None
    what = _WORKLOADS.get(body["kind"])
    if what is None:
        return Note(What.WORKSPACE, None, body["user"], body["user"])
    return Note(what, body["project"], body["owner_name"])


READERS: Mapping[str, _Reader] = {
    "users": _user,
    "tokens": _token,
    "projects": _project,
    "members": _member,
    "secrets": _in_project(What.SECRET),
    "files": _file,
    "versions": _version,
    "resumable": _upload,
    "workloads": _workload,
    "jobs": _in_project(What.JOB),
    "job_runs": _in_project(What.JOB),
    "services": _in_project(What.SERVICE),
    "service_keys": _service_key,
    "experiments": _in_project(What.EXPERIMENT),
    "runs": _in_project(What.RUN),
    "metrics": _in_project(What.RUN),
    "logged_models": _in_project(What.MODEL),
    "registered_models": _in_project(What.MODEL),
    "model_versions": _in_project(What.MODEL),
    "uses": _use,
}
"""How to read a note out of a document's id and body; the body is empty when it went."""

SILENT = {
    "lab",
    "leases",
    "apps",
    "attempts",
    "uploads",
    "activity",
    "code",
    "workspaces",
    "names",
    "workload_runs",
}
"""Collections that no page shows, or only through one that has a row."""

_READ_BEFORE = {"tokens", "service_keys", "resumable"}
"""Whose ids do not say what they are: read once more before they go."""

_ONLY_CREATION = {"tokens"}
"""Rewritten for book-keeping only (when it was last used): told when made and when gone."""


class Watched(DocumentStore):
    """A document store that tells of every write that was done; all else passes through."""

    def __init__(self, store: DocumentStore, tell: Callable[[Note], None]) -> None:
        self._store = store
        self._tell = tell

    async def open(self) -> None:
        """Open the store."""
        await self._store.open()

    async def get(self, collection: str, id: str) -> Document | None:
        """Return the document."""
        return await self._store.get(collection, id)

    async def put(
        self, collection: str, id: str, body: Body, *, if_revision: int | None = None
    ) -> int:
        """Write the document, then tell."""
        revision = await self._store.put(collection, id, body, if_revision=if_revision)
        if revision == 1 or collection not in _ONLY_CREATION:
            self._note(collection, id, body)
        return revision

    async def put_many(self, collection: str, bodies: Sequence[tuple[str, Body]]) -> None:
        """Write the documents, then tell."""
        await self._store.put_many(collection, bodies)
        for id, body in bodies:
            self._note(collection, id, body)

    async def delete(self, collection: str, id: str, *, if_revision: int | None = None) -> bool:
        """Delete the document, then tell."""
        before = await self._store.get(collection, id) if collection in _READ_BEFORE else None
        gone = await self._store.delete(collection, id, if_revision=if_revision)
        if gone:
            self._note(collection, id, before.body if before else {})
        return gone

    async def delete_where(self, collection: str, *where: Where) -> int:
        """Delete the documents, then tell of the first of them."""
        before: list[Document] = []
        if collection in READERS and where:
            found = await self._store.find(collection, *where, limit=_MOST_AT_ONCE)
            before = found.documents
        count = await self._store.delete_where(collection, *where)
        for document in before:
            self._note(collection, document.id, document.body)
        return count

    async def find(
        self,
        collection: str,
        *where: Where,
        order_by: str = "id",
        descending: bool = False,
        limit: int = 100,
        cursor: str | None = None,
    ) -> Found:
        """Return what is found."""
        return await self._store.find(
            collection,
            *where,
            order_by=order_by,
            descending=descending,
            limit=limit,
            cursor=cursor,
        )

    async def select(self, collection: str, *where: Where, fields: Sequence[str]) -> list[Values]:
        """Return what is found."""
        return await self._store.select(collection, *where, fields=fields)

    async def count(self, collection: str, *where: Where) -> int:
        """Return how many there are."""
        return await self._store.count(collection, *where)

    async def close(self) -> None:
        """Close the store."""
        await self._store.close()

    def _note(self, collection: str, id: str, body: Body) -> None:
        read = READERS.get(collection)
        note = read(id, body) if read else None
        if note is not None:
            self._tell(note)
