"""What a page shows first: how much there is, what runs, what happened lately and why."""

from __future__ import annotations

from enum import StrEnum

from mllab.model.base import Record, Timestamp
from mllab.model.changes import What
from mllab.model.projects import Project
from mllab.model.work import Workspace


class Event(StrEnum):
    """What became of a thing; the last four are states of what is not over yet."""

    UPLOADED = "uploaded"
    READY = "ready"
    FINISHED = "finished"
    FAILED = "failed"
    STOPPED = "stopped"
    PENDING = "pending"
    STARTING = "starting"
    RUNNING = "running"
    STOPPING = "stopping"


class Happening(Record):
    """Something that happened or goes on since `at`.

    `id` is what the thing's path names it by, `name` what people call it. `number` is a
    file's version or a job run's number, `experiment` the id of a run's experiment. `reason`
    says why, where something failed.
    """

    at: Timestamp
    what: What
    event: Event
    project: str
    id: str
    name: str
    number: int | None = None
    experiment: str | None = None
    user: str | None = None
    reason: str = ""


class Counts(Record):
    """How many there are; `services` and `job_runs` by state, states without any left out."""

    members: int
    datasets: int
    models: int
    registered_models: int
    experiments: int
    runs: int
    jobs: int
    services: dict[str, int]
    job_runs: dict[str, int]


class Overview(Record):
    """A project at a glance; `storage_bytes` are those of dataset and model versions.

    `running` is what runs or waits to run.
    """

    project: Project
    counts: Counts
    storage_bytes: int
    running: list[Happening]
    recent: list[Happening]


class HomeProject(Record):
    """A project of one's own, and when something last happened in it."""

    project: Project
    last_at: Timestamp


class Home(Record):
    """A person's lab at a glance, over all their projects; newest first.

    `workspace` is None for a credential that may not see it.
    """

    projects: list[HomeProject]
    workspace: Workspace | None
    running: list[Happening]
    failed: list[Happening]
    recent: list[Happening]
