"""Orphans: what the runtime keeps under this lab's name and nobody owns.

Owned is what belongs to a workload, project or user that the lab knows, and what is the
lab's own. What is young is never an orphan, as somebody may be about to write down that it
is theirs. Control removes left-over workloads by itself; all else goes by an admin's word.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta

from mllab.core.context import Context
from mllab.core.permissions import Access, Action
from mllab.errors import LabError
from mllab.model.accounts import Principal
from mllab.model.administration import Orphan, OrphanList
from mllab.runtimes.base import Held, Runtime

log = logging.getLogger("mllab.core")

YOUNG = timedelta(minutes=10)

_OWNERS = {"lab.workload": "workloads", "lab.project": "projects", "lab.user": "users"}
"""Labels with the collection of their owners; the first that a thing has decides."""


class Orphans:
    """What nobody owns; for admins."""

    def __init__(self, context: Context, access: Access, runtime: Runtime) -> None:
        self._documents = context.documents
        self._clock = context.clock
        self._access = access
        self._runtime = runtime

    async def list(self, who: Principal) -> OrphanList:
        """Return what would be removed; removes nothing."""
        await self._access.require(who, Action.LAB_READ)
        return OrphanList(items=[_seen(each) for each in await self._found()])

    async def remove(self, who: Principal, ids: Collection[str]) -> OrphanList:
        """Remove those of `ids` that are orphans still; return what came of each. Repeatable."""
        await self._access.require(who, Action.LAB_ADMINISTER)
        wanted = [each for each in await self._found() if _id(each) in ids]
        return OrphanList(items=[await self._remove(each) for each in wanted])

    async def _remove(self, thing: Held) -> Orphan:
        try:
            await self._runtime.discard(thing)
        except LabError as exc:
            log.warning("orphan %s cannot be removed: %s", _id(thing), exc.message)
            return _seen(thing).model_copy(update={"fault": exc.message})
        log.info("removed %s, which belonged to nobody", _id(thing))
        return _seen(thing).model_copy(update={"removed": True})

    async def _found(self) -> Sequence[Held]:
        # First what there is, then who is known: an owner is always written down before.
        held = await self._runtime.held()
        return [each for each in held if not self._is_young(each) and await self._is_orphan(each)]

    def _is_young(self, thing: Held) -> bool:
        return thing.made_at is None or self._clock() - thing.made_at < YOUNG

    async def _is_orphan(self, thing: Held) -> bool:
        label = _owner(thing.labels)
        if label is None:
            return False
        return await self._documents.get(_OWNERS[label], thing.labels[label]) is None


def _owner(labels: Mapping[str, str]) -> str | None:
    if labels.get("lab.feature.type") == "core-service":
        return None
    return next((label for label in _OWNERS if label in labels), None)


def _id(thing: Held) -> str:
    return f"{thing.kind}/{thing.name}"


def _seen(thing: Held) -> Orphan:
    label = _owner(thing.labels) or ""
    return Orphan(
        id=_id(thing),
        kind=thing.kind,
        name=thing.name,
        was_of=f"{label.removeprefix('lab.')} {thing.labels.get(label, '')}",
        running=thing.running,
        created_at=thing.made_at,
    )
