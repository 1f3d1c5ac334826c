"""Services: a command with ports, or a registered model."""

from __future__ import annotations

from mllab.core.context import Context
from mllab.core.permissions import Access
from mllab.core.registry import Registry
from mllab.core.workloads import Reach, Workloads
from mllab.model.accounts import Principal


class Services:
    """Services: a command with ports, or a registered model."""

    def __init__(
        self, context: Context, access: Access, workloads: Workloads, registry: Registry
    ) -> None:
        self._context = context
        self._access = access

    async def forget_project(self, project: str) -> bool:
        """Delete what is left of the project; True when nothing is. Repeatable."""
        raise NotImplementedError

    async def reach(self, who: Principal, project: str, service: str, port: int | None) -> Reach:
        """Return how `who` reaches the service; `port` None means its first port.

        Raises NotFound: no such project, service or declared port for this caller.
        """
        raise NotImplementedError
