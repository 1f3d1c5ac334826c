"""Finds runs by MLflow's search language, over ten thousands of them.

The store reads out only what a search looks at (a few keys of each run); conditions and
order are worked out here, in a thread, with MLflow's semantics; the runs of one page are
then read whole. Asks no permission: its callers do.
"""

from __future__ import annotations

import asyncio
import builtins
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from mllab.core.matching import Lookup, is_match, sort
from mllab.core.search import RUNS, Condition, Kind, Order, Question, parse_filter, parse_orders
from mllab.core.tracking.bodies import escape, unpack_number
from mllab.core.tracking.experiments import Experiments
from mllab.core.tracking.run_body import FIELDS, dataset_values
from mllab.errors import InvalidInput
from mllab.model.tracking import Lifecycle
from mllab.stores.documents.base import Body, DocumentStore, Values, Where, eq, find_all

COLLECTION = "runs"
_MOST_EXPERIMENTS = 1000
_ALWAYS = ("id_", "experiment", "lifecycle")
_HOMES = {Kind.METRIC: "metrics", Kind.PARAM: "params", Kind.TAG: "tags"}


@dataclass(frozen=True)
class _Wanted:
    """A parsed search, and the fields of a run's document that it looks at."""

    conditions: Sequence[Condition]
    orders: Sequence[Order]

    @property
    def fields(self) -> list[str]:
        tested = [_field(each.kind, each.key) for each in self.conditions]
        sorted_by = [_field(each.kind, each.key) for each in self.orders]
        found = [*_ALWAYS, *tested, *sorted_by]
        return [name for name in dict.fromkeys(found) if not name.endswith(".")]


@lru_cache(maxsize=4096)
def _field(kind: Kind, key: str) -> str:
    if kind is Kind.ATTRIBUTE:
        return FIELDS[key]
    return "datasets" if kind is Kind.DATASET else f"{_HOMES[kind]}.{escape(key)}"


def parse(question: Question) -> _Wanted:
    """Return the search parsed; the last started runs come first, ties by id.

    Raises:
        InvalidInput: it is not in the language.
    """
    orders = parse_orders([*question.order_by, "start_time DESC", "run_id"], RUNS)
    return _Wanted(parse_filter(question.filter, RUNS), orders)


class RunSearch:
    """Searches over the runs of some experiments of one project."""

    def __init__(self, documents: DocumentStore, experiments: Experiments) -> None:
        self._documents = documents
        self._experiments = experiments

    async def ids(
        self, project: str, experiment_ids: Sequence[str] | None, question: Question
    ) -> builtins.list[str]:
        """Return the ids of all runs that `question` asks for, in its order, page or not.

        `experiment_ids` None means all of the project.
        """
        wanted = parse(question)
        gone, where = await self._where(project, experiment_ids, question.lifecycle)
        if where is None:
            return []
        where += _known_ids(project, wanted.conditions)
        rows = await self._documents.select(COLLECTION, *where, fields=wanted.fields)
        return await asyncio.to_thread(_sorted_ids, rows, wanted, question.lifecycle, gone)

    async def count_started(self, project: str, experiment_id: str) -> int:
        """Return how many active runs an experiment has."""
        return await self._documents.count(COLLECTION, *_active(project, experiment_id))

    async def started(
        self, project: str, experiment_id: str, limit: int, cursor: str | None
    ) -> tuple[builtins.list[Body], str | None]:
        """Return a page of an experiment's active runs, the last started first, by an index."""
        where = _active(project, experiment_id)
        found = await self._documents.find(
            COLLECTION,
            *where,
            order_by="started_at",
            descending=True,
            limit=limit,
            cursor=cursor,
        )
        return [doc.body for doc in found.documents], found.next_cursor

    async def exists(self, project: str, id: str) -> bool:
        """Tell whether there is such a run, be it a deleted one."""
        return await self._documents.count(COLLECTION, eq("id", f"{project}/{id}")) > 0

    async def bodies(self, project: str, ids: Sequence[str]) -> builtins.list[Body]:
        """Return the documents of these runs, in this order; without those that are no more."""
        if not ids:
            return []
        chosen = Where("id", "in", [f"{project}/{id}" for id in ids])
        found = {
            doc.body["id_"]: doc.body for doc in await find_all(self._documents, COLLECTION, chosen)
        }
        return [found[id] for id in ids if id in found]

    async def fields(
        self,
        project: str,
        experiment_ids: Sequence[str] | None,
        lifecycle: Lifecycle | None,
        names: Sequence[str],
    ) -> builtins.list[Values]:
        """Return the id and these fields of all runs of the experiments."""
        gone, where = await self._where(project, experiment_ids, lifecycle)
        if where is None:
            return []
        rows = await self._documents.select(COLLECTION, *where, fields=[*_ALWAYS, *names])
        kept = [row for row in rows if _is_of(row[2], row[3], lifecycle, gone)]
        return [[row[1], *row[1 + len(_ALWAYS) :]] for row in kept]

    async def _where(
        self, project: str, experiment_ids: Sequence[str] | None, lifecycle: Lifecycle | None
    ) -> tuple[set[str], builtins.list[Where] | None]:
        """Return which experiments are deleted, and where the runs are; None: nowhere."""
        gone = await self._experiments.deleted(project, experiment_ids)
        where = [eq("project", project)]
        if experiment_ids is None:
            return gone, where
        if len(experiment_ids) > _MOST_EXPERIMENTS:
            raise InvalidInput(f"A search goes over at most {_MOST_EXPERIMENTS} experiments.")
        out = gone if lifecycle is Lifecycle.ACTIVE else set()
        ids = [id for id in dict.fromkeys(experiment_ids) if id not in out]
        if len(ids) == 1:
            return gone, [*where, eq("experiment", ids[0])]
        return gone, [*where, Where("experiment", "in", ids)] if ids else None


def _active(project: str, experiment_id: str) -> builtins.list[Where]:
    active = eq("lifecycle", str(Lifecycle.ACTIVE))
    return [eq("project", project), eq("experiment", experiment_id), active]


def _known_ids(project: str, conditions: Iterable[Condition]) -> builtins.list[Where]:
    """Return what the store can answer by ids alone."""
    chosen = [c for c in conditions if c.kind is Kind.ATTRIBUTE and c.key == "run_id"]
    lists = [
        c.operand if isinstance(c.operand, tuple) else (c.operand,)
        for c in chosen
        if c.op in {"=", "IN"}
    ]
    return [Where("id", "in", [f"{project}/{id}" for id in ids]) for ids in lists]


def _sorted_ids(
    rows: Sequence[Values], wanted: _Wanted, lifecycle: Lifecycle | None, gone: set[str]
) -> builtins.list[str]:
    look = _lookup(wanted.fields)
    kept = [
        row
        for row in rows
        if _is_of(row[2], row[3], lifecycle, gone) and is_match(row, wanted.conditions, look)
    ]
    return [row[1] for row in sort(kept, wanted.orders, look)]


def _lookup(fields: Sequence[str]) -> Lookup[Values]:
    """Return what reads a search's names out of rows of (document's id, fields)."""
    places = {name: place for place, name in enumerate(fields, start=1)}

    def look(row: Values, kind: Kind, key: str) -> Any:
        place = places.get(_field(kind, key))
        value: Any = row[place] if place else None
        if kind is Kind.METRIC and value is not None:
            return unpack_number(value)
        return dataset_values(value, key) if kind is Kind.DATASET else value

    return look


def _is_of(
    experiment: str, stored: str, lifecycle: Lifecycle | None, deleted_experiments: set[str]
) -> bool:
    if lifecycle is None:
        return True
    is_gone = experiment in deleted_experiments or stored == Lifecycle.DELETED
    return is_gone == (lifecycle is Lifecycle.DELETED)
