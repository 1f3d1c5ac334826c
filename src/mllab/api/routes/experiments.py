"""Experiments, runs and artifacts in the lab's own REST; clients that log speak MLflow's."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response, status
from pydantic import BaseModel, Field

from mllab.api.artifacts import ArtifactPath, send_artifact
from mllab.api.deps import Caller, Core, Rows, needs
from mllab.core.matching import cut_page
from mllab.core.permissions import Action
from mllab.core.search import Question
from mllab.core.tracking.artifacts import location_path
from mllab.core.tracking.points import thin
from mllab.model.base import Page, ProjectName
from mllab.model.previews import Preview
from mllab.model.run_table import Notes
from mllab.model.tracking import Artifact, Experiment, Lifecycle, Metric, NewExperiment, Run

router = APIRouter(prefix="/projects/{project}", tags=["experiments"])

_READ, _WRITE = needs(Action.EXPERIMENT_READ), needs(Action.EXPERIMENT_WRITE)
Folder = Annotated[str, Query(description="The folder to look into.")]


class SearchQuery(BaseModel):
    """A search over experiments or runs, page by page."""

    filter: str = Field(default="", description="A search such as `metrics.loss < 0.1`.")
    order_by: list[str] = Field(
        default=[], description="Keys such as `metrics.loss DESC`, the first weighing most."
    )
    deleted: bool = Field(default=False, description="Only deleted ones; they can be restored.")
    limit: int = Field(default=100, ge=1, le=1000, description="Most items on one page.")
    cursor: str | None = Field(
        default=None, max_length=2000, description="`next_cursor` of the page before."
    )

    @property
    def question(self) -> Question:
        """Return the search as core takes it."""
        lifecycle = Lifecycle.DELETED if self.deleted else Lifecycle.ACTIVE
        return Question(self.filter, self.order_by, lifecycle, self.limit, self.cursor)


class PointsQuery(BaseModel):
    """Which points of a metric are wanted: page by page, or a sample on one page."""

    sample: int | None = Field(
        default=None, ge=2, le=10_000, description="At most so many points, evenly chosen."
    )
    limit: int = Field(default=1000, ge=1, le=1000, description="Most items on one page.")
    cursor: str | None = Field(
        default=None, max_length=2000, description="`next_cursor` of the page before."
    )


@router.get("/experiments", **_READ)
async def list_experiments(
    project: ProjectName,
    who: Caller,
    core: Core,
    ask: Annotated[SearchQuery, Query()],
) -> Page[Experiment]:
    """Return the project's experiments, the newest first."""
    found, following = await core.tracking.experiments.search(who, project, ask.question)
    return Page(items=found, next_cursor=following)


@router.post("/experiments", status_code=status.HTTP_201_CREATED, **_WRITE)
async def create_experiment(
    project: ProjectName, new: NewExperiment, who: Caller, core: Core
) -> Experiment:
    """Create an experiment."""
    tags = list(new.tags.items())
    return await core.tracking.experiments.create(who, project, new.name, tags=tags)


@router.get("/experiments/{experiment}", **_READ)
async def get_experiment(
    project: ProjectName, experiment: str, who: Caller, core: Core
) -> Experiment:
    """Return an experiment by id."""
    return await core.tracking.experiments.get(who, project, experiment)


@router.patch("/experiments/{experiment}", **_WRITE)
async def change_experiment(
    project: ProjectName, experiment: str, notes: Notes, who: Caller, core: Core
) -> Experiment:
    """Change an experiment's name, note and tags."""
    return await core.tracking.edits.change_experiment(who, project, experiment, notes)


@router.delete("/experiments/{experiment}", status_code=status.HTTP_204_NO_CONTENT, **_WRITE)
async def delete_experiment(project: ProjectName, experiment: str, who: Caller, core: Core) -> None:
    """Mark an experiment as deleted."""
    await core.tracking.experiments.delete(who, project, experiment)


@router.post("/experiments/{experiment}/restore", **_WRITE)
async def restore_experiment(
    project: ProjectName, experiment: str, who: Caller, core: Core
) -> Experiment:
    """Take back the deletion of an experiment."""
    await core.tracking.experiments.restore(who, project, experiment)
    return await core.tracking.experiments.get(who, project, experiment)


@router.get("/experiments/{experiment}/runs", **_READ)
async def list_runs(
    project: ProjectName,
    experiment: str,
    who: Caller,
    core: Core,
    ask: Annotated[SearchQuery, Query()],
) -> Page[Run]:
    """Return the runs of an experiment that meet `filter`, the last started first."""
    found, following = await core.tracking.runs.list(who, project, experiment, ask.question)
    return Page(items=found, next_cursor=following)


@router.get("/runs/{run}", **_READ)
async def get_run(project: ProjectName, run: str, who: Caller, core: Core) -> Run:
    """Return a run with its parameters, tags and latest metrics."""
    return await core.tracking.runs.get(who, project, run)


@router.patch("/runs/{run}", **_WRITE)
async def change_run(project: ProjectName, run: str, notes: Notes, who: Caller, core: Core) -> Run:
    """Change a run's name, note and tags."""
    return await core.tracking.edits.change_run(who, project, run, notes)


@router.delete("/runs/{run}", status_code=status.HTTP_204_NO_CONTENT, **_WRITE)
async def delete_run(project: ProjectName, run: str, who: Caller, core: Core) -> None:
    """Mark a run as deleted."""
    await core.tracking.runs.delete(who, project, run)


@router.post("/runs/{run}/restore", **_WRITE)
async def restore_run(project: ProjectName, run: str, who: Caller, core: Core) -> Run:
    """Take back the deletion of a run."""
    await core.tracking.runs.restore(who, project, run)
    return await core.tracking.runs.get(who, project, run)


@router.get("/runs/{run}/metrics/{key:path}", **_READ)
async def list_points(
    project: ProjectName,
    run: str,
    key: str,
    who: Caller,
    core: Core,
    ask: Annotated[PointsQuery, Query()],
) -> Page[Metric]:
    """Return the points of a metric by time and step; with `sample` all on one page."""
    found = await core.tracking.runs.history(who, project, run, key)
    if ask.sample is not None:
        return Page(items=thin(found, ask.sample))
    page, following = cut_page(found, ask.limit, ask.cursor)
    return Page(items=page, next_cursor=following)


@router.get("/runs/{run}/artifacts", **_READ)
async def list_artifacts(
    project: ProjectName, run: str, who: Caller, core: Core, path: Folder = ""
) -> Page[Artifact]:
    """Return what lies in a folder of a run's artifacts."""
    found = await core.tracking.runs.get(who, project, run)
    folder = location_path(f"{found.artifact_location}/{path.strip('/')}".rstrip("/"))
    return Page(items=await core.tracking.artifacts.list(who, project, folder))


@router.get("/runs/{run}/preview", **_READ)
async def preview_artifact(
    project: ProjectName, run: str, path: ArtifactPath, who: Caller, core: Core, rows: Rows = 100
) -> Preview:
    """Return the beginning of the artifact `path`: rows and statistics, text, or cells."""
    found = await core.tracking.runs.get(who, project, run)
    place = location_path(f"{found.artifact_location}/{path}")
    return await core.previews.of_artifact(who, project, place, rows=rows)


@router.get("/runs/{run}/artifacts/{path:path}", response_class=Response, **_READ)
async def download_artifact(
    project: ProjectName, run: str, path: str, request: Request, who: Caller, core: Core
) -> Response:
    """Return a file among a run's artifacts, or the part that a Range header asks for."""
    found = await core.tracking.runs.get(who, project, run)
    place = location_path(f"{found.artifact_location}/{path}")
    return await send_artifact(request, core, who, (project, place))
