"""What an admin sees of the whole lab: its projects, everything that runs, its settings."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from mllab.model.base import ProjectName, Record, Timestamp, UserName
from mllab.model.overview import Counts
from mllab.model.projects import Project
from mllab.model.usage import WorkloadUsage
from mllab.model.workloads import Limits, Status, WorkloadKind


class WorkloadEntry(Record):
    """A workload with its owner; `usage` is None for what does not run.

    `name` is its service's or job's, or its user's for a workspace; `number` a job run's.
    `image` is the one it asked for, None for the lab's own.
    """

    id: str
    kind: WorkloadKind
    name: str
    number: int | None = None
    project: ProjectName | None
    user: UserName
    status: Status
    limits: Limits
    image: str | None = None
    usage: WorkloadUsage | None = None


class ProjectEntry(Record):
    """A project with its owners and what it holds; `storage_bytes` as in its overview.

    One that is being deleted is listed until clean-up is done.
    """

    project: Project
    owners: list[UserName]
    counts: Counts
    storage_bytes: int


class Orphan(Record):
    """A thing that the runtime keeps and nobody owns: a container, network, volume or folder.

    `was_of` names the owner that is not known any more. `removed` and `fault` tell what came
    of a removal.
    """

    id: str
    kind: str
    name: str
    was_of: str
    running: bool
    created_at: Timestamp | None
    removed: bool = False
    fault: str = ""


class OrphanList(Record):
    """All orphans, in the order in which they can be removed."""

    items: list[Orphan]


class OrphanRemoval(Record):
    """Which orphans shall go, by their ids as the list gave them."""

    ids: Annotated[list[str], Field(max_length=10_000)]


class Source(StrEnum):
    """Where a setting's value comes from."""

    DEFAULT = "default"
    ENVIRONMENT = "environment"
    GIVEN = "given"
    """By a flag of the command line or the settings file."""


class SettingEntry(Record):
    """A setting as it stands; a secret's `value` is "set" or empty."""

    name: str
    value: str
    source: Source
    description: str


class SettingEntries(Record):
    """All settings."""

    items: list[SettingEntry]
