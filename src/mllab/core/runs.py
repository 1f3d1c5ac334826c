"""Job runs: one execution of a job each, kept with its log until somebody deletes it.

A run's document names its workload before the workload exists, so a crash in between
leaves a run that says it never started, never a workload without a run.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterable

from mllab.core.context import Context
from mllab.core.specs import Builder
from mllab.core.workloads import Workloads
from mllab.errors import NotFound
from mllab.model.base import Page, new_id
from mllab.model.work import JobRun, JobSpec, NewestRun
from mllab.model.workloads import Status, Wanted, WorkloadState
from mllab.stores.documents.base import Body, Document, eq, find_all

_NEVER = Status(
    state=WorkloadState.FAILED,
    reason="it never started: the lab ended while it was being accepted; run the job again",
)


class JobRuns:
    """The runs; whoever calls has authorised."""

    def __init__(self, context: Context, workloads: Workloads, builder: Builder) -> None:
        self._documents = context.documents
        self._clock = context.clock
        self._workloads = workloads
        self._builder = builder

    def draft(self, project: str, job: str, number: int, spec: JobSpec, user: str) -> JobRun:
        """Return a run that is not kept yet. Raises InvalidInput if the runtime refuses it."""
        run = JobRun(
            project=project,
            job=job,
            number=number,
            spec=spec,
            started_by=user,
            created_at=self._clock(),
        )
        self._workloads.refuse(self._builder.job_run(run, "wl_draft").spec)
        return run

    async def start(self, run: JobRun) -> JobRun:
        """Keep the run and ask for its workload."""
        workload = self._builder.job_run(run, new_id("wl"))
        body = run.model_dump(mode="json", exclude={"status"}) | {"workload": workload.id}
        id = run_id(run.project, run.job, run.number)
        await self._documents.put("job_runs", id, body, if_revision=0)
        await self._workloads.create(workload)
        return await self._with_status(body)

    async def get(self, project: str, job: str, number: int) -> JobRun:
        """Return one run."""
        return await self._with_status((await self._document(project, job, number)).body)

    async def list(self, project: str, job: str, *, limit: int, cursor: str | None) -> Page[JobRun]:
        """Return the runs of a job, newest first."""
        found = await self._documents.find(
            "job_runs",
            eq("project", project),
            eq("job", job),
            descending=True,
            limit=limit,
            cursor=cursor,
        )
        bodies = [document.body for document in found.documents]
        statuses = await self._workloads.statuses(body["workload"] for body in bodies)
        items = [_run(body, statuses[body["workload"]]) for body in bodies]
        return Page(items=items, next_cursor=found.next_cursor)

    async def newest(self, jobs: Iterable[tuple[str, str, int]]) -> builtins.list[NewestRun | None]:
        """Return each job's newest run; a job is its project, its name and its last number."""
        bodies = [await self._newest_body(*job) for job in jobs]
        statuses = await self._workloads.statuses(body["workload"] for body in bodies if body)
        return [
            _newest(_run(body, statuses[body["workload"]])) if body else None for body in bodies
        ]

    async def _newest_body(self, project: str, job: str, number: int) -> Body | None:
        if number == 0:
            return None
        if found := await self._documents.get("job_runs", run_id(project, job, number)):
            return found.body
        mine = (eq("project", project), eq("job", job))
        left = await self._documents.find("job_runs", *mine, descending=True, limit=1)
        return left.documents[0].body if left.documents else None

    async def stop(self, project: str, job: str, number: int) -> JobRun:
        """Ask for the run to end. Repeatable."""
        body = (await self._document(project, job, number)).body
        await self._workloads.want(body["workload"], Wanted.STOPPED)
        return await self._with_status(body)

    async def delete(self, project: str, job: str, number: int) -> None:
        """Stop the run and forget it with its log."""
        await self._delete(await self._document(project, job, number))

    async def delete_all(self, project: str, job: str) -> None:
        """Stop and forget all runs of a job. Repeatable."""
        mine = (eq("project", project), eq("job", job))
        for document in await find_all(self._documents, "job_runs", *mine):
            await self._delete(document)

    async def workload_of(self, project: str, job: str, number: int) -> str:
        """Return the id of the run's workload."""
        return str((await self._document(project, job, number)).body["workload"])

    async def _delete(self, document: Document) -> None:
        # The workload first: a crash in between leaves a run to delete again.
        await self._workloads.want(document.body["workload"], Wanted.REMOVED)
        await self._documents.delete("job_runs", document.id)

    async def _document(self, project: str, job: str, number: int) -> Document:
        found = await self._documents.get("job_runs", run_id(project, job, number))
        if found is None:
            raise NotFound("run", f"{job}/{number}", "Its job's runs are listed under /runs.")
        return found

    async def _with_status(self, body: Body) -> JobRun:
        return _run(body, await self._workloads.status(body["workload"]))


def run_id(project: str, job: str, number: int) -> str:
    """Return the document's id; text order is order of numbers."""
    return f"{project}/{job}/{number:010d}"


def _run(body: Body, status: Status) -> JobRun:
    fields = {name: body[name] for name in JobRun.model_fields if name != "status"}
    return JobRun(**fields, status=status if status.workload else _NEVER)


def _newest(run: JobRun) -> NewestRun:
    return NewestRun(**{name: getattr(run, name) for name in NewestRun.model_fields})
