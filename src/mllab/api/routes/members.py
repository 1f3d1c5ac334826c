"""Who is in a project, and with which role."""

from __future__ import annotations

from fastapi import APIRouter, status

from mllab.api.deps import Caller, Core, Cursor, Limit, needs
from mllab.core.permissions import Action
from mllab.model.base import Page, ProjectName, UserName
from mllab.model.projects import Member, MemberRole

router = APIRouter(prefix="/projects/{project}/members", tags=["members"])


@router.get("", **needs(Action.MEMBER_READ))
async def list_members(
    project: ProjectName, who: Caller, core: Core, limit: Limit = 100, cursor: Cursor = None
) -> Page[Member]:
    """Return the members of the project by name."""
    return await core.members.list(who, project, limit=limit, cursor=cursor)


@router.put("/{user}", **needs(Action.MEMBER_WRITE))
async def put_member(
    project: ProjectName, user: UserName, given: MemberRole, who: Caller, core: Core
) -> Member:
    """Give the user this role, adding them if need be."""
    return await core.members.put(who, project, user, given.role)


@router.delete("/{user}", status_code=status.HTTP_204_NO_CONTENT, **needs(Action.MEMBER_WRITE))
async def remove_member(project: ProjectName, user: UserName, who: Caller, core: Core) -> None:
    """Remove a member; everybody may remove themselves."""
    await core.members.remove(who, project, user)
