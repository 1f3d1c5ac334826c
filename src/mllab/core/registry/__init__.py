"""Registered models, their versions and aliases, in MLflow's terms."""

from __future__ import annotations

from mllab.core.context import Context
from mllab.core.permissions import Access


class Registry:
    """Registered models, their versions and aliases, in MLflow's terms."""

    def __init__(self, context: Context, access: Access) -> None:
        self._context = context

    async def resolve(
        self, project: str, name: str, *, version: str | None = None, alias: str | None = None
    ) -> str:
        """Return the version that `version` or `alias` means; the newest without either.

        Asks no permission: for other parts of core, after their own check.

        Raises:
            NotFound: there is no such model, version or alias.
        """
        raise NotImplementedError

    async def requirements(self, project: str, name: str, version: str) -> list[str]:
        """Return the lines of the version's `requirements.txt`; none when it has none.

        Raises:
            NotFound: there is no such version.
        """
        raise NotImplementedError

    async def forget_project(self, project: str) -> bool:
        """Delete what is left of the project; True when nothing is. Repeatable."""
        raise NotImplementedError
