"""Jobs: definitions that can be run any number of times."""

from __future__ import annotations

import builtins
from collections.abc import AsyncIterator, Callable, Sequence
from functools import partial

from mllab.core.checks import Checks
from mllab.core.context import Context
from mllab.core.permissions import Access, Action
from mllab.core.runs import JobRuns
from mllab.core.specs import Builder
from mllab.core.times import to_text
from mllab.core.workloads import Workloads
from mllab.errors import Conflict, NotFound
from mllab.model.accounts import Principal
from mllab.model.base import Page
from mllab.model.work import Job, JobRun, JobSpec, NewJob
from mllab.model.workloads import Wanted, WorkloadKind
from mllab.runtimes.base import LogPart
from mllab.stores.documents.base import (
    Body,
    Document,
    RevisionConflict,
    change_document,
    eq,
    find_all,
)

Change = Callable[[Body], Body]


class Jobs:
    """Jobs and, by their numbers, their runs."""

    def __init__(
        self, context: Context, access: Access, workloads: Workloads, checks: Checks
    ) -> None:
        self._documents = context.documents
        self._clock = context.clock
        self._access = access
        self._workloads = workloads
        self._checks = checks
        self._runs = JobRuns(context, workloads, Builder(context.settings, workloads.runtime.name))

    async def create(self, who: Principal, project: str, new: NewJob) -> Job:
        """Define a job.

        Raises:
            Conflict: the name is taken, or its former job is still being deleted.
            InvalidInput: it could never run.
            NotFound: code that is not there.
        """
        await self._check(who, project, new.name, new.spec)
        now = self._clock()
        job = Job(
            project=project,
            name=new.name,
            spec=new.spec,
            created_by=str(who.user),
            created_at=now,
            updated_at=now,
        )
        body = job.model_dump(mode="json", exclude={"newest_run"}) | {
            "last_run": 0,
            "deleting": False,
        }
        try:
            await self._documents.put("jobs", _id(project, new.name), body, if_revision=0)
        except RevisionConflict as exc:
            raise Conflict(
                f"There is a job {new.name!r} already. Update it, or take another name."
            ) from exc
        try:
            await self._check_still_there(who, project, new.name)
        except NotFound:
            await self._documents.delete("jobs", _id(project, new.name))
            raise
        return job

    async def update(self, who: Principal, project: str, name: str, spec: JobSpec) -> Job:
        """Replace what the job does from its next run on. Raises as `create`."""
        await self._check(who, project, name, spec)
        changes = {"spec": spec.model_dump(mode="json"), "updated_at": self._now()}
        return _job(await self._change(project, name, lambda body: changes))

    async def get(self, who: Principal, project: str, name: str) -> Job:
        """Return one job."""
        await self._access.require(who, Action.JOB_READ, project=project)
        body = (await self._document(project, name)).body
        return (await self._with_newest([body]))[0]

    async def list(
        self, who: Principal, project: str, *, limit: int, cursor: str | None
    ) -> Page[Job]:
        """Return the jobs by name."""
        await self._access.require(who, Action.JOB_READ, project=project)
        found = await self._documents.find(
            "jobs", eq("project", project), eq("deleting", False), limit=limit, cursor=cursor
        )
        items = await self._with_newest([document.body for document in found.documents])
        return Page(items=items, next_cursor=found.next_cursor)

    async def delete(self, who: Principal, project: str, name: str) -> None:
        """Stop and forget the job's runs, then the job."""
        await self._access.require(who, Action.JOB_WRITE, project=project)
        await self._change(project, name, lambda body: {"deleting": True})
        await self._finish(project, name)

    async def run(self, who: Principal, project: str, name: str) -> JobRun:
        """Start a run with the job's spec as it is now.

        Raises:
            InvalidInput: the runtime can no longer run it.
        """
        await self._access.require(who, Action.JOB_WRITE, project=project)
        user = str(who.user)
        asked = _job((await self._document(project, name)).body)
        self._runs.draft(project, name, 1, asked.spec, user)
        body = await self._change(project, name, lambda body: {"last_run": body["last_run"] + 1})
        run = await self._runs.start(
            self._runs.draft(project, name, body["last_run"], _job(body).spec, user)
        )
        try:
            await self._check_still_there(who, project, name)
        except NotFound:
            await self._runs.delete(project, name, run.number)
            raise
        return run

    async def runs(
        self, who: Principal, project: str, name: str, *, limit: int, cursor: str | None
    ) -> Page[JobRun]:
        """Return the runs, newest first."""
        await self._access.require(who, Action.JOB_READ, project=project)
        await self._document(project, name)
        return await self._runs.list(project, name, limit=limit, cursor=cursor)

    async def get_run(
        self, who: Principal, project: str, name: str, number: int, *, wait_s: float = 0.0
    ) -> JobRun:
        """Return one run; when it is over, or after `wait_s` seconds as it is then."""
        await self._access.require(who, Action.JOB_READ, project=project)
        await self._document(project, name)
        run = await self._runs.get(project, name, number)
        if await self._workloads.held(run.status, lambda status: status.state.is_final, wait_s):
            return await self.get_run(who, project, name, number)
        return run

    async def stop_run(self, who: Principal, project: str, name: str, number: int) -> JobRun:
        """Ask for a run to end. Repeatable; one that is over stays as it is."""
        await self._access.require(who, Action.JOB_WRITE, project=project)
        await self._document(project, name)
        return await self._runs.stop(project, name, number)

    async def delete_run(self, who: Principal, project: str, name: str, number: int) -> None:
        """Stop a run and forget it with its log."""
        await self._access.require(who, Action.JOB_WRITE, project=project)
        await self._document(project, name)
        await self._runs.delete(project, name, number)

    async def logs(
        self, who: Principal, project: str, name: str, number: int, *, offset: int, follow: bool
    ) -> AsyncIterator[LogPart]:
        """Return the output of all attempts of a run from byte `offset` on."""
        await self._access.require(who, Action.JOB_READ, project=project)
        await self._document(project, name)
        workload = await self._runs.workload_of(project, name, number)
        return self._workloads.logs(workload, offset=offset, follow=follow)

    async def finish_deletions(self) -> None:
        """Go on with deletions that a crash interrupted; no caller's rule: for control."""
        for document in await find_all(self._documents, "jobs", eq("deleting", True)):
            await self._finish(document.body["project"], document.body["name"])

    async def forget_project(self, project: str) -> bool:
        """Delete what is left of the project; True when nothing is. Repeatable."""
        for document in await find_all(self._documents, "jobs", eq("project", project)):
            await self._finish(project, document.body["name"])
        await self._documents.delete_where("job_runs", eq("project", project))
        return await forget_workloads(self._workloads, project, WorkloadKind.JOB)

    async def _with_newest(self, bodies: Sequence[Body]) -> builtins.list[Job]:
        newest = await self._runs.newest(
            [(body["project"], body["name"], body["last_run"]) for body in bodies]
        )
        return [
            _job(body).model_copy(update={"newest_run": run})
            for body, run in zip(bodies, newest, strict=True)
        ]

    async def _finish(self, project: str, name: str) -> None:
        await self._runs.delete_all(project, name)
        await self._documents.delete("jobs", _id(project, name))

    async def _check(self, who: Principal, project: str, name: str, spec: JobSpec) -> None:
        await self._access.require(who, Action.JOB_WRITE, project=project)
        await self._checks.check(who, project, spec)
        self._runs.draft(project, name, 1, spec, str(who.user))

    async def _check_still_there(self, who: Principal, project: str, name: str) -> None:
        # Looking after the write: a deletion that begins later sees what was written.
        await self._access.require(who, Action.JOB_READ, project=project)
        await self._document(project, name)

    async def _document(self, project: str, name: str) -> Document:
        found = await self._documents.get("jobs", _id(project, name))
        if found is None or found.body["deleting"]:
            raise NotFound("job", name)
        return found

    async def _change(self, project: str, name: str, change: Change) -> Body:
        found = partial(self._document, project, name)
        _, body = await change_document(self._documents, "jobs", found, change)
        return body

    def _now(self) -> str:
        return to_text(self._clock())


async def forget_workloads(workloads: Workloads, project: str, kind: WorkloadKind) -> bool:
    """Have a deleted project's workloads of a kind removed; True when none is left."""
    left = [w for w in await workloads.of_project(project) if w.kind is kind]
    for workload in left:
        await workloads.want(workload.id, Wanted.REMOVED)
    return not left


def _id(project: str, name: str) -> str:
    return f"{project}/{name}"


def _job(body: Body) -> Job:
    return Job(**{name: body[name] for name in Job.model_fields if name != "newest_run"})
