"""Who uses a version of a dataset or model, and where a run was begun."""

from __future__ import annotations

from enum import StrEnum

from mllab.model.base import ProjectName, Record, Timestamp
from mllab.model.workloads import WorkloadKind, WorkloadState


class UsedBy(StrEnum):
    """What uses something."""

    RUN = "run"
    JOB = "job"
    JOB_RUN = "job-run"
    SERVICE = "service"
    WORKSPACE = "workspace"


class UsedHow(StrEnum):
    """How it is used."""

    READ = "read"
    MADE = "made"
    CODE = "code"
    """A job or service that is defined to run it."""
    SERVES = "serves"


class Origin(Record):
    """The workload from which something was done: a job run, a service or a workspace.

    `name` is the job's, the service's or the user's; `number` that of a job's run.
    """

    workload: str
    kind: WorkloadKind
    name: str
    number: int | None = None


class MadeModel(Record):
    """A version of a registered model that came of a run."""

    name: str
    version: str


class Use(Record):
    """One use of a version of a dataset, a model file or a registered model.

    `version` None means whichever is the newest when it starts. `name` is that of the run,
    the job, the service or the workspace's user; `number` that of a job's run. `alias` is
    the one by which a service asks for a registered model. `at` is when it was first used
    so, or when the job or service was defined. `models` are what came of a run.
    """

    project: ProjectName
    by: UsedBy
    how: UsedHow
    version: int | None
    name: str
    number: int | None = None
    run_id: str | None = None
    experiment_id: str | None = None
    alias: str | None = None
    state: WorkloadState | None = None
    user: str
    at: Timestamp
    models: list[MadeModel] = []
