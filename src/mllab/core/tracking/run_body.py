"""A run as a document: how it begins, what a batch makes of it, what a search sees. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from mllab.core.search import Kind
from mllab.core.tracking.bodies import (
    escape,
    fields,
    from_ms,
    pack_number,
    plain,
    unescape,
    unpack_number,
)
from mllab.core.tracking.experiments import artifact_root
from mllab.errors import InvalidInput
from mllab.model.tracking import DatasetInput, Metric, ModelUse, Run, RunBatch
from mllab.stores.documents.base import Body

NAME_TAG = "mlflow.runName"
_CONTEXT_TAG = "mlflow.data.context"
FIELDS = {
    "artifact_uri": "artifact_location",
    "end_time": "ended_at",
    "run_id": "id_",
    "run_name": "name",
    "start_time": "started_at",
    "status": "status",
    "user_id": "user",
}
"""An attribute's name in a search -> the field of the run's document."""


def run_root(experiment_id: str, run_id: str) -> str:
    """Return where a run's artifacts are, in MLflow's terms."""
    return f"{artifact_root(experiment_id)}/{run_id}/artifacts"


def check_params(body: Body, params: Iterable[tuple[str, str]]) -> None:
    """Return if all `params` are new or have the value that they had.

    Raises:
        InvalidInput: a parameter would change; they are written once.
    """
    known: dict[str, str] = dict(body["params"])
    for key, value in params:
        before = known.setdefault(escape(key), value)
        if before != value:
            raise InvalidInput(
                f"Changing param values is not allowed. Param with key={key!r} was already "
                f"logged with value={before!r} for run ID={body['id_']!r}. Attempted logging "
                f"new value {value!r}. Log it in a nested run instead."
            )


def with_batch(body: Body, batch: RunBatch) -> Body | None:
    """Return the body with a batch's params, tags and latest metrics; None if that is the same.

    Raises:
        InvalidInput: a parameter would change.
    """
    check_params(body, batch.params)
    tags = fields(batch.tags)
    changed = body | {
        "params": body["params"] | fields(batch.params),
        "tags": body["tags"] | tags,
        "metrics": _latest(body["metrics"], batch.metrics),
    }
    if escape(NAME_TAG) in tags:
        changed["name"] = tags[escape(NAME_TAG)]
    return None if changed == body else changed


def _latest(stored: Body, metrics: Iterable[Metric]) -> Body:
    found = dict(stored)
    for metric in metrics:
        name = escape(metric.key)
        before = found.get(name)
        if before is None or _rank(metric) > _rank(to_metric(metric.key, before)):
            found[name] = from_metric(metric)
    return found


def _rank(metric: Metric) -> tuple[int, int, float]:
    # NaN ranks below every number, so that it never hides one of the same step and time.
    value = metric.value if metric.value == metric.value else float("-inf")
    return metric.step, metric.timestamp_ms, value


def from_metric(metric: Metric) -> Body:
    """Return the stored form of a latest value."""
    body = pack_number(metric.value) | {"timestamp": metric.timestamp_ms, "step": metric.step}
    extra = {
        "model_id": metric.model_id,
        "dataset_name": metric.dataset_name,
        "dataset_digest": metric.dataset_digest,
    }
    return body | {key: value for key, value in extra.items() if value}


def to_metric(key: str, body: Body) -> Metric:
    """Return the record of a stored latest value."""
    return Metric(
        key=key,
        value=unpack_number(body),
        timestamp_ms=body["timestamp"],
        step=body["step"],
        model_id=body.get("model_id"),
        dataset_name=body.get("dataset_name"),
        dataset_digest=body.get("dataset_digest"),
    )


def to_run(body: Body) -> Run:
    """Return the record of a run's document."""
    ended = body["ended_at"]
    return Run(
        project=body["project"],
        id=body["id_"],
        experiment_id=body["experiment"],
        name=body["name"],
        user=body["user"],
        status=body["status"],
        lifecycle=body["lifecycle"],
        started_at=from_ms(body["started_at"]),
        ended_at=None if ended is None else from_ms(ended),
        artifact_location=body["artifact_location"],
        params=plain(body["params"]),
        tags=plain(body["tags"]),
        metrics={unescape(k): to_metric(unescape(k), v) for k, v in body["metrics"].items()},
        datasets=[DatasetInput(**one) for one in body["datasets"]],
        model_inputs=[ModelUse(**one) for one in body["model_inputs"]],
        model_outputs=[ModelUse(**one) for one in body["model_outputs"]],
        origin=body.get("origin"),
    )


def look(body: Body, kind: Kind, key: str) -> Any:
    """Return what a search means by `kind` and `key` for the run."""
    if kind is Kind.ATTRIBUTE:
        return body[FIELDS[key]]
    if kind is Kind.METRIC:
        found = body["metrics"].get(escape(key))
        return None if found is None else unpack_number(found)
    if kind is Kind.PARAM:
        return body["params"].get(escape(key))
    if kind is Kind.TAG:
        return body["tags"].get(escape(key))
    return dataset_values(body["datasets"], key)


def dataset_values(datasets: Sequence[Body], key: str) -> list[str]:
    """Return the names, digests or contexts of the datasets that a run read."""
    if key != "context":
        return [one[key] for one in datasets]
    return [one["tags"][_CONTEXT_TAG] for one in datasets if _CONTEXT_TAG in one["tags"]]
