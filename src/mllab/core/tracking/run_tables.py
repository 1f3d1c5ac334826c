"""Runs for the eye: pages of a table, the keys that it could show, and comparisons.

Everything here is bounded: rows hold the asked-for keys only, long texts are cut, and a
page ends before it gets large.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from mllab.core.context import Context
from mllab.core.matching import cut_page
from mllab.core.permissions import Access, Action
from mllab.core.search import RUNS, Kind, Question, identify
from mllab.core.tracking.bodies import escape, from_ms, unescape, unpack_number
from mllab.core.tracking.columns import COLUMN_FIELDS, count_columns, matching
from mllab.core.tracking.experiments import Experiments
from mllab.core.tracking.kept import Kept
from mllab.core.tracking.run_search import RunSearch
from mllab.errors import InvalidInput, NotFound
from mllab.model.accounts import Principal
from mllab.model.run_table import (
    LONGEST_CELL,
    Column,
    ColumnKind,
    Columns,
    ComparedKey,
    Comparison,
    DatasetName,
    RunRow,
    RunTable,
)
from mllab.model.tracking import Lifecycle
from mllab.stores.documents.base import Body

LARGEST_PAGE = 100_000
"""Bytes of JSON after which a page of a table ends, whatever was asked for."""

MOST_COLUMNS, MOST_COMPARED = 100, 100
_KEPT_S = 60
"""How long later pages of a table follow the order that its first page found (seconds), and
an order stands for other askers while nothing in the project changes."""

_FEW_RUNS = 1000
"""Up to so many runs the catalogue is always counted anew; above, it may be as old as one
second for each thousand."""

_MOST_KEPT = 100_000
_Catalogue = tuple[list[Column], int]
_Order = tuple[int, Sequence[str]]
"""The edition of the project at which the ids stood in this order, and they."""

_Key = tuple[Kind, str]
_LOGGED = {Kind.METRIC, Kind.PARAM, Kind.TAG}


@dataclass(frozen=True)
class ColumnQuestion:
    """Which keys are wanted: those that hold `text`, of one kind or of all."""

    text: str = ""
    kind: ColumnKind | None = None
    limit: int = 200
    cursor: str | None = None


@dataclass(frozen=True)
class KeyQuestion:
    """Which keys of compared runs are wanted."""

    text: str = ""
    only_different: bool = False
    limit: int = 1000
    cursor: str | None = None


class RunTables:
    """Tables of the runs of one project."""

    def __init__(
        self,
        context: Context,
        access: Access,
        experiments: Experiments,
        finder: RunSearch,
        edition: Callable[[str], int],
    ) -> None:
        self._edition = edition
        self._orders: Kept[_Order] = Kept(context.clock, _MOST_KEPT)
        self._catalogues: Kept[_Catalogue] = Kept(context.clock, _MOST_KEPT)
        self._access = access
        self._experiments = experiments
        self._finder = finder

    async def page(
        self,
        who: Principal,
        project: str,
        experiment_ids: Sequence[str],
        question: Question,
        columns: Sequence[str] = (),
        *,
        skip: int = 0,
    ) -> RunTable:
        """Return a page of runs with the asked-for `columns` (such as `params.lr`).

        No `experiment_ids` means all of the project. The cursor names the last run: runs
        that begin meanwhile neither repeat nor hide others.

        `skip` leaves out the first runs, for who jumps into the middle: such a page names no
        next one, one skips on; a cursor counts more.

        Raises:
            NotFound: one of the experiments is not there.
            InvalidInput: a filter, order or column that is not in the language.
        """
        await self._access.require(who, Action.EXPERIMENT_READ, project=project)
        keys = _identified(columns)
        await self._experiments.check_all(project, experiment_ids)
        skips = skip > 0 and question.cursor is None
        if not skips and await self._is_plain(project, experiment_ids, question):
            return await self._newest(project, experiment_ids[0], question, keys)
        ids = await self._ids(project, experiment_ids, question)
        start = skip if skips else _start(ids, question.cursor)
        bodies = await self._finder.bodies(project, ids[start : start + question.limit])
        rows = list(_fitting(to_row(body, keys) for body in bodies))
        end = start + (len(rows) if len(rows) < len(bodies) else question.limit)
        following = _cursor(ids, end) if end < len(ids) and not skips else None
        return RunTable(items=rows, next_cursor=following, total=len(ids))

    async def _is_plain(
        self, project: str, experiment_ids: Sequence[str], question: Question
    ) -> bool:
        """Tell whether an index answers: one experiment's active runs, the newest first."""
        order = [" ".join(text.split()).lower() for text in question.order_by]
        usual = order in ([], ["start_time desc"], ["attributes.start_time desc"])
        if len(experiment_ids) != 1 or question.filter.strip() or not usual:
            return False
        is_active = question.lifecycle is Lifecycle.ACTIVE
        return is_active and not await self._experiments.deleted(project, experiment_ids)

    async def _newest(
        self, project: str, experiment_id: str, question: Question, keys: Sequence[_Key]
    ) -> RunTable:
        cursor = question.cursor
        bodies, following = await self._finder.started(
            project, experiment_id, question.limit, cursor
        )
        rows = list(_fitting(to_row(body, keys) for body in bodies))
        if len(rows) < len(bodies):
            _, following = await self._finder.started(project, experiment_id, len(rows), cursor)
        total = await self._finder.count_started(project, experiment_id)
        return RunTable(items=rows, next_cursor=following, total=total)

    async def _ids(
        self, project: str, experiment_ids: Sequence[str], question: Question
    ) -> Sequence[str]:
        """Return all ids in order; for later pages as the first one found them, if kept."""
        asked = (project, *experiment_ids), question.filter, *question.order_by
        name = (*asked, question.lifecycle)
        edition = self._edition(project)  # before the search: what is written meanwhile counts
        kept = self._orders.get(name)
        if kept is not None and (question.cursor or kept[0] == edition):
            return kept[1]
        ids = await self._finder.ids(project, experiment_ids or None, question)
        self._orders.put(name, (edition, ids), weight=len(ids), most_s=_KEPT_S)
        return ids

    async def columns(
        self,
        who: Principal,
        project: str,
        experiment_ids: Sequence[str],
        ask: ColumnQuestion,
        lifecycle: Lifecycle = Lifecycle.ACTIVE,
    ) -> Columns:
        """Return a page of the keys that the runs of some experiments (none: all) have."""
        await self._access.require(who, Action.EXPERIMENT_READ, project=project)
        await self._experiments.check_all(project, experiment_ids)
        found, runs = await self._catalogue(project, experiment_ids, lifecycle)
        wanted = matching(found, ask.text, ask.kind)
        page, following = cut_page(wanted, ask.limit, ask.cursor)
        return Columns(items=page, next_cursor=following, total=len(wanted), runs=runs)

    async def _catalogue(
        self, project: str, experiment_ids: Sequence[str], lifecycle: Lifecycle
    ) -> _Catalogue:
        """Return all keys and how many runs there are; slow answers are kept for a while."""
        name = (project, lifecycle, *experiment_ids)
        known = self._catalogues.get(name)
        if known is not None:
            return known
        rows = await self._finder.fields(project, experiment_ids or None, lifecycle, COLUMN_FIELDS)
        found = await asyncio.to_thread(count_columns, rows), len(rows)
        if len(rows) > _FEW_RUNS:
            self._catalogues.put(name, found, weight=len(found[0]), most_s=len(rows) / 1000)
        return found

    async def compare(
        self, who: Principal, project: str, run_ids: Sequence[str], ask: KeyQuestion
    ) -> Comparison:
        """Return runs side by side. Raises NotFound when one of them is not there."""
        await self._access.require(who, Action.EXPERIMENT_READ, project=project)
        ids = list(dict.fromkeys(run_ids))
        if not 1 <= len(ids) <= MOST_COMPARED:
            raise InvalidInput(f"Compare 1 to {MOST_COMPARED} runs.")
        bodies = await self._finder.bodies(project, ids)
        missing = set(ids) - {body["id_"] for body in bodies}
        if missing:
            raise NotFound("run", min(missing))
        keys = [
            key
            for key in _compared(bodies)
            if (key.differs or not ask.only_different) and ask.text.lower() in key.key.lower()
        ]
        page, following = cut_page(keys, ask.limit, ask.cursor)
        rows = [to_row(body, []) for body in bodies]
        return Comparison(runs=rows, items=page, next_cursor=following, total=len(keys))


def _identified(columns: Sequence[str]) -> list[_Key]:
    if len(columns) > MOST_COLUMNS:
        raise InvalidInput(f"A table has at most {MOST_COLUMNS} columns.")
    found = [identify(name, RUNS) for name in columns]
    return [(kind, key) for kind, key in found if kind in _LOGGED]


def cell(text: str) -> str:
    """Return a text as a table shows it: cut when it is long."""
    return text if len(text) <= LONGEST_CELL else f"{text[: LONGEST_CELL - 1]}…"


def to_row(body: Body, keys: Sequence[_Key] = ()) -> RunRow:
    """Return a run's row with the values of `keys`."""
    ended = body["ended_at"]
    return RunRow(
        id=body["id_"],
        experiment_id=body["experiment"],
        name=cell(body["name"]),
        user=cell(body["user"]),
        status=body["status"],
        lifecycle=body["lifecycle"],
        started_at=from_ms(body["started_at"]),
        ended_at=None if ended is None else from_ms(ended),
        params={key: cell(value) for key, value in _chosen(body["params"], keys, Kind.PARAM)},
        tags={key: cell(value) for key, value in _chosen(body["tags"], keys, Kind.TAG)},
        metrics={
            key: unpack_number(value) for key, value in _chosen(body["metrics"], keys, Kind.METRIC)
        },
        datasets=[DatasetName(name=d["name"], digest=d["digest"]) for d in body["datasets"][:20]],
    )


def _chosen(stored: Body, keys: Sequence[_Key], kind: Kind) -> Iterator[tuple[str, Any]]:
    for its_kind, key in keys:
        if its_kind is kind and (name := escape(key)) in stored:
            yield key, stored[name]


def _fitting(rows: Iterable[RunRow]) -> Iterator[RunRow]:
    """Yield rows until they would make the page too large; at least one."""
    size = 0
    for row in rows:
        its_size = len(row.model_dump_json()) + 1
        if size and size + its_size > LARGEST_PAGE:
            return
        size += its_size
        yield row


def _cursor(ids: Sequence[str], end: int) -> str:
    """Return the text that goes on behind `end`; it names the last runs, should one be gone."""
    facts = json.dumps([end, *ids[max(0, end - 3) : end]], separators=(",", ":"))
    return base64.urlsafe_b64encode(facts.encode()).decode()


def _start(ids: Sequence[str], cursor: str | None) -> int:
    """Return where the page begins: behind the last run of the one before that is there."""
    if cursor is None:
        return 0
    try:
        place, *last = json.loads(base64.b64decode(cursor, b"-_", validate=True))
    except (binascii.Error, ValueError, TypeError, RecursionError):
        place = last = None
    if not isinstance(place, int) or not isinstance(last, list) or not 0 < place < 2**53:
        raise InvalidInput("The cursor is none of a table's; leave it out to start from the top.")
    places = {id: at for at, id in enumerate(ids, start=1)}
    found = [places[id] for id in reversed(last) if isinstance(id, str) and id in places]
    return found[0] if found else place


def _compared(bodies: Sequence[Body]) -> list[ComparedKey]:
    found: list[ComparedKey] = []
    for kind in ColumnKind:
        home = f"{kind}s"
        names = {name for body in bodies for name in body[home]}
        for name in sorted(names, key=unescape):
            stored = [body[home].get(name) for body in bodies]
            if kind is ColumnKind.METRIC:
                numbers = [None if one is None else unpack_number(one) for one in stored]
                seen = {str(number) for number in numbers}
                values: list[str | float | None] = [*numbers]
            else:
                seen = set(stored)
                values = [None if one is None else cell(one) for one in stored]
            found.append(
                ComparedKey(kind=kind, key=unescape(name), differs=len(seen) > 1, values=values)
            )
    return found
