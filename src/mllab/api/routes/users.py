"""User accounts, for admins and for oneself."""

from __future__ import annotations

from fastapi import APIRouter, status

from mllab.api.deps import Caller, Core, Cursor, Limit, NamePart, needs
from mllab.core.permissions import Action
from mllab.model.accounts import NewUser, User, UserChange
from mllab.model.base import Page, UserName

router = APIRouter(prefix="/users", tags=["users"])


@router.get("", **needs(Action.USER_LIST))
async def list_users(
    who: Caller, core: Core, q: NamePart = "", limit: Limit = 100, cursor: Cursor = None
) -> Page[User]:
    """Return all users by name, or those whose name or full name holds `q`."""
    return await core.users.list(who, q=q, limit=limit, cursor=cursor)


@router.post("", status_code=status.HTTP_201_CREATED, **needs(Action.USER_CREATE))
async def create_user(new: NewUser, who: Caller, core: Core) -> User:
    """Create an account."""
    return await core.users.create(who, new)


@router.get("/{user}", **needs(Action.USER_READ))
async def get_user(user: UserName, who: Caller, core: Core) -> User:
    """Return one user."""
    return await core.users.get(who, user)


@router.patch("/{user}", **needs(Action.USER_UPDATE))
async def update_user(user: UserName, change: UserChange, who: Caller, core: Core) -> User:
    """Change the fields that are given; `is_admin` and `is_active` are for admins.

    Whoever changes their own password gives `current_password` too; a new password ends
    the user's other sessions.
    """
    return await core.users.update(who, user, change)


@router.delete("/{user}", status_code=status.HTTP_204_NO_CONTENT, **needs(Action.USER_ADMINISTER))
async def delete_user(user: UserName, who: Caller, core: Core) -> None:
    """Delete an account with its tokens and memberships."""
    await core.users.delete(who, user)
