"""A logged model as a document, and what a search sees of it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from mllab.core.search import Kind
from mllab.core.tracking.bodies import escape, from_ms, plain, unpack_number
from mllab.core.tracking.experiments import artifact_root
from mllab.core.tracking.run_body import from_metric, to_metric
from mllab.model.tracking import LoggedModel, Metric
from mllab.stores.documents.base import Body

_FIELDS = {
    "name": "name",
    "model_id": "id_",
    "model_type": "model_type",
    "status": "state",
    "source_run_id": "source_run_id",
    "creation_timestamp": "created_at",
    "last_updated_timestamp": "updated_at",
}
Dataset = tuple[str, str | None]
"""Name and digest of a dataset (None: any) that a metric was measured on."""


def model_root(experiment_id: str, model_id: str) -> str:
    """Return where a logged model's files are, in MLflow's terms."""
    return f"{artifact_root(experiment_id)}/models/{model_id}/artifacts"


def with_metrics(body: Body, run_id: str, metrics: Sequence[Metric]) -> Body:
    """Return the body with the latest value per key, run and dataset."""
    found = {_place(one): one for one in body["metrics"]}
    for metric in metrics:
        new = from_metric(metric) | {"key": metric.key, "run_id": run_id}
        before = found.get(_place(new))
        if before is None or (new["step"], new["timestamp"]) >= (
            before["step"],
            before["timestamp"],
        ):
            found[_place(new)] = new
    return body | {"metrics": list(found.values())}


def _place(one: Body) -> tuple[Any, ...]:
    return one["key"], one["run_id"], one.get("dataset_name"), one.get("dataset_digest")


def looker(datasets: Sequence[Dataset]) -> Callable[[Body, Kind, str], Any]:
    """Return the lookup of a search; metrics count only if measured on one of `datasets`."""

    def look(body: Body, kind: Kind, key: str) -> Any:
        if kind is Kind.ATTRIBUTE:
            return body[_FIELDS[key]]
        if kind is not Kind.METRIC:
            return body["params" if kind is Kind.PARAM else "tags"].get(escape(key))
        values = (unpack_number(m) for m in on_datasets(body, datasets) if m["key"] == key)
        return next(values, None)

    return look


def on_datasets(body: Body, datasets: Sequence[Dataset]) -> list[Body]:
    """Return the model's metrics that were measured on one of `datasets`; all for none."""
    if not datasets:
        return list(body["metrics"])
    return [one for one in body["metrics"] if any(_is_on(one, dataset) for dataset in datasets)]


def _is_on(metric: Body, dataset: Dataset) -> bool:
    name, digest = dataset
    return metric.get("dataset_name") == name and digest in {None, metric.get("dataset_digest")}


def to_model(body: Body) -> LoggedModel:
    """Return the record of a document."""
    return LoggedModel(
        project=body["project"],
        id=body["id_"],
        experiment_id=body["experiment"],
        name=body["name"],
        model_type=body["model_type"],
        source_run_id=body["source_run_id"],
        state=body["state"],
        artifact_location=body["artifact_location"],
        params=plain(body["params"]),
        tags=plain(body["tags"]),
        metrics=[to_metric(one["key"], one) for one in body["metrics"]],
        run_ids=body["run_ids"],
        created_at=from_ms(body["created_at"]),
        updated_at=from_ms(body["updated_at"]),
    )
