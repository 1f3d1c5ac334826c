"""The whole lab for its admins: every project, every workload with its use, every setting.

Only looks. What ends or changes a thing is its own noun's business.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mllab.config import Settings, settings_in_force
from mllab.core.context import Context
from mllab.core.happenings import run_numbers
from mllab.core.holdings import Holdings
from mllab.core.listing import Part, search
from mllab.core.permissions import Access, Action
from mllab.core.usage import Usages
from mllab.core.workloads import Workloads
from mllab.errors import LabError
from mllab.model.accounts import Principal
from mllab.model.administration import (
    ProjectEntry,
    SettingEntries,
    WorkloadEntry,
)
from mllab.model.base import Page, ProjectName, UserName
from mllab.model.projects import Project, Role
from mllab.model.usage import WorkloadUsage
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

    def __init__(
        self, context: Context, access: Access, workloads: Workloads, usages: Usages
    ) -> None:
        self._settings: Settings = context.settings
        self._documents = context.documents
        self._access = access
        self._workloads = workloads
        self._usages = usages
        self._holdings = Holdings(context.documents)

    async def projects(
        self, who: Principal, *, q: str = "", limit: int, cursor: str | None
    ) -> Page[ProjectEntry]:
        """Return projects by name, all or those whose name or title holds `q`."""
        await self._access.require(who, Action.PROJECT_LIST_ALL)
        part = Part(q, ["name", "title"])
        found = await search(self._documents, "projects", [], part, limit=limit, cursor=cursor)
        names = [each.id for each in found.documents]
        owners, storage, roles, counts = await asyncio.gather(
            self._owners(names),
            self._holdings.storage(names),
            self._access.roles(who),
            asyncio.gather(*(self._holdings.counts(name) for name in names)),
        )
        entries = [
            ProjectEntry(
                project=Project(**each.body, role=roles.get(each.id)),
                owners=sorted(owners[each.id]),
                counts=held,
                storage_bytes=storage[each.id],
            )
            for each, held in zip(found.documents, counts, strict=True)
        ]
        return Page(items=entries, next_cursor=found.next_cursor)

    async def _owners(self, projects: Sequence[str]) -> Mapping[str, list[str]]:
        where = (Where("project", "in", list(projects)), eq("role", Role.OWNER.value))
        owners: defaultdict[str, list[str]] = defaultdict(list)
        for _, project, user in await self._documents.select(
            "members", *where, fields=["project", "user"]
        ):
            owners[project].append(user)
        return owners

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
        usage = await self._usage_of(workload)
        return WorkloadEntry(
            id=workload.id,
            kind=workload.kind,
            name=workload.owner_name,
            number=numbers.get(workload.id),
            project=workload.project,
            user=workload.user,
            status=self._workloads.status_of(workload),
            limits=workload.spec.limits,
            usage=usage,
            image=workload.spec.image,
        )

    async def _usage_of(self, workload: Workload) -> WorkloadUsage | None:
        try:
            return await self._usages.of(workload)
        except LabError:  # it ended since, or its runtime is away: health says so
            return None

    async def settings(self, who: Principal) -> SettingEntries:
        """Return all settings as they stand, secrets without their values."""
        await self._access.require(who, Action.LAB_READ)
        return SettingEntries(items=settings_in_force(self._settings))
