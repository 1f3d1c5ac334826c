"""Finds things of a list by a part of what they are called: a page of those that hold a text.

No store has an index for that, so names are looked at one by one, a bounded number per
request; the cursor says after which id to go on.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass

from mllab.errors import InvalidInput
from mllab.stores.documents.base import Document, DocumentStore, Found, Where

_CHUNK = 500
_MOST_CHUNKS = 20
"""10,000 names a request: some 100 ms."""


@dataclass(frozen=True)
class Part:
    """What is looked for: one of `fields` holds the text `q`, case aside. Empty: anything."""

    q: str
    fields: Sequence[str]

    def is_in(self, document: Document) -> bool:
        """Tell whether the document is called so."""
        wanted = self.q.casefold()
        return any(wanted in str(document.body[field]).casefold() for field in self.fields)


async def search(
    documents: DocumentStore,
    collection: str,
    where: Sequence[Where],
    part: Part,
    *,
    limit: int,
    cursor: str | None,
) -> Found:
    """Return up to `limit` documents that meet `where` and hold the part, ordered by id.

    A page may hold fewer and yet have a next one: so much is looked at per request.

    Raises:
        InvalidInput: a cursor of another question.
    """
    if not part.q:
        return await documents.find(collection, *where, limit=limit, cursor=cursor)
    after = _read(cursor)
    kept: list[Document] = []
    for _ in range(_MOST_CHUNKS):
        beyond = [Where("id", "gt", after)] if after else []
        found = await documents.find(collection, *where, *beyond, limit=_CHUNK)
        for each in found.documents:
            if len(kept) == limit:
                return Found(kept, _cursor(after))
            after = each.id
            if part.is_in(each):
                kept.append(each)
        if found.next_cursor is None:
            return Found(kept, None)
    return Found(kept, _cursor(after))


def _cursor(after: str) -> str:
    return base64.urlsafe_b64encode(after.encode()).decode()


def _read(cursor: str | None) -> str:
    try:
        return base64.b64decode(cursor or "", b"-_", validate=True).decode()
    except (binascii.Error, ValueError) as exc:
        raise InvalidInput(
            "The cursor does not belong to this question; leave it out to start from the top."
        ) from exc
