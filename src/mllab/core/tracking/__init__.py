"""Experiments, runs, metrics and artifacts, in MLflow's terms."""

from __future__ import annotations

from mllab.core.context import Context
from mllab.core.permissions import Access


class Tracking:
    """Experiments, runs, metrics and artifacts, in MLflow's terms."""

    def __init__(self, context: Context, access: Access) -> None:
        self._context = context

    async def forget_project(self, project: str) -> bool:
        """Delete what is left of the project; True when nothing is. Repeatable."""
        raise NotImplementedError
