"""Jobs and job runs."""

from __future__ import annotations

from mllab.core.context import Context
from mllab.core.permissions import Access
from mllab.core.workloads import Workloads


class Jobs:
    """Jobs and job runs."""

    def __init__(self, context: Context, access: Access, workloads: Workloads) -> None:
        self._context = context

    async def forget_project(self, project: str) -> bool:
        """Delete what is left of the project; True when nothing is. Repeatable."""
        raise NotImplementedError
