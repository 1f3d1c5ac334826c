"""What running workloads use now: one look at each in some seconds, however many ask.

CPU in use is a share of time, so it takes two looks that are not far apart. Nothing is kept
but the newest look at each, in memory; nobody is looked at unless somebody asks.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta

from mllab.core.context import Context
from mllab.core.jobs import Jobs
from mllab.core.services import Services
from mllab.core.workloads import Workloads
from mllab.core.workspaces import Workspaces
from mllab.model.accounts import Principal
from mllab.model.usage import WorkloadUsage
from mllab.model.workloads import Workload

FRESH = timedelta(seconds=4)
"""So long a look is good enough for all who ask."""

FAR = timedelta(minutes=2)
"""Looks further apart say nothing of what is in use now."""


class Usages:
    """Looks at workloads for those who may see them."""

    def __init__(
        self,
        context: Context,
        workloads: Workloads,
        jobs: Jobs,
        services: Services,
        workspaces: Workspaces,
    ) -> None:
        self._clock = context.clock
        self._workloads = workloads
        self._jobs = jobs
        self._services = services
        self._workspaces = workspaces
        self._known: dict[tuple[str, int], WorkloadUsage] = {}
        self._looks: dict[tuple[str, int], asyncio.Task[WorkloadUsage | None]] = {}

    async def of_job_run(
        self, who: Principal, project: str, job: str, number: int
    ) -> WorkloadUsage | None:
        """Return what a job run uses now, None when it does not run."""
        run = await self._jobs.get_run(who, project, job, number)
        return await self._of_id(run.status.workload)

    async def of_service(self, who: Principal, project: str, service: str) -> WorkloadUsage | None:
        """Return what a service uses now, None when it does not run."""
        found = await self._services.get(who, project, service)
        return await self._of_id(found.status.workload)

    async def of_workspace(self, who: Principal, user: str) -> WorkloadUsage | None:
        """Return what a workspace uses now, None when it does not run."""
        return await self._of_id((await self._workspaces.get(who, user)).status.workload)

    async def _of_id(self, id: str | None) -> WorkloadUsage | None:
        workload = await self._workloads.get(id) if id else None
        return await self.of(workload) if workload else None

    async def of(self, workload: Workload) -> WorkloadUsage | None:
        """Return what a workload uses now, None when it does not run; whoever calls authorised.

        Raises:
            Unavailable: the runtime is away.
        """
        key = (workload.id, workload.attempt)
        known = self._known.get(key)
        if known is not None and self._clock() - known.at < FRESH and not workload.state.is_final:
            return known
        look = self._looks.get(key)
        if look is None:
            look = self._looks[key] = asyncio.create_task(self._look(key, workload))
            look.add_done_callback(lambda done: self._looked(key, done))
        return await asyncio.shield(look)  # who leaves does not take it from the others

    def _looked(self, key: tuple[str, int], look: asyncio.Task[WorkloadUsage | None]) -> None:
        del self._looks[key]
        if not look.cancelled():
            look.exception()  # told to those who waited, if any is left

    async def _look(self, key: tuple[str, int], workload: Workload) -> WorkloadUsage | None:
        found = await self._workloads.use(workload)
        now = self._clock()
        self._known = {each: known for each, known in self._known.items() if now - known.at < FAR}
        if found is None:
            return None
        before = self._known.get(key)
        apart = (now - before.at).total_seconds() if before else 0.0
        cores = None
        if before is not None and apart > 0:
            cores = max(0.0, found.cpu_seconds - before.cpu_seconds) / apart
        self._known[key] = WorkloadUsage(
            at=now,
            memory_bytes=found.memory_bytes,
            cpu_seconds=found.cpu_seconds,
            cpu_cores=None if cores is None else round(cores, 3),
            limits=workload.spec.limits,
        )
        return self._known[key]
