"""Search by name."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from mllab.api.deps import Caller, Core, needs
from mllab.core.permissions import Action
from mllab.model.finding import Hits

router = APIRouter(tags=["search"])


@router.get("/search", **needs(Action.PROJECT_LIST))
async def search(
    who: Caller,
    core: Core,
    q: Annotated[str, Query(max_length=200)],
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> Hits:
    """Return what the caller may see and is called like `q`, the best first."""
    return await core.finder.find(who, q, limit)
