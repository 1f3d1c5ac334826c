"""Search by name over all that the caller may see: for a palette, not for a catalogue.

What begins with the text is found however much there is; what holds it elsewhere, among the
first two thousand of a kind.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass

from mllab.core.context import Context
from mllab.core.permissions import Access, Action
from mllab.model.accounts import Principal
from mllab.model.finding import Hit, Hits, Noun
from mllab.model.projects import ProjectState
from mllab.model.tracking import Lifecycle
from mllab.stores.documents.base import Body, Where, eq, find_all

_LOOKED_THROUGH = 2000
_ACTIVE = eq("lifecycle", str(Lifecycle.ACTIVE))


@dataclass(frozen=True)
class _Source:
    """Where one kind of thing is kept: its name's field, and the field that paths use."""

    noun: Noun
    collection: str
    name: str = "name"
    id: str = "name"
    where: tuple[Where, ...] = ()


_IN_PROJECTS = (
    _Source(
        Noun.DATASET, "files", "key", "key", (eq("kind", "datasets"), Where("versions", "gt", 0))
    ),
    _Source(Noun.MODEL, "files", "key", "key", (eq("kind", "models"), Where("versions", "gt", 0))),
    _Source(Noun.EXPERIMENT, "experiments", "name", "id_", (_ACTIVE,)),
    _Source(Noun.REGISTERED_MODEL, "registered_models"),
    _Source(Noun.SERVICE, "services"),
    _Source(Noun.JOB, "jobs"),
)
_PROJECTS = _Source(Noun.PROJECT, "projects", where=(eq("state", ProjectState.ACTIVE.value),))
_USERS = _Source(Noun.USER, "users")


class Finder:
    """Finds things by name."""

    def __init__(self, context: Context, access: Access) -> None:
        self._documents = context.documents
        self._access = access

    async def find(self, who: Principal, text: str, limit: int) -> Hits:
        """Return what `who` may see and is called like `text`: prefixes, words, then the rest."""
        await self._access.require(who, Action.PROJECT_LIST)
        wanted = " ".join(text.lower().split())
        if not wanted:
            return Hits(items=[])
        projects = await self._visible(who)
        mine = Where("project", "in", projects)
        asked = [self._look(source, wanted, mine) for source in _IN_PROJECTS]
        asked.append(self._look(_PROJECTS, wanted, Where("name", "in", projects)))
        if who.is_admin:
            asked.append(self._look(_USERS, wanted))
        found = {hit for hits in await asyncio.gather(*asked) for hit in hits}
        best = sorted(found, key=lambda hit: (_rank(hit.name, wanted), len(hit.name), hit.name))
        return Hits(items=best[:limit])

    async def _visible(self, who: Principal) -> list[str]:
        if not who.is_admin:
            return sorted(await self._access.roles(who))
        found = await find_all(self._documents, "projects", *_PROJECTS.where)
        return [each.body["name"] for each in found]

    async def _look(self, source: _Source, wanted: str, *where: Where) -> list[Hit]:
        ask, conditions = self._documents.find, (*source.where, *where)
        begin = Where(source.name, "prefix", wanted)
        first, some = await asyncio.gather(
            ask(source.collection, *conditions, begin, order_by=source.name, limit=50),
            ask(source.collection, *conditions, order_by=source.name, limit=_LOOKED_THROUGH),
        )
        bodies = [each.body for each in (*first.documents, *some.documents)]
        return [_hit(source, b) for b in bodies if _rank(b[source.name], wanted) < len(_RANKS)]


_RANKS: Sequence[str] = (r"\A{0}\Z", r"\A{0}", r"(?:\b|_){0}", r"{0}")


def _rank(name: str, wanted: str) -> int:
    """Return how well `name` fits, 0 for best; the number of ranks when it does not."""
    text = re.escape(wanted)
    fits = (n for n, rank in enumerate(_RANKS) if re.search(rank.format(text), name.lower()))
    return next(fits, len(_RANKS))


def _hit(source: _Source, body: Body) -> Hit:
    id, name = str(body[source.id]), str(body[source.name])
    return Hit(noun=source.noun, project=body.get("project"), id=id, name=name)
