"""First pages: a project at a glance, and all that concerns the caller."""

from __future__ import annotations

from fastapi import APIRouter

from mllab.api.deps import Caller, Core, needs
from mllab.core.permissions import Action
from mllab.model.base import ProjectName
from mllab.model.overview import Home, Overview

router = APIRouter(tags=["overview"])


@router.get("/projects/{project}/overview", **needs(Action.PROJECT_READ))
async def get_overview(project: ProjectName, who: Caller, core: Core) -> Overview:
    """Return how much the project holds, and what happened in it lately."""
    return await core.overviews.project(who, project)


@router.get("/home", **needs(Action.PROJECT_LIST))
async def get_home(who: Caller, core: Core) -> Home:
    """Return the caller's projects, workspace, and what runs, failed and happened in them."""
    return await core.overviews.home(who)
