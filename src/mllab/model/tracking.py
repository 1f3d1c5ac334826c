"""Experiments, runs, metrics, logged models and the model registry."""

from __future__ import annotations

import math
from enum import StrEnum
from typing import Annotated

from pydantic import Field, PlainSerializer

from mllab.model.base import ProjectName, Record, Timestamp
from mllab.model.uses import Origin


def _json_number(value: float) -> float | str:
    """JSON has no NaN and no infinity: they travel as the words that MLflow uses too."""
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


Number = Annotated[float, PlainSerializer(_json_number, when_used="json")]
"""Any double; in JSON `NaN`, `Infinity` and `-Infinity` are strings."""


class Lifecycle(StrEnum):
    """`deleted` things can be restored."""

    ACTIVE = "active"
    DELETED = "deleted"


class RunStatus(StrEnum):
    """What a run's client last said about it."""

    RUNNING = "RUNNING"
    SCHEDULED = "SCHEDULED"
    FINISHED = "FINISHED"
    FAILED = "FAILED"
    KILLED = "KILLED"


class Experiment(Record):
    """A folder of runs; `id` is numeric text, `0` the project's default experiment."""

    project: ProjectName
    id: str
    name: str
    lifecycle: Lifecycle = Lifecycle.ACTIVE
    artifact_location: str
    tags: dict[str, str] = {}
    created_at: Timestamp
    updated_at: Timestamp


class NewExperiment(Record):
    """What it takes to create an experiment."""

    name: str = Field(min_length=1, max_length=500)
    tags: dict[str, str] = Field(default={}, max_length=100)


class Metric(Record):
    """One measured value; `timestamp_ms` is what the client said, since the epoch."""

    key: str
    value: Number
    timestamp_ms: int
    step: int = 0
    model_id: str | None = None
    dataset_name: str | None = None
    dataset_digest: str | None = None


class DatasetInput(Record):
    """A dataset that a run read, as its client described it."""

    name: str
    digest: str
    source_type: str = ""
    source: str = ""
    columns: str | None = None
    profile: str | None = None
    tags: dict[str, str] = {}


class ModelUse(Record):
    """A logged model that a run read or made, and at which step."""

    model_id: str
    step: int = 0


class Run(Record):
    """One run; `metrics` holds the latest value of each key.

    `origin` is the workload that began it, None for what runs outside of the lab.
    """

    project: ProjectName
    id: str
    experiment_id: str
    name: str
    user: str
    status: RunStatus
    lifecycle: Lifecycle = Lifecycle.ACTIVE
    started_at: Timestamp
    ended_at: Timestamp | None = None
    artifact_location: str
    params: dict[str, str] = {}
    tags: dict[str, str] = {}
    metrics: dict[str, Metric] = {}
    datasets: list[DatasetInput] = []
    model_inputs: list[ModelUse] = []
    model_outputs: list[ModelUse] = []
    origin: Origin | None = None


class RunBatch(Record):
    """What a client logs in one go: points, parameters and tags."""

    metrics: list[Metric] = []
    params: list[tuple[str, str]] = []
    tags: list[tuple[str, str]] = []


class Artifact(Record):
    """A file or folder among artifacts; folders have no size."""

    path: str
    is_folder: bool
    size_bytes: int | None = None


class ModelState(StrEnum):
    """Whether a logged model's files are all there."""

    PENDING = "LOGGED_MODEL_PENDING"
    READY = "LOGGED_MODEL_READY"
    UPLOAD_FAILED = "LOGGED_MODEL_UPLOAD_FAILED"


class LoggedModel(Record):
    """A model that a run made; its id begins with `m-`."""

    project: ProjectName
    id: str
    experiment_id: str
    name: str
    model_type: str = ""
    source_run_id: str = ""
    state: ModelState = ModelState.PENDING
    artifact_location: str
    params: dict[str, str] = {}
    tags: dict[str, str] = {}
    metrics: list[Metric] = []
    run_ids: list[str] = []
    created_at: Timestamp
    updated_at: Timestamp


class ModelVersion(Record):
    """One version of a registered model; `location` is where its files are in the lab."""

    project: ProjectName
    name: str
    version: str
    description: str = ""
    stage: str = "None"
    source: str
    location: str
    run_id: str = ""
    run_link: str = ""
    model_id: str = ""
    user: str = ""
    tags: dict[str, str] = {}
    aliases: list[str] = []
    created_at: Timestamp
    updated_at: Timestamp


class AliasTarget(Record):
    """The version that an alias is to point to."""

    version: str = Field(pattern=r"^[0-9]{1,10}$")


class ModelNotes(Record):
    """What a person changes of a registered model or a version of it; what is not given stays.

    An empty description removes it; a tag that is null is removed.
    """

    description: str | None = Field(default=None, max_length=100_000)
    tags: dict[str, str | None] = Field(default={}, max_length=100)


class RegisteredModel(Record):
    """A name under which versions of a model are kept; `aliases` point to versions."""

    project: ProjectName
    name: str
    description: str = ""
    tags: dict[str, str] = {}
    aliases: dict[str, str] = {}
    latest: list[ModelVersion] = []
    created_at: Timestamp
    updated_at: Timestamp
