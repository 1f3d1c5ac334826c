"""Runs by the many: the table, its columns, comparisons, charts, and bulk changes.

These paths stand before those of one run; no run's id is one of their words.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from mllab.api.deps import Caller, Core, needs
from mllab.core.permissions import Action
from mllab.core.search import Question
from mllab.core.tracking.run_tables import ColumnQuestion, KeyQuestion
from mllab.model.base import ProjectName
from mllab.model.run_table import (
    ColumnKind,
    Columns,
    Comparison,
    ManyRuns,
    ManyRunsTags,
    RunOutcomes,
    RunTable,
    SeriesAnswer,
    SeriesQuestion,
)
from mllab.model.tracking import Lifecycle

router = APIRouter(prefix="/projects/{project}/runs", tags=["experiments"])

_READ, _WRITE = needs(Action.EXPERIMENT_READ), needs(Action.EXPERIMENT_WRITE)

_CURSOR = Field(default=None, max_length=2000, description="`next_cursor` of the page before.")


class _OfExperiments(BaseModel):
    experiment: list[str] = Field(
        default=[], max_length=100, description="Ids of experiments; none: all of the project."
    )
    deleted: bool = Field(default=False, description="Only deleted runs; they can be restored.")

    @property
    def lifecycle(self) -> Lifecycle:
        """Return which runs are meant."""
        return Lifecycle.DELETED if self.deleted else Lifecycle.ACTIVE


class TableQuery(_OfExperiments):
    """A page of the table of runs."""

    filter: str = Field(
        default="",
        description="MLflow's language, such as `metrics.loss < 0.1 AND params.lr = '1'`.",
    )
    order_by: list[str] = Field(
        default=[],
        max_length=10,
        description="Such as `metrics.loss DESC`, the first weighing most.",
    )
    columns: list[str] = Field(
        default=[], description="Which keys the rows hold, such as `params.lr` or `metrics.loss`."
    )
    limit: int = Field(default=100, ge=1, le=1000, description="Most items on one page.")
    cursor: str | None = _CURSOR
    skip: int = Field(default=0, ge=0, le=10**9, description="Runs to leave out first.")


class ColumnsQuery(_OfExperiments):
    """A page of the keys that runs have."""

    q: str = Field(default="", max_length=250, description="Only keys that hold this text.")
    kind: ColumnKind | None = Field(default=None, description="Only keys of this kind.")
    limit: int = Field(default=200, ge=1, le=1000, description="Most items on one page.")
    cursor: str | None = _CURSOR


class CompareQuery(BaseModel):
    """Runs side by side."""

    run: list[str] = Field(min_length=1, max_length=100, description="Ids of the runs.")
    differs: bool = Field(default=False, description="Only keys in which the runs differ.")
    q: str = Field(default="", max_length=250, description="Only keys that hold this text.")
    limit: int = Field(default=1000, ge=1, le=1000, description="Most items on one page.")
    cursor: str | None = _CURSOR


@router.get("", **_READ)
async def list_run_rows(
    project: ProjectName, who: Caller, core: Core, ask: Annotated[TableQuery, Query()]
) -> RunTable:
    """Return a page of a table of runs, the last started first; it may end before `limit`."""
    question = Question(ask.filter, ask.order_by, ask.lifecycle, ask.limit, ask.cursor)
    return await core.tracking.tables.page(
        who, project, ask.experiment, question, ask.columns, skip=ask.skip
    )


@router.get("/columns", **_READ)
async def list_columns(
    project: ProjectName, who: Caller, core: Core, ask: Annotated[ColumnsQuery, Query()]
) -> Columns:
    """Return the params, metrics and tags that runs have, with what a chooser shows of them."""
    question = ColumnQuestion(ask.q, ask.kind, ask.limit, ask.cursor)
    return await core.tracking.tables.columns(who, project, ask.experiment, question, ask.lifecycle)


@router.get("/compare", **_READ)
async def compare_runs(
    project: ProjectName, who: Caller, core: Core, ask: Annotated[CompareQuery, Query()]
) -> Comparison:
    """Return the params, metrics and tags of several runs side by side."""
    question = KeyQuestion(ask.q, ask.differs, ask.limit, ask.cursor)
    return await core.tracking.tables.compare(who, project, ask.run, question)


@router.post("/series", **_READ)
async def read_series(
    project: ProjectName, ask: SeriesQuestion, who: Caller, core: Core
) -> SeriesAnswer:
    """Return metrics of several runs for a chart, their points put into buckets."""
    return await core.tracking.charts.series(who, project, ask)


@router.post("/delete", **_WRITE)
async def delete_runs(project: ProjectName, many: ManyRuns, who: Caller, core: Core) -> RunOutcomes:
    """Mark runs as deleted, each on its own."""
    return await core.tracking.edits.delete(who, project, many.runs)


@router.post("/restore", **_WRITE)
async def restore_runs(
    project: ProjectName, many: ManyRuns, who: Caller, core: Core
) -> RunOutcomes:
    """Take back the deletion of runs, each on its own."""
    return await core.tracking.edits.restore(who, project, many.runs)


@router.post("/tags", **_WRITE)
async def tag_runs(
    project: ProjectName, many: ManyRunsTags, who: Caller, core: Core
) -> RunOutcomes:
    """Set and remove tags of runs, each on its own."""
    return await core.tracking.edits.tag(who, project, many.runs, many.tags)
