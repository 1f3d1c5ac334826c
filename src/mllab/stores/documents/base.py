"""The contract of a document store: narrow enough for SQLite and MongoDB alike.

A store holds collections of documents. A document is a JSON object under a string id
with a revision that counts its changes from 1. Leases, uniqueness and the product's
queries are written once above this, with `put(if_revision=…)` and ids as the only tools.
Nothing here may need a transaction over two documents or a join.

What every back-end owes:
- A write that returned is durable: it survives `kill -9` at any moment.
- A reader sees a document whole, never half of a change.
- All methods may be called concurrently from one event loop.
- The library's own errors become `Unavailable` (try again), `StorageFull` or
  `BackendFailed`, by type or code, never by message text.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from mllab.errors import Conflict

Body = dict[str, Any]
"""JSON values only, without U+0000 in texts, integers within 64 bits, at most 16 MB and 100
levels; field names that are searched by hold no dots and do not begin with `$`."""


@dataclass(frozen=True)
class Document:
    """A document as it was read."""

    id: str
    revision: int
    body: Body


@dataclass(frozen=True)
class Where:
    """One condition; several are joined by *and*. `field` may be a dotted path.

    `in` takes a list; `prefix` a string; `has` asks whether an array holds the value.
    Ordering comparisons are between values of one type (text by code point); a document
    without the field, or with None, meets only `eq None`, `ne <value>`.
    The field `id` means the document's id.
    """

    field: str
    op: Literal["eq", "ne", "lt", "lte", "gt", "gte", "in", "prefix", "has"]
    value: Any


def eq(field: str, value: Any) -> Where:
    """Return the condition `field == value`."""
    return Where(field, "eq", value)


@dataclass(frozen=True)
class Found:
    """Some documents in order; `next_cursor` continues the same question, None at the end."""

    documents: list[Document]
    next_cursor: str | None


class RevisionConflict(Conflict):
    """The document was not at the revision that the writer had read."""

    code = "conflict"


Values = list[Any]
"""A document's id, then the values of the fields that were asked for; None where missing."""


Indexes = Mapping[str, Sequence[Sequence[str]]]
"""Collection -> the field lists that questions go by. A store may refuse other collections."""


class DocumentStore(ABC):
    """A store of documents; see the module's text for what holds for all methods."""

    @abstractmethod
    async def open(self) -> None:
        """Connect, create what is missing, refuse data of a newer version (`Conflict`)."""

    @abstractmethod
    async def get(self, collection: str, id: str) -> Document | None:
        """Return the document, or None if there is none."""

    @abstractmethod
    async def put(
        self, collection: str, id: str, body: Body, *, if_revision: int | None = None
    ) -> int:
        """Write the whole document and return its new revision.

        `if_revision` None writes whatever is there; 0 only creates; n only replaces
        revision n.

        Raises:
            RevisionConflict: the condition does not hold; nothing was written.
        """

    @abstractmethod
    async def put_many(self, collection: str, bodies: Sequence[tuple[str, Body]]) -> None:
        """Write many documents in one go, whatever is there; for metric points and such.

        Durable as a whole when it returns; after a failure some may be written, so
        callers give ids under which repeating does no harm.
        """

    @abstractmethod
    async def delete(self, collection: str, id: str, *, if_revision: int | None = None) -> bool:
        """Delete the document; False if there was none. Raises RevisionConflict as `put`."""

    @abstractmethod
    async def delete_where(self, collection: str, *where: Where) -> int:
        """Delete all documents that meet the conditions (at least one); return how many."""

    @abstractmethod
    async def find(
        self,
        collection: str,
        *where: Where,
        order_by: str = "id",
        descending: bool = False,
        limit: int = 100,
        cursor: str | None = None,
    ) -> Found:
        """Return documents that meet all conditions, ordered by one field, then by id.

        `descending` turns both; documents without the field come last, either way. The
        field's values are of one type. A cursor is opaque text bound to its question; with
        documents written meanwhile, none that stayed is skipped or comes twice.

        Raises:
            InvalidInput: a cursor that this store did not make.
        """

    @abstractmethod
    async def select(self, collection: str, *where: Where, fields: Sequence[str]) -> list[Values]:
        """Return the id and these fields of all documents that meet the conditions, in no order.

        For questions over thousands of documents of which little is wanted: the store reads
        the fields out itself. A field may be an object or an array; it comes whole.
        """

    @abstractmethod
    async def count(self, collection: str, *where: Where) -> int:
        """Return how many documents meet the conditions."""

    @abstractmethod
    async def close(self) -> None:
        """Finish what was accepted and let go; repeatable."""


async def find_all(
    store: DocumentStore, collection: str, *where: Where, order_by: str = "id"
) -> list[Document]:
    """Return every match, page by page; for sets that are known to be small."""
    found: list[Document] = []
    cursor: str | None = None
    while True:
        page = await store.find(collection, *where, order_by=order_by, limit=1000, cursor=cursor)
        found += page.documents
        cursor = page.next_cursor
        if cursor is None:
            return found


async def change_document(
    store: DocumentStore,
    collection: str,
    find: Callable[[], Awaitable[Document]],
    alter: Callable[[Body], Body],
) -> tuple[Document, Body]:
    """Set the fields that `alter` returns, again if somebody was quicker.

    Returns the document as it was before and the body as it is now. What `find` and
    `alter` raise passes on; nothing was written then.
    """
    while True:
        found = await find()
        body = found.body | alter(found.body)
        try:
            await store.put(collection, found.id, body, if_revision=found.revision)
        except RevisionConflict:
            continue
        return found, body
