"""Names that are unique in a project although the things have ids of their own.

A name is held by a document whose id comes from the name; it points to the thing. A crash
between the two writes leaves a name without its thing: the next taker adopts it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable

from mllab.errors import Conflict
from mllab.stores.documents.base import Document, DocumentStore, RevisionConflict

_ATTEMPTS = 5
NameOf = Callable[[str], Awaitable[str | None]]
"""Returns the name that the thing with this id bears, None when there is no such thing."""


class Names:
    """The names of one kind of thing."""

    def __init__(self, documents: DocumentStore, kind: str) -> None:
        self._documents = documents
        self._kind = kind

    async def find(self, project: str, name: str) -> str | None:
        """Return the id of the thing that may bear `name`; the caller looks whether it does."""
        found = await self._documents.get("names", self._id(project, name))
        return str(found.body["target"]) if found else None

    async def take(self, project: str, name: str, target: str, name_of: NameOf) -> str:
        """Let `name` point to `target` and return the id that it points to now.

        That is another id than `target` where one was promised and never created: create
        that one (with `if_revision=0`, so that of several takers one succeeds).

        Raises:
            Conflict: the name is taken.
        """
        id = self._id(project, name)
        body = {"project": project, "kind": self._kind, "name": name, "target": target}
        for _ in range(_ATTEMPTS):
            found = await self._documents.get("names", id)
            if found:
                bearer = str(found.body["target"])
                borne = await name_of(bearer)
                if borne is None:
                    return bearer
                if borne == name:
                    raise self.taken(name)
            revision = found.revision if found else 0
            try:
                await self._documents.put("names", id, body, if_revision=revision)
            except RevisionConflict:
                continue  # somebody took it meanwhile; look whether they keep it
            return target
        raise self.taken(name)

    async def release(self, project: str, name: str, target: str) -> None:
        """Free `name` if it points to `target`; repeatable."""
        found = await self._documents.get("names", self._id(project, name))
        if found and found.body["target"] == target:
            await self._drop(found)

    async def _drop(self, found: Document) -> None:
        try:
            await self._documents.delete("names", found.id, if_revision=found.revision)
        except RevisionConflict:
            return  # somebody has just taken it over

    def taken(self, name: str) -> Conflict:
        """Return the error that says that `name` is taken."""
        return Conflict(f"A {self._kind} {name!r} exists already; choose another name.")

    def _id(self, project: str, name: str) -> str:
        digest = hashlib.sha256(name.encode()).hexdigest()[:40]
        return f"{project}/{self._kind.replace(' ', '-')}/{digest}"
