"""Records in MLflow's JSON: times in milliseconds, maps as lists of key and value. Pure.

int64 goes out as a number, as MLflow's own server writes it; NaN and infinities as words.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from mllab.model.tracking import (
    Artifact,
    DatasetInput,
    Experiment,
    LoggedModel,
    Metric,
    ModelVersion,
    RegisteredModel,
    Run,
)

Json = dict[str, Any]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def ms(moment: datetime) -> int:
    """Return milliseconds since the epoch."""
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def pairs(values: Mapping[str, str]) -> list[Json]:
    """Return a map as MLflow writes it."""
    return [{"key": key, "value": value} for key, value in values.items()]


def number(value: float) -> float | str:
    """Return a double as protobuf's JSON has it."""
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def _present(values: Json) -> Json:
    return {key: value for key, value in values.items() if value not in (None, "")}


def experiment(one: Experiment) -> Json:
    """Return `Experiment`."""
    return {
        "experiment_id": one.id,
        "name": one.name,
        "artifact_location": one.artifact_location,
        "lifecycle_stage": one.lifecycle,
        "creation_time": ms(one.created_at),
        "last_update_time": ms(one.updated_at),
        "tags": pairs(one.tags),
    }


def metric(one: Metric, run_id: str | None = None) -> Json:
    """Return `Metric`, or `MetricWithRunId` with `run_id`."""
    return {
        "key": one.key,
        "value": number(one.value),
        "timestamp": one.timestamp_ms,
        "step": one.step,
    } | _present(
        {
            "model_id": one.model_id,
            "dataset_name": one.dataset_name,
            "dataset_digest": one.dataset_digest,
            "run_id": run_id,
        }
    )


def run_info(one: Run) -> Json:
    """Return `RunInfo`."""
    info = {
        "run_id": one.id,
        "run_uuid": one.id,
        "run_name": one.name,
        "experiment_id": one.experiment_id,
        "user_id": one.user,
        "status": one.status,
        "start_time": ms(one.started_at),
        "artifact_uri": one.artifact_location,
        "lifecycle_stage": one.lifecycle,
    }
    return info if one.ended_at is None else info | {"end_time": ms(one.ended_at)}


def run(one: Run) -> Json:
    """Return `Run`."""
    return {
        "info": run_info(one),
        "data": {
            "metrics": [metric(m) for m in one.metrics.values()],
            "params": pairs(one.params),
            "tags": pairs(one.tags),
        },
        "inputs": {
            "dataset_inputs": [_dataset(d) for d in one.datasets],
            "model_inputs": [{"model_id": m.model_id} for m in one.model_inputs],
        },
        "outputs": {
            "model_outputs": [{"model_id": m.model_id, "step": m.step} for m in one.model_outputs]
        },
    }


def _dataset(one: DatasetInput) -> Json:
    facts = {
        "name": one.name,
        "digest": one.digest,
        "source_type": one.source_type,
        "source": one.source,
        "schema": one.columns,
        "profile": one.profile,
    }
    return {"tags": pairs(one.tags), "dataset": _present(facts)}


def artifact(one: Artifact, below: str = "") -> Json:
    """Return `FileInfo`; `below` is the folder that the path is to be given from."""
    path = f"{below}/{one.path}" if below else one.path
    facts = {"path": path, "is_dir": one.is_folder}
    return facts if one.size_bytes is None else facts | {"file_size": one.size_bytes}


def logged_model(one: LoggedModel) -> Json:
    """Return `LoggedModel`."""
    info = {
        "model_id": one.id,
        "experiment_id": one.experiment_id,
        "name": one.name,
        "creation_timestamp_ms": ms(one.created_at),
        "last_updated_timestamp_ms": ms(one.updated_at),
        "artifact_uri": one.artifact_location,
        "status": one.state,
        "model_type": one.model_type,
        "source_run_id": one.source_run_id,
    }
    source = one.source_run_id or None
    return {
        "info": _present(info) | {"tags": pairs(one.tags)},
        "data": {
            "params": pairs(one.params),
            "metrics": [metric(m, source) for m in one.metrics],
        },
    }


def model_version(one: ModelVersion) -> Json:
    """Return `ModelVersion`."""
    facts = {
        "name": one.name,
        "version": one.version,
        "creation_timestamp": ms(one.created_at),
        "last_updated_timestamp": ms(one.updated_at),
        "user_id": one.user,
        "current_stage": one.stage,
        "description": one.description,
        "source": one.source,
        "run_id": one.run_id,
        "run_link": one.run_link,
        "model_id": one.model_id,
        "status": "READY",
    }
    return _present(facts) | {"tags": pairs(one.tags), "aliases": one.aliases}


def registered_model(one: RegisteredModel) -> Json:
    """Return `RegisteredModel`."""
    facts = {
        "name": one.name,
        "creation_timestamp": ms(one.created_at),
        "last_updated_timestamp": ms(one.updated_at),
        "description": one.description,
    }
    return _present(facts) | {
        "latest_versions": [model_version(v) for v in one.latest],
        "tags": pairs(one.tags),
        "aliases": [{"alias": alias, "version": v} for alias, v in one.aliases.items()],
    }


def page(name: str, items: list[Json], cursor: str | None) -> Json:
    """Return a page of a search."""
    return {name: items} if cursor is None else {name: items, "next_page_token": cursor}
