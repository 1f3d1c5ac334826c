"""Workspaces, one per user."""

from __future__ import annotations

from mllab.core.context import Context
from mllab.core.permissions import Access
from mllab.core.workloads import Reach, Workloads
from mllab.model.accounts import Principal
from mllab.model.work import Workspace


class Workspaces:
    """Workspaces, one per user."""

    def __init__(self, context: Context, access: Access, workloads: Workloads) -> None:
        self._context = context
        self._access = access

    async def reach(self, who: Principal, user: str) -> Reach:
        """Return how `who` reaches the workspace of `user`: only its own user does."""
        raise NotImplementedError

    async def start(self, who: Principal, user: str) -> Workspace:
        """Ask for the workspace to run; repeatable."""
        raise NotImplementedError
