"""How tracking keeps things as documents: keys, numbers and changes that lose nothing.

Params, tags and latest metrics are objects inside the run's document, keyed by the escaped
key, so that a store can be asked for `params.<key>` by path.
"""

from __future__ import annotations

import asyncio
import math
import random
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import quote, unquote
from weakref import WeakValueDictionary

from mllab.errors import NotFound, Unavailable
from mllab.stores.documents.base import Body, Document, DocumentStore, RevisionConflict

_ATTEMPTS = 60
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LARGEST = 1.7976931348623157e308

Alter = Callable[[Body], Body | None]
"""From a body to the changed one, or None where nothing changes; never alters in place."""


@lru_cache(maxsize=4096)
def escape(key: str) -> str:
    """Return `key` as a field name: no dot, no `$`, nothing that a path could mean."""
    return quote(key, safe=" /:").replace(".", "%2E")


unescape = lru_cache(maxsize=4096)(unquote)
"""The key that a field name stands for."""


def fields(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return an object of escaped keys; of a key that comes twice the last value."""
    return {escape(key): value for key, value in pairs}


def plain(stored: Mapping[str, Any]) -> dict[str, Any]:
    """Return an object with the keys as their users wrote them."""
    return {unescape(key): value for key, value in stored.items()}


def with_tags(stored: Body, tags: Mapping[str, str | None]) -> Body:
    """Return the stored tags with `tags` set; what is None there is removed."""
    changed = {escape(key): value for key, value in tags.items()}
    return {key: value for key, value in (stored | changed).items() if value is not None}


def pack_number(value: float) -> Body:
    """Return `value` so that JSON can hold it and a store can compare it.

    Infinities compare as the largest doubles, NaN (None) is unequal to every number.
    """
    if math.isfinite(value):
        return {"value": value}
    if math.isnan(value):
        return {"value": None, "word": "NaN"}
    return {"value": math.copysign(_LARGEST, value), "word": str(value)}


def unpack_number(body: Body) -> float:
    """Return the number that `pack_number` packed."""
    return float(body["word"] if "word" in body else body["value"])


def to_ms(moment: datetime) -> int:
    """Return milliseconds since the epoch."""
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def from_ms(value: int) -> datetime:
    """Return the moment that lies `value` milliseconds after the epoch."""
    return _EPOCH + timedelta(milliseconds=value)


class Changes:
    """Changes one document at a time, whatever other writers do meanwhile.

    Writers of one process queue up; writers of other processes are met by revision.
    """

    def __init__(self, documents: DocumentStore) -> None:
        self._documents = documents
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def apply(self, kind: str, collection: str, id: str, alter: Alter) -> Body:
        """Replace the document's body by what `alter` makes of it; return the new body.

        `alter` may run several times. Its errors pass on and nothing is written.

        Raises:
            NotFound: there is no such document; `kind` is what it is called.
            Unavailable: other writers were always faster.
        """
        lock = self._locks.setdefault(f"{collection}/{id}", asyncio.Lock())
        async with lock:
            for attempt in range(_ATTEMPTS):
                found = await self._documents.get(collection, id)
                if found is None:
                    raise NotFound(kind, id.rpartition("/")[2])
                done = await self._try(collection, found, alter)
                if done is not None:
                    return done
                await asyncio.sleep(random.uniform(0, 0.002 * (attempt + 1)))  # noqa: S311
        raise Unavailable(f"Too many writers change {kind} {id.rpartition('/')[2]!r} at once.")

    async def _try(self, collection: str, found: Document, alter: Alter) -> Body | None:
        body = alter(found.body)
        if body is None:
            return found.body
        try:
            await self._documents.put(collection, found.id, body, if_revision=found.revision)
        except RevisionConflict:
            return None
        return body
