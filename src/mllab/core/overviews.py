"""A project, and a person's whole lab, at a glance: put together for the first page.

Everything is read when asked for; nothing is kept here that could be out of date.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta

from mllab.core.context import Context
from mllab.core.happenings import Happenings, newest
from mllab.core.holdings import Holdings
from mllab.core.permissions import Access, Action, is_own
from mllab.core.projects import Projects
from mllab.core.workspaces import Workspaces
from mllab.model.accounts import Principal
from mllab.model.overview import Happening, Home, HomeProject, Overview
from mllab.model.projects import Project
from mllab.model.work import Workspace

RECENT = 20
"""How many happenings a page shows."""

LATELY = timedelta(days=7)
"""For how long a failure is shown at home."""

_MOST_PROJECTS = 100


class Overviews:
    """Builds the first pages."""

    def __init__(
        self, context: Context, access: Access, projects: Projects, workspaces: Workspaces
    ) -> None:
        self._clock = context.clock
        self._access = access
        self._projects = projects
        self._workspaces = workspaces
        self._happenings = Happenings(context.documents)
        self._holdings = Holdings(context.documents)

    async def project(self, who: Principal, name: str) -> Overview:
        """Return one project at a glance."""
        project = await self._projects.get(who, name)
        counts, storage, running, recent = await asyncio.gather(
            self._holdings.counts(name),
            self._holdings.storage([name]),
            self._happenings.going_on([name]),
            self._happenings.recent(name, RECENT),
        )
        return Overview(
            project=project,
            counts=counts,
            storage_bytes=storage[name],
            running=running,
            recent=recent,
        )

    async def home(self, who: Principal) -> Home:
        """Return what concerns the caller, over all projects that they are in (the first 100)."""
        page = await self._projects.list(who, limit=_MOST_PROJECTS, cursor=None)
        names = [project.name for project in page.items]
        recent, failed, running = await asyncio.gather(
            asyncio.gather(*(self._happenings.recent(name, RECENT) for name in names)),
            asyncio.gather(*(self._happenings.failed(name, RECENT) for name in names)),
            self._happenings.going_on(names),
        )
        mine = [_dated(*pair) for pair in zip(page.items, recent, strict=True)]
        since = self._clock() - LATELY
        failures = (each for some in failed for each in some if each.at >= since)
        return Home(
            projects=sorted(mine, key=lambda each: each.last_at, reverse=True),
            workspace=await self._workspace(who),
            running=running,
            failed=newest(failures, RECENT),
            recent=newest((each for some in recent for each in some), RECENT),
        )

    async def _workspace(self, who: Principal) -> Workspace | None:
        if not is_own(who, Action.WORKSPACE_READ, who.user):
            return None
        return await self._workspaces.get(who, str(who.user))


def _dated(project: Project, recent: list[Happening]) -> HomeProject:
    last = max([project.created_at, *(each.at for each in recent[:1])])
    return HomeProject(project=project, last_at=last)
