"""Secrets of a project: encrypted at rest, never returned, given to workloads."""

from __future__ import annotations

from mllab.core.context import Context
from mllab.core.permissions import Access


class Secrets:
    """Secrets of a project: encrypted at rest, never returned, given to workloads."""

    def __init__(self, context: Context, access: Access) -> None:
        self._context = context

    async def values(self, project: str) -> dict[str, str]:
        """Return all secrets in clear, for control to hand to a workload; no caller's rule."""
        raise NotImplementedError

    async def forget_project(self, project: str) -> bool:
        """Delete what is left of the project; True when nothing is. Repeatable."""
        raise NotImplementedError
