"""Projects."""

from __future__ import annotations

from fastapi import APIRouter, status

from mllab.api.deps import Caller, Core, Cursor, Limit, needs
from mllab.core.permissions import Action
from mllab.model.base import Page, ProjectName
from mllab.model.projects import NewProject, Project, ProjectChange

router = APIRouter(prefix="/projects", tags=["projects"])


@router.get("", **needs(Action.PROJECT_LIST))
async def list_projects(
    who: Caller, core: Core, limit: Limit = 100, cursor: Cursor = None
) -> Page[Project]:
    """Return the projects that the caller is in, by name."""
    return await core.projects.list(who, limit=limit, cursor=cursor)


@router.post("", status_code=status.HTTP_201_CREATED, **needs(Action.PROJECT_CREATE))
async def create_project(new: NewProject, who: Caller, core: Core) -> Project:
    """Create a project that the caller owns."""
    return await core.projects.create(who, new)


@router.get("/{project}", **needs(Action.PROJECT_READ))
async def get_project(project: ProjectName, who: Caller, core: Core) -> Project:
    """Return one project with the caller's role in it."""
    return await core.projects.get(who, project)


@router.patch("/{project}", **needs(Action.PROJECT_UPDATE))
async def update_project(
    project: ProjectName, change: ProjectChange, who: Caller, core: Core
) -> Project:
    """Change the fields that are given."""
    return await core.projects.update(who, project, change)


@router.delete("/{project}", status_code=status.HTTP_202_ACCEPTED, **needs(Action.PROJECT_DELETE))
async def delete_project(project: ProjectName, who: Caller, core: Core) -> None:
    """Delete a project with all that is in it; its name is free once clean-up is done."""
    await core.projects.delete(who, project)
