"""One run of an experiment, written over the lab's MLflow protocol by plain HTTP.

Knows the protocol's calls for one run; what is logged and when, `Experiment` decides.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

from mllab.client.http import Http, part
from mllab.client.transfer import no_progress, outgoing
from mllab.errors import Conflict, NotFound

_ARTIFACTS = "mlflow-artifacts:/"


class RunLog:
    """A run that was begun in the lab."""

    def __init__(self, http: Http, project: str, experiment: str, run_name: str) -> None:
        """Begin a run of the experiment called `experiment`, which is made if need be."""
        self._http = http
        self._base = f"/projects/{part(project)}/mlflow/api/2.0"
        self.experiment_id = self._experiment_id(experiment)
        answer = self._post(
            "runs/create",
            experiment_id=self.experiment_id,
            run_name=run_name,
            start_time=_now(),
        )
        info = answer["run"]["info"]
        self.id: str = info["run_id"]
        self._artifacts = str(info["artifact_uri"]).removeprefix(_ARTIFACTS).strip("/")

    def log(
        self,
        *,
        params: dict[str, str] | None = None,
        metrics: list[tuple[str, float, int]] | None = None,
        tags: dict[str, str] | None = None,
    ) -> None:
        """Log parameters, points of metrics (key, value, step) and tags in one go."""
        if not (params or metrics or tags):
            return
        now = _now()
        self._post(
            "runs/log-batch",
            run_id=self.id,
            params=_pairs(params),
            tags=_pairs(tags),
            metrics=[
                {"key": key, "value": value, "step": step, "timestamp": now}
                for key, value, step in metrics or []
            ],
        )

    def log_dataset(self, key: str, version: int) -> None:
        """Say that the run read a version of a file."""
        dataset = {
            "name": key,
            "digest": f"v{version}",
            "source_type": "mllab",
            "source": json.dumps({"key": key, "version": version}),
        }
        self._post("runs/log-inputs", run_id=self.id, datasets=[{"tags": [], "dataset": dataset}])

    def upload(self, file: Path, path: str) -> None:
        """Store a file among the run's artifacts as `path`."""
        url = f"{self._base}/mlflow-artifacts/artifacts/{quote(f'{self._artifacts}/{path}')}"
        with outgoing(file, no_progress) as sent:
            headers = {"Content-Length": str(sent.size)}
            self._http.json("PUT", url, content=iter(sent), headers=headers)

    def finish(self, status: str) -> None:
        """End the run as `FINISHED`, `FAILED` or `KILLED`."""
        self._post("runs/update", run_id=self.id, status=status, end_time=_now())

    def _experiment_id(self, name: str) -> str:
        try:
            return str(self._post("experiments/create", name=name)["experiment_id"])
        except Conflict:
            url = f"{self._base}/mlflow/experiments/get-by-name"
            found = self._http.json("GET", url, params={"experiment_name": name})["experiment"]
        if found.get("lifecycle_stage") == "deleted":
            raise NotFound("experiment", name, "It was deleted: restore it or take another name.")
        return str(found["experiment_id"])

    def _post(self, call: str, **body: Any) -> dict[str, Any]:
        return dict(self._http.json("POST", f"{self._base}/mlflow/{call}", json=body) or {})


def _pairs(values: dict[str, str] | None) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in (values or {}).items()]


def _now() -> int:
    return int(time.time() * 1000)
