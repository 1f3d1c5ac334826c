"""The whole lab, for its admins."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from mllab.api.deps import Caller, Core, Cursor, Limit, NamePart, needs
from mllab.core.administration import WorkloadQuestion
from mllab.core.permissions import Action
from mllab.model.administration import (
    OrphanList,
    OrphanRemoval,
    ProjectEntry,
    SettingEntries,
    WorkloadEntry,
)
from mllab.model.base import Page

router = APIRouter(prefix="/admin", tags=["admin"])


@router.get("/projects", **needs(Action.PROJECT_LIST_ALL))
async def list_all_projects(
    who: Caller, core: Core, q: NamePart = "", limit: Limit = 100, cursor: Cursor = None
) -> Page[ProjectEntry]:
    """Return all projects by name, or those whose name or title holds `q`, with what they hold."""
    return await core.administration.projects(who, q=q, limit=limit, cursor=cursor)


@router.get("/workloads", **needs(Action.LAB_READ))
async def list_workloads(
    who: Caller,
    core: Core,
    question: Annotated[WorkloadQuestion, Depends()],
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[WorkloadEntry]:
    """Return all workloads, the newest first, with what those that run use now."""
    return await core.administration.workloads(who, question, limit=limit, cursor=cursor)


@router.get("/settings", **needs(Action.LAB_READ))
async def get_settings(who: Caller, core: Core) -> SettingEntries:
    """Return all settings as they stand; secrets only as set or not."""
    return await core.administration.settings(who)


@router.get("/orphans", **needs(Action.LAB_READ))
async def list_orphans(who: Caller, core: Core) -> OrphanList:
    """Return what the runtime keeps and nobody owns, not counting the last ten minutes."""
    return await core.orphans.list(who)


@router.post("/orphans/remove", **needs(Action.LAB_ADMINISTER))
async def remove_orphans(who: Caller, core: Core, asked: OrphanRemoval) -> OrphanList:
    """Remove those of the named orphans that are orphans still, with their data."""
    return await core.orphans.remove(who, set(asked.ids))
