"""Clears away what nobody owns: deleted projects, orphans of the runtime, old uploads.

Everything here is repeatable and asks the store each time, so a crash in the middle only
means that the next round goes on.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from mllab.core.lab import LabCore
from mllab.core.specs import GRACE_S
from mllab.core.uploads import OLD
from mllab.errors import LabError
from mllab.model.workloads import Wanted, Workload, WorkloadKind
from mllab.runtimes.base import Listed
from mllab.stores.documents.base import eq

log = logging.getLogger("mllab.control")

EVERY = timedelta(minutes=10)


class Cleanup:
    """Runs beside the reconciler, under the same lease."""

    def __init__(self, core: LabCore, *, alone: bool) -> None:
        """`alone` says that no other lab works on the data, so what is half-done is dead."""
        self._core = core
        self._clock = core.context.clock
        self._dead_after = timedelta() if alone else OLD
        self._swept_at: datetime | None = None

    async def run(self) -> bool:
        """Do what is due; True while a project's deletion goes on."""
        now = self._clock()
        if self._swept_at is None or now - self._swept_at >= EVERY:
            self._swept_at = now
            await self._sweep()
            self._dead_after = OLD
        return await self._delete_projects()

    async def _delete_projects(self) -> bool:
        """Go on with every deletion; True while one is not done. One that fails waits alone."""
        goes_on = False
        for project in await self._core.projects.deleting():
            try:
                done = await self._forget(project)
            except LabError as exc:
                log.warning("project %s cannot be deleted now: %s", project, exc.message)
                continue
            goes_on = goes_on or not done
            if done:
                log.info("project %s is deleted", project)
        return goes_on

    async def _forget(self, project: str) -> bool:
        for part in self._core.project_parts:
            if not await part.forget_project(project):
                return False
        return True

    async def _sweep(self) -> None:
        await self._core.jobs.finish_deletions()
        for workload in await self._core.workloads.open_ones():
            if not await self._is_owned(workload):
                log.warning("workload %s belongs to nothing any more; removing it", workload.id)
                await self._core.workloads.want(workload.id, Wanted.REMOVED)
        for listed in await self._core.workloads.runtime.list():
            await self._remove_orphan(listed)
        await self._core.uploads.sweep()
        await self._core.files.sweep(self._dead_after)
        await self._core.code.sweep(self._dead_after)

    async def _is_owned(self, workload: Workload) -> bool:
        documents = self._core.context.documents
        if workload.kind is WorkloadKind.JOB:
            return await documents.count("job_runs", eq("workload", workload.id)) > 0
        if workload.kind is WorkloadKind.SERVICE:
            owner = await documents.get("services", f"{workload.project}/{workload.owner_name}")
        else:
            owner = await documents.get("workspaces", workload.user)
        return owner is not None and owner.body["workload"] == workload.id

    async def _remove_orphan(self, listed: Listed) -> None:
        """Remove what the runtime holds and no record knows; records come before starts."""
        runtime = self._core.workloads.runtime
        if await self._core.workloads.get(listed.workload_id) is not None:
            return
        log.warning("the runtime holds %s, which no record knows; removing it", listed.workload_id)
        try:
            await runtime.stop(listed.handle, GRACE_S)
            await runtime.remove(listed.handle)
        except LabError as exc:
            log.warning("%s cannot be removed now: %s", listed.workload_id, exc.message)
