"""Finds files by a part of their key: a page of summaries whose keys hold a text.

No store has an index for that, so keys are looked at one by one, a bounded number per
request; the cursor says after which key to go on.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence

from mllab.errors import InvalidInput
from mllab.stores.documents.base import Document, DocumentStore, Found, Where

_CHUNK = 500
_MOST_CHUNKS = 20
"""10,000 keys a request: some 100 ms."""


async def search(
    documents: DocumentStore, where: Sequence[Where], q: str, *, limit: int, cursor: str | None
) -> Found:
    """Return up to `limit` summaries that meet `where` and whose key holds `q`, case aside.

    A page may hold fewer and yet have a next one: so much is looked at per request.

    Raises:
        InvalidInput: a cursor of another question.
    """
    if not q:
        return await documents.find("files", *where, limit=limit, cursor=cursor)
    wanted, after = q.casefold(), _read(cursor)
    kept: list[Document] = []
    for _ in range(_MOST_CHUNKS):
        beyond = [Where("id", "gt", after)] if after else []
        found = await documents.find("files", *where, *beyond, limit=_CHUNK)
        for each in found.documents:
            if len(kept) == limit:
                return Found(kept, _cursor(after))
            after = each.id
            if wanted in str(each.body["key"]).casefold():
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
