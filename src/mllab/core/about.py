"""What this lab can do, so that a form asks only for what it can have.

Says nothing of other users or of secrets: anybody who is signed in may know it.
"""

from __future__ import annotations

from mllab import __version__
from mllab.config import Settings
from mllab.core.context import Context
from mllab.core.permissions import Access, Action
from mllab.model.about import About, ImageRules
from mllab.model.accounts import Principal
from mllab.model.workloads import Limits
from mllab.runtimes.base import Capability, Runtime


class Abouts:
    """Tells of the lab."""

    def __init__(self, context: Context, access: Access, runtime: Runtime) -> None:
        self._settings = context.settings
        self._access = access
        self._runtime = runtime

    async def get(self, who: Principal) -> About:
        """Return what the lab can do now: a GPU may have come since it was started."""
        await self._access.require(who, Action.LAB_ABOUT)
        settings, can = self._settings, self._runtime.capabilities
        return About(
            version=__version__,
            runtime=self._runtime.name,
            capabilities=sorted(map(str, can)),
            images=_images(settings) if Capability.IMAGES in can else None,
            largest_limits=Limits(
                cpu_cores=settings.max_cpu_cores, memory_mib=settings.max_memory_mib
            ),
            default_limits=Limits(
                cpu_cores=settings.cpu_limit, memory_mib=settings.memory_limit_mib
            ),
        )


def _images(settings: Settings) -> ImageRules:
    return ImageRules(
        default=settings.workspace_image,
        model=settings.model_image,
        allowed=settings.image_patterns,
    )
