"""What happened in a project lately, read off what is stored: there is no log of events.

Each kind of thing remembers when it last ended or began; the newest of each kind together
are the newest of all. Whoever calls has authorised.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any

from mllab.core.times import from_text
from mllab.core.tracking.bodies import from_ms
from mllab.model.changes import What
from mllab.model.files import FileKind
from mllab.model.overview import Event, Happening
from mllab.model.tracking import Lifecycle, RunStatus
from mllab.model.workloads import WorkloadKind, WorkloadState
from mllab.stores.documents.base import Body, DocumentStore, Where, eq, find_all

_RUNS = {
    RunStatus.FINISHED: Event.FINISHED,
    RunStatus.FAILED: Event.FAILED,
    RunStatus.KILLED: Event.STOPPED,
}
_ENDS = {
    WorkloadState.SUCCEEDED: Event.FINISHED,
    WorkloadState.STOPPED: Event.STOPPED,
    WorkloadState.FAILED: Event.FAILED,
    WorkloadState.PENDING: Event.FAILED,  # it ended and waits to be tried again
}
_KINDS = {WorkloadKind.JOB: What.JOB, WorkloadKind.SERVICE: What.SERVICE}


class Happenings:
    """Reads what happened, newest first."""

    def __init__(self, documents: DocumentStore) -> None:
        self._documents = documents

    async def recent(self, project: str, limit: int) -> list[Happening]:
        """Return the newest of the project."""
        found = await asyncio.gather(
            self._versions(project, limit),
            self._runs(project, limit, *_RUNS),
            self._workloads(project, "finished_at", limit),
            self._workloads(project, "ready_at", limit, eq("kind", WorkloadKind.SERVICE.value)),
        )
        return newest((each for some in found for each in some), limit)

    async def failed(self, project: str, limit: int) -> list[Happening]:
        """Return the newest failures of the project."""
        state = eq("state", WorkloadState.FAILED.value)
        again = (eq("state", WorkloadState.PENDING.value), Where("failures", "gt", 0))
        found = await asyncio.gather(
            self._runs(project, limit, RunStatus.FAILED),
            self._workloads(project, "finished_at", limit, state),
            self._workloads(project, "finished_at", limit, *again),
        )
        return newest((each for some in found for each in some), limit)

    async def going_on(self, projects: Iterable[str]) -> list[Happening]:
        """Return what runs or waits to run in the projects."""
        mine = Where("project", "in", list(projects))
        found = await find_all(self._documents, "workloads", eq("open", True), mine)
        live = [each.body for each in found if not WorkloadState(each.body["state"]).is_final]
        numbers = await self._numbers(live)
        made = [_workload(body, numbers, body["state"], _since(body)) for body in live]
        return newest(made, len(made))

    async def _versions(self, project: str, limit: int) -> list[Happening]:
        where = (eq("project", project), eq("state", "live"))
        found = await self._documents.find(
            "versions", *where, order_by="created_at", descending=True, limit=limit
        )
        return [_version(each.body) for each in found.documents]

    async def _runs(self, project: str, limit: int, *statuses: RunStatus) -> list[Happening]:
        found = await self._documents.find(
            "runs",
            eq("project", project),
            eq("lifecycle", str(Lifecycle.ACTIVE)),
            Where("status", "in", [str(each) for each in statuses]),
            order_by="ended_at",
            descending=True,
            limit=limit,
        )
        return [_run(each.body) for each in found.documents if each.body["ended_at"] is not None]

    async def _workloads(
        self, project: str, order_by: str, limit: int, *where: Where
    ) -> list[Happening]:
        found = await self._documents.find(
            "workloads",
            eq("project", project),
            *where,
            order_by=order_by,
            descending=True,
            limit=limit,
        )
        bodies = [each.body for each in found.documents if each.body[order_by] is not None]
        numbers = await self._numbers(bodies)
        made = []
        for body in bodies:
            event = Event.READY if order_by == "ready_at" else _ENDS.get(body["state"])
            if event is not None:
                made.append(_workload(body, numbers, event, body[order_by]))
        return made

    async def _numbers(self, bodies: Iterable[Body]) -> dict[str, int]:
        """Return the numbers of job runs by their workloads."""
        ids = [body["id"] for body in bodies if body["kind"] == WorkloadKind.JOB]
        return await run_numbers(self._documents, ids)


async def run_numbers(documents: DocumentStore, workloads: Sequence[str]) -> dict[str, int]:
    """Return the numbers of job runs by their workloads' ids (at most 1,000)."""
    if not workloads:
        return {}
    found = await documents.find("job_runs", Where("workload", "in", list(workloads)), limit=1000)
    return {each.body["workload"]: each.body["number"] for each in found.documents}


def newest(happenings: Iterable[Happening], limit: int) -> list[Happening]:
    """Return the newest, newest first."""
    return sorted(happenings, key=lambda each: each.at, reverse=True)[:limit]


def _version(body: Body) -> Happening:
    return Happening(
        at=from_text(body["created_at"]),
        what=What.DATASET if body["kind"] == FileKind.DATASET else What.MODEL,
        event=Event.UPLOADED,
        project=body["project"],
        id=body["key"],
        name=body["key"],
        number=body["version"],
        user=body["created_by"],
    )


def _run(body: Body) -> Happening:
    return Happening(
        at=from_ms(body["ended_at"]),
        what=What.RUN,
        event=_RUNS[RunStatus(body["status"])],
        project=body["project"],
        id=body["id_"],
        name=body["name"],
        experiment=body["experiment"],
        user=body["user"],
    )


def _workload(body: Body, numbers: dict[str, int], event: Any, at: str) -> Happening:
    return Happening(
        at=from_text(at),
        what=_KINDS[WorkloadKind(body["kind"])],
        event=Event(event),
        project=body["project"],
        id=body["owner_name"],
        name=body["owner_name"],
        number=numbers.get(body["id"]),
        user=body["user"],
        reason="" if event == Event.READY else body["reason"],
    )


def _since(body: Body) -> str:
    return str(body["ready_at"] or body["started_at"] or body["created_at"])
