"""Where a version's files may come from: this project's own artifacts and nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from mllab.core.tracking.artifacts import SCHEME, location_path
from mllab.core.tracking.logged_models import LoggedModels
from mllab.errors import InvalidInput, NotFound
from mllab.stores.documents.base import DocumentStore


@dataclass(frozen=True)
class Source:
    """What a source means: a path among the artifacts, and the ids known from it."""

    path: str
    model_id: str = ""
    run_id: str = ""


class Sources:
    """Resolves what clients call a source. Asks no permission."""

    def __init__(self, documents: DocumentStore, models: LoggedModels) -> None:
        self._documents = documents
        self._models = models

    async def resolve(self, project: str, source: str) -> Source:
        """Return what `models:/m-…`, `runs:/…` or `mlflow-artifacts:/…` means.

        Raises:
            InvalidInput: another scheme, host or a path that leads out of the project.
            NotFound: there is no such logged model or run in this project.
        """
        scheme, _, rest = source.partition(":/")
        if scheme == "models" and rest.startswith("m-"):
            return await self._model(project, rest)
        if scheme == "runs":
            return await self._run(project, rest)
        if scheme == "mlflow-artifacts":
            return await self._place(project, location_path(source))
        raise InvalidInput(
            f"Invalid model version source {source[:200]!r}: use models:/m-…, runs:/… or "
            f"{SCHEME}… of this project."
        )

    async def _model(self, project: str, model_id: str) -> Source:
        body = await self._models.body(project, model_id)
        path = location_path(body["artifact_location"])
        return Source(path, model_id, str(body["source_run_id"]))

    async def _run(self, project: str, rest: str) -> Source:
        run_id, _, below = rest.partition("/")
        found = await self._documents.get("runs", f"{project}/{run_id}")
        if found is None:
            raise NotFound("run", run_id)
        return Source(location_path(f"{found.body['artifact_location']}/{below}"), run_id=run_id)

    async def _place(self, project: str, path: str) -> Source:
        parts = path.split("/")
        if len(parts) >= 4 and parts[1] == "models":
            body = await self._models.body(project, parts[2])
            return Source(path, parts[2], str(body["source_run_id"]))
        return Source(path)
