"""Experiments, runs and registered models of a project.

For reading and tidying up. To log from a training, point an `mlflow` client at
`tracking_uri` (in a workload it is set already).
"""

from __future__ import annotations

import builtins
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

from mllab.client.http import Http
from mllab.errors import NotFound
from mllab.model.previews import Preview
from mllab.model.tracking import (
    Artifact,
    Experiment,
    Metric,
    ModelVersion,
    RegisteredModel,
    Run,
)
from mllab.model.uses import Use


def _part(text: str) -> str:
    return quote(text, safe="")


class _Artifacts:
    """The artifacts below one address of the API."""

    def __init__(self, http: Http, base: str) -> None:
        self._http = http
        self._base = f"{base}/artifacts"
        self._preview = f"{base}/preview"

    def list(self, path: str = "") -> builtins.list[Artifact]:
        """Return what lies in the folder `path`; paths are relative to it."""
        page = self._http.json("GET", self._base, params={"path": path})
        return [Artifact.model_validate(item) for item in page["items"]]

    def walk(self, path: str = "") -> Iterator[str]:
        """Yield the paths of all files in the folder `path` and below."""
        for one in self.list(path):
            below = f"{path}/{one.path}" if path else one.path
            if one.is_folder:
                yield from self.walk(below)
            else:
                yield below

    def preview(self, path: str, *, rows: int = 100) -> Preview:
        """Return the beginning of the file `path`: rows and statistics, text, or cells."""
        found = self._http.json("GET", self._preview, params={"path": path, "rows": rows})
        return Preview.model_validate(found)

    def download(self, path: str, target: Path) -> Path:
        """Write the file `path` to `target`, which appears whole or not at all."""
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_name(f".{target.name}.part")
        try:
            with (
                self._http.stream("GET", f"{self._base}/{quote(path)}") as answer,
                partial.open("wb") as file,
            ):
                for chunk in answer.iter_bytes():
                    file.write(chunk)
            partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)
        return target


class Experiments:
    """Experiments of one project, and their runs."""

    def __init__(self, http: Http, project: str) -> None:
        self._http = http
        self._base = f"/projects/{project}"
        self.tracking_uri = f"{http.endpoint}/api/projects/{project}/mlflow"

    def list(self, filter: str = "", *, deleted: bool = False) -> builtins.list[Experiment]:
        """Return experiments, the newest first."""
        items = self._http.pages(f"{self._base}/experiments", filter=filter, deleted=deleted)
        return [Experiment.model_validate(item) for item in items]

    def create(self, name: str, tags: dict[str, str] | None = None) -> Experiment:
        """Create an experiment. Raises Conflict when the name is taken."""
        body = {"name": name, "tags": tags or {}}
        made = self._http.json("POST", f"{self._base}/experiments", json=body)
        return Experiment.model_validate(made)

    def get(self, experiment: str) -> Experiment:
        """Return the experiment with this id or, failing that, this name. Raises NotFound."""
        try:
            found = self._http.json("GET", f"{self._base}/experiments/{_part(experiment)}")
        except NotFound:
            named = [one for one in self.list() if one.name == experiment]
            if not named:
                raise
            return named[0]
        return Experiment.model_validate(found)

    def change(
        self,
        experiment: str,
        *,
        name: str | None = None,
        note: str | None = None,
        tags: Mapping[str, str | None] | None = None,
    ) -> Experiment:
        """Change what is given of an experiment (id or name); a tag that is None is removed."""
        body = {"name": name, "note": note, "tags": dict(tags or {})}
        path = f"{self._base}/experiments/{self.get(experiment).id}"
        return Experiment.model_validate(self._http.json("PATCH", path, json=body))

    def delete(self, experiment: str) -> None:
        """Mark an experiment (id or name) as deleted."""
        self._http.json("DELETE", f"{self._base}/experiments/{self.get(experiment).id}")

    def restore(self, experiment_id: str) -> Experiment:
        """Take back a deletion; by id."""
        found = self._http.json("POST", f"{self._base}/experiments/{_part(experiment_id)}/restore")
        return Experiment.model_validate(found)

    def runs(
        self,
        experiment: str,
        filter: str = "",
        order_by: Sequence[str] = (),
        *,
        limit: int | None = None,
    ) -> builtins.list[Run]:
        """Return runs of an experiment (id or name), the last started first; all for None."""
        path = f"{self._base}/experiments/{self.get(experiment).id}/runs"
        page_size = min(limit or 1000, 1000)
        items = self._http.pages(path, filter=filter, order_by=list(order_by), limit=page_size)
        return [Run.model_validate(item) for item, _ in zip(items, _counted(limit), strict=False)]

    def run(self, run_id: str) -> Run:
        """Return a run. Raises NotFound."""
        return Run.model_validate(self._http.json("GET", f"{self._base}/runs/{_part(run_id)}"))

    def delete_run(self, run_id: str) -> None:
        """Mark a run as deleted."""
        self._http.json("DELETE", f"{self._base}/runs/{_part(run_id)}")

    def metric(self, run_id: str, key: str) -> builtins.list[Metric]:
        """Return all points of a metric by time and step."""
        items = self._http.pages(f"{self._base}/runs/{_part(run_id)}/metrics/{quote(key)}")
        return [Metric.model_validate(item) for item in items]

    def artifacts(self, run_id: str) -> _Artifacts:
        """Return the artifacts of a run: `list walk preview download`."""
        return _Artifacts(self._http, f"{self._base}/runs/{_part(run_id)}")


def _counted(limit: int | None) -> Iterator[int]:
    number = 0
    while limit is None or number < limit:
        yield number
        number += 1


class Registry:
    """Registered models of one project."""

    def __init__(self, http: Http, project: str) -> None:
        self._http = http
        self._base = f"/projects/{project}/registry"

    def list(self, filter: str = "") -> builtins.list[RegisteredModel]:
        """Return the registered models by name."""
        items = self._http.pages(self._base, filter=filter)
        return [RegisteredModel.model_validate(item) for item in items]

    def get(self, name: str) -> RegisteredModel:
        """Return a registered model. Raises NotFound."""
        return RegisteredModel.model_validate(self._http.json("GET", f"{self._base}/{_part(name)}"))

    def delete(self, name: str) -> None:
        """Delete a registered model with all its versions."""
        self._http.json("DELETE", f"{self._base}/{_part(name)}")

    def change(
        self,
        name: str,
        *,
        description: str | None = None,
        tags: Mapping[str, str | None] | None = None,
    ) -> RegisteredModel:
        """Change what is given of a model; a tag that is None is removed."""
        body = {"description": description, "tags": dict(tags or {})}
        found = self._http.json("PATCH", f"{self._base}/{_part(name)}", json=body)
        return RegisteredModel.model_validate(found)

    def uses(self, name: str) -> builtins.list[Use]:
        """Return the services that serve a model, by name."""
        items = self._http.pages(f"{self._base}/{_part(name)}/uses")
        return [Use.model_validate(item) for item in items]

    def versions(self, name: str) -> builtins.list[ModelVersion]:
        """Return the versions of a model, the newest first."""
        items = self._http.pages(f"{self._base}/{_part(name)}/versions")
        return [ModelVersion.model_validate(item) for item in items]

    def version(self, name: str, version: str | int) -> ModelVersion:
        """Return one version. Raises NotFound."""
        return ModelVersion.model_validate(self._http.json("GET", self._at(name, version)))

    def change_version(
        self,
        name: str,
        version: str | int,
        *,
        description: str | None = None,
        tags: Mapping[str, str | None] | None = None,
    ) -> ModelVersion:
        """Change what is given of a version; a tag that is None is removed."""
        body = {"description": description, "tags": dict(tags or {})}
        found = self._http.json("PATCH", self._at(name, version), json=body)
        return ModelVersion.model_validate(found)

    def delete_version(self, name: str, version: str | int) -> None:
        """Delete one version and the aliases that point to it."""
        self._http.json("DELETE", self._at(name, version))

    def set_alias(self, name: str, alias: str, version: str | int) -> RegisteredModel:
        """Let an alias point to a version."""
        path = f"{self._base}/{_part(name)}/aliases/{_part(alias)}"
        found = self._http.json("PUT", path, json={"version": str(version)})
        return RegisteredModel.model_validate(found)

    def delete_alias(self, name: str, alias: str) -> None:
        """Remove an alias."""
        self._http.json("DELETE", f"{self._base}/{_part(name)}/aliases/{_part(alias)}")

    def artifacts(self, name: str, version: str | int) -> _Artifacts:
        """Return the files of a version: `list walk preview download`."""
        return _Artifacts(self._http, self._at(name, version))

    def _at(self, name: str, version: str | int) -> str:
        return f"{self._base}/{_part(name)}/versions/{_part(str(version))}"
