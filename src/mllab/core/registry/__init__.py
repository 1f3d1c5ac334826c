"""Registered models, their versions and aliases, in MLflow's terms."""

from __future__ import annotations

from mllab.core.context import Context
from mllab.core.permissions import Access
from mllab.core.registry.models import RegisteredModels
from mllab.core.registry.sources import Sources
from mllab.core.registry.versions import ModelVersions
from mllab.core.tracking import Tracking
from mllab.core.tracking.bodies import Changes, escape
from mllab.errors import NotFound
from mllab.stores.documents.base import Where

_MOST_REQUIREMENTS_BYTES = 1_000_000


class Registry:
    """`models versions` of all projects, and what services ask about them."""

    def __init__(self, context: Context, access: Access, tracking: Tracking) -> None:
        self._documents = context.documents
        self._artifacts = tracking.artifacts
        changes = Changes(context.documents)
        self.models = RegisteredModels(context, access, changes)
        sources = Sources(context.documents, tracking.models)
        self.versions = ModelVersions(context, access, changes, self.models, sources)

    async def resolve(
        self, project: str, name: str, *, version: str | None = None, alias: str | None = None
    ) -> str:
        """Return the version that `version` or `alias` means; the newest without either.

        Asks no permission: for other parts of core, after their own check.

        Raises:
            NotFound: there is no such model, version or alias.
        """
        if version is not None:
            _, body = await self.versions.bodies(project, name, version)
            return str(body["version"])
        model = await self.models.body(project, name)
        if alias is not None:
            found = model["aliases"].get(escape(alias))
        else:
            numbers = [body["version"] for body in await self.models.versions(model)]
            found = max(numbers, default=None)
        if found is None:
            wanted = f"{name}@{alias}" if alias is not None else f"{name} (any version)"
            raise NotFound("registered model", wanted)
        return str(found)

    async def location(self, project: str, name: str, version: str) -> str:
        """Return the path of the version's files among the artifacts; "" for a prompt.

        Asks no permission. Raises NotFound.
        """
        _, body = await self.versions.bodies(project, name, version)
        return str(body["location"])

    async def requirements(self, project: str, name: str, version: str) -> list[str]:
        """Return the lines of the version's `requirements.txt`; none when it has none.

        Asks no permission.

        Raises:
            NotFound: there is no such version.
        """
        path = await self.location(project, name, version)
        file = f"{path}/requirements.txt"
        text = path and await self._artifacts.text(project, file, _MOST_REQUIREMENTS_BYTES)
        lines = [line.strip() for line in (text or "").splitlines()]
        return [line for line in lines if line and not line.startswith("#")]

    async def forget_project(self, project: str) -> bool:
        """Delete what is left of the project; True when nothing is. Repeatable."""
        mine = Where("id", "prefix", f"{project}/")
        await self._documents.delete_where("model_versions", mine)
        await self._documents.delete_where("registered_models", mine)
        names = Where("id", "prefix", f"{project}/registered-model/")
        await self._documents.delete_where("names", names)
        return True
