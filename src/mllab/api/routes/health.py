"""Whether the lab lives (`/health`) and is ready for work (`/ready`)."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from mllab import __version__
from mllab.api.deps import Core, needs
from mllab.errors import Unavailable

router = APIRouter(tags=["health"])


@router.get("/health", **needs(None))
async def health(core: Core) -> dict[str, Any]:
    """Return the lab's version and the state of each of its parts."""
    components = await core.health()
    status = "ok" if all(state == "ok" for state in components.values()) else "degraded"
    return {"status": status, "version": __version__, "components": components}


@router.get("/ready", **needs(None))
async def ready(core: Core) -> dict[str, str]:
    """Answer 200 once every part works, else 503 that names the parts."""
    failing = {name: s for name, s in (await core.faults()).items() if s != "ok"}
    if failing:
        raise Unavailable(f"Not ready: {', '.join(failing)}.", components=failing)
    return {"status": "ready"}
