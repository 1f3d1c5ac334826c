"""Jobs and their runs."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Path, status
from fastapi.responses import StreamingResponse

from mllab.api.deps import Caller, Core, Cursor, Limit, WaitS, needs
from mllab.api.logs import (
    LOG_RESPONSES,
    Follow,
    Offset,
    OpenLog,
    Sought,
    WhichLines,
    log_response,
)
from mllab.core.permissions import Action
from mllab.model.base import JobName, Page, ProjectName
from mllab.model.logs import LogLines, LogMatches
from mllab.model.run_table import RunRow
from mllab.model.usage import WorkloadUsage
from mllab.model.work import Job, JobRun, JobSpec, NewJob

router = APIRouter(prefix="/projects/{project}/jobs", tags=["jobs"])

Number = Annotated[int, Path(ge=1, le=2_000_000_000, description="The run's number in its job.")]


async def run_log(
    project: ProjectName, job: JobName, number: Number, who: Caller, core: Core
) -> OpenLog:
    """Return how to open a job run's log."""
    return partial(core.jobs.logs, who, project, job, number)


RunLog = Annotated[OpenLog, Depends(run_log)]


@router.get("", **needs(Action.JOB_READ))
async def list_jobs(
    project: ProjectName, who: Caller, core: Core, limit: Limit = 100, cursor: Cursor = None
) -> Page[Job]:
    """Return the jobs by name."""
    return await core.jobs.list(who, project, limit=limit, cursor=cursor)


@router.post("", status_code=status.HTTP_201_CREATED, **needs(Action.JOB_WRITE))
async def create_job(project: ProjectName, new: NewJob, who: Caller, core: Core) -> Job:
    """Define a job; it runs when somebody starts a run."""
    return await core.jobs.create(who, project, new)


@router.get("/{job}", **needs(Action.JOB_READ))
async def get_job(project: ProjectName, job: JobName, who: Caller, core: Core) -> Job:
    """Return one job."""
    return await core.jobs.get(who, project, job)


@router.put("/{job}", **needs(Action.JOB_WRITE))
async def update_job(
    project: ProjectName, job: JobName, spec: JobSpec, who: Caller, core: Core
) -> Job:
    """Replace what the job does from its next run on."""
    return await core.jobs.update(who, project, job, spec)


@router.delete("/{job}", status_code=status.HTTP_204_NO_CONTENT, **needs(Action.JOB_WRITE))
async def delete_job(project: ProjectName, job: JobName, who: Caller, core: Core) -> None:
    """Stop and forget the job's runs, then the job."""
    await core.jobs.delete(who, project, job)


@router.get("/{job}/runs", **needs(Action.JOB_READ))
async def list_runs(
    project: ProjectName,
    job: JobName,
    who: Caller,
    core: Core,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[JobRun]:
    """Return the runs of a job, newest first."""
    return await core.jobs.runs(who, project, job, limit=limit, cursor=cursor)


@router.post("/{job}/runs", status_code=status.HTTP_201_CREATED, **needs(Action.JOB_WRITE))
async def start_run(project: ProjectName, job: JobName, who: Caller, core: Core) -> JobRun:
    """Start a run with the job's spec as it is now."""
    return await core.jobs.run(who, project, job)


@router.get("/{job}/runs/{number}", **needs(Action.JOB_READ))
async def get_run(
    project: ProjectName,
    job: JobName,
    number: Number,
    who: Caller,
    core: Core,
    wait_s: WaitS = 0.0,
) -> JobRun:
    """Return one run; with `wait_s` once it is over."""
    return await core.jobs.get_run(who, project, job, number, wait_s=wait_s)


@router.post("/{job}/runs/{number}/stop", **needs(Action.JOB_WRITE))
async def stop_run(
    project: ProjectName, job: JobName, number: Number, who: Caller, core: Core
) -> JobRun:
    """Ask for the run to end; one that is over stays as it is."""
    return await core.jobs.stop_run(who, project, job, number)


@router.delete(
    "/{job}/runs/{number}", status_code=status.HTTP_204_NO_CONTENT, **needs(Action.JOB_WRITE)
)
async def delete_run(
    project: ProjectName, job: JobName, number: Number, who: Caller, core: Core
) -> None:
    """Stop the run and forget it with its log."""
    await core.jobs.delete_run(who, project, job, number)


@router.get("/{job}/runs/{number}/logged", **needs(Action.JOB_READ))
async def list_logged_runs(
    project: ProjectName,
    job: JobName,
    number: Number,
    who: Caller,
    core: Core,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[RunRow]:
    """List the runs of experiments that a job run logged, newest first."""
    return await core.uses.logged(who, project, job, number, limit=limit, cursor=cursor)


@router.get("/{job}/runs/{number}/usage", **needs(Action.JOB_READ))
async def get_run_usage(
    project: ProjectName, job: JobName, number: Number, who: Caller, core: Core
) -> WorkloadUsage | None:
    """Return what a job run uses now; null when it does not run."""
    return await core.usage.of_job_run(who, project, job, number)


@router.get(
    "/{job}/runs/{number}/logs",
    response_class=StreamingResponse,
    responses=LOG_RESPONSES,
    **needs(Action.JOB_READ),
)
async def get_run_logs(
    log: RunLog, offset: Offset = 0, follow: Follow = False
) -> StreamingResponse:
    """Return the output of all attempts, also long after the run."""
    return await log_response(log, offset, follow=follow)


@router.get("/{job}/runs/{number}/logs/lines", **needs(Action.JOB_READ))
async def get_run_log_lines(log: RunLog, which: WhichLines) -> LogLines:
    """Return the log's last lines, or those before a byte; at most 1 MiB of them."""
    return await which.of(log)


@router.get("/{job}/runs/{number}/logs/search", **needs(Action.JOB_READ))
async def search_run_log(log: RunLog, sought: Sought) -> LogMatches:
    """Return the lines from byte `offset` on that hold a text, and where to go on."""
    return await sought.of(log)
