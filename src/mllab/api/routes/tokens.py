"""One's own tokens and sessions."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, status

from mllab.api.deps import Caller, Core, Cursor, Limit, needs
from mllab.core.permissions import Action
from mllab.model.accounts import IssuedToken, NewToken, Token
from mllab.model.base import Page, UserName

router = APIRouter(prefix="/tokens", tags=["tokens"])

TokenId = Annotated[str, Path(pattern="^tok_[0-9a-f]{20}$")]


@router.get("", **needs(Action.TOKEN_READ))
async def list_tokens(
    who: Caller,
    core: Core,
    user: Annotated[UserName | None, Query(description="Another user, for admins.")] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[Token]:
    """Return the caller's tokens and sessions, newest first."""
    return await core.tokens.list(who, user=user, limit=limit, cursor=cursor)


@router.post("", status_code=status.HTTP_201_CREATED, **needs(Action.TOKEN_WRITE))
async def create_token(new: NewToken, who: Caller, core: Core) -> IssuedToken:
    """Make a token; its secret is in this answer and never again."""
    return await core.tokens.create(who, new)


@router.delete("/{token}", status_code=status.HTTP_204_NO_CONTENT, **needs(Action.TOKEN_WRITE))
async def delete_token(token: TokenId, who: Caller, core: Core) -> None:
    """Revoke a token or end a session."""
    await core.tokens.delete(who, token)
