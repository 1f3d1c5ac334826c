"""The lease of control: of several labs on one store only its holder acts.

A document with an owner and an end. Whoever finds it expired may take it; `takeover` is
for a lab that holds the data folder's lock and so knows that the last owner is dead.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from mllab.core.times import from_text, to_text
from mllab.stores.documents.base import DocumentStore, RevisionConflict


class Lease:
    """One lease as one would-be owner sees it."""

    def __init__(
        self,
        documents: DocumentStore,
        clock: Callable[[], datetime],
        *,
        name: str,
        owner: str,
        life_s: float,
    ) -> None:
        self._documents = documents
        self._clock = clock
        self._name = name
        self._owner = owner
        self._life = timedelta(seconds=life_s)
        self._until: datetime | None = None

    def is_held(self) -> bool:
        """Tell whether this owner may act now; asks nobody, so it is asked before each act."""
        return self._until is not None and self._clock() < self._until

    async def acquire(self, *, takeover: bool = False) -> bool:
        """Take or renew the lease; False while another owner has it.

        `takeover` takes it from another owner too.
        """
        found = await self._documents.get("leases", self._name)
        now = self._clock()
        if found is not None and found.body["owner"] != self._owner and not takeover:
            if from_text(found.body["expires_at"]) > now:
                self._until = None
                return False
        until = now + self._life
        body = {"owner": self._owner, "expires_at": to_text(until)}
        try:
            await self._documents.put(
                "leases", self._name, body, if_revision=found.revision if found else 0
            )
        except RevisionConflict:
            self._until = None
            return False
        self._until = until
        return True

    async def release(self) -> None:
        """Give the lease back, so that the next owner need not wait. Repeatable."""
        self._until = None
        found = await self._documents.get("leases", self._name)
        if found is not None and found.body["owner"] == self._owner:
            try:
                await self._documents.delete("leases", self._name, if_revision=found.revision)
            except RevisionConflict:
                return  # somebody has just taken it over
