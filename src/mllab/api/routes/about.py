"""What the lab can do."""

from __future__ import annotations

from fastapi import APIRouter

from mllab.api.deps import Caller, Core, needs
from mllab.core.permissions import Action
from mllab.model.about import About

router = APIRouter(prefix="/about", tags=["about"])


@router.get("", **needs(Action.LAB_ABOUT))
async def get_about(who: Caller, core: Core) -> About:
    """Return the lab's version, its runtime and what that can do, its images and limits."""
    return await core.abouts.get(who)
