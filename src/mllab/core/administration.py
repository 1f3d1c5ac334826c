"""The whole lab for its admins: every workload with its use, every setting with its source.

Only looks. What ends or changes a workload is its own noun's business.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from mllab.config import Settings, settings_in_force
from mllab.core.context import Context
from mllab.core.happenings import run_numbers
from mllab.core.permissions import Access, Action
from mllab.core.workloads import Workloads
from mllab.errors import LabError
from mllab.model.accounts import Principal
from mllab.model.administration import (
    SettingEntries,
    WorkloadEntry,
    WorkloadUse,
)
from mllab.model.base import Page, ProjectName, UserName
from mllab.model.workloads import Workload, WorkloadKind, WorkloadState
from mllab.stores.documents.base import Where, eq


@dataclass(frozen=True)
class WorkloadQuestion:
    """Which workloads; None asks for any."""

    project: ProjectName | None = None
    user: UserName | None = None
    kind: WorkloadKind | None = None
    state: WorkloadState | None = None

    def where(self) -> list[Where]:
        """Return it as conditions."""
        given = vars(self).items()
        return [eq(name, str(value)) for name, value in given if value is not None]


class Administration:
    """What admins look at."""

    def __init__(self, context: Context, access: Access, workloads: Workloads) -> None:
        self._settings: Settings = context.settings
        self._documents = context.documents
        self._access = access
        self._workloads = workloads

    async def workloads(
        self, who: Principal, question: WorkloadQuestion, *, limit: int, cursor: str | None
    ) -> Page[WorkloadEntry]:
        """Return workloads, the newest first, with what those that run use now."""
        await self._access.require(who, Action.LAB_READ)
        found, next_cursor = await self._workloads.page(question.where(), limit, cursor)
        numbers = await run_numbers(self._documents, [each.id for each in found])
        entries = await asyncio.gather(*(self._entry(each, numbers) for each in found))
        return Page(items=list(entries), next_cursor=next_cursor)

    async def _entry(self, workload: Workload, numbers: Mapping[str, int]) -> WorkloadEntry:
        use = await self._use(workload)
        return WorkloadEntry(
            id=workload.id,
            kind=workload.kind,
            name=workload.owner_name,
            number=numbers.get(workload.id),
            project=workload.project,
            user=workload.user,
            status=self._workloads.status_of(workload),
            limits=workload.spec.limits,
            use=use,
        )

    async def _use(self, workload: Workload) -> WorkloadUse | None:
        try:
            found = await self._workloads.use(workload)
        except LabError:  # it ended since, or its runtime is away: health says so
            return None
        if found is None:
            return None
        return WorkloadUse(memory_bytes=found.memory_bytes, cpu_seconds=found.cpu_seconds)

    async def settings(self, who: Principal) -> SettingEntries:
        """Return all settings as they stand, secrets without their values."""
        await self._access.require(who, Action.LAB_READ)
        return SettingEntries(items=settings_in_force(self._settings))
