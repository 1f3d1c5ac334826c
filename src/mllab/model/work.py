"""Jobs, job runs, services and workspaces: what a person asks the lab to run."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from mllab.model.base import JobName, ProjectName, Record, ServiceName, Timestamp, Title, UserName
from mllab.model.workloads import (
    CodeSource,
    Command,
    Environment,
    Limits,
    Port,
    Requirement,
    Status,
)

HealthPath = Annotated[str, StringConstraints(pattern=r"^/[\x21-\x7e]*$", max_length=500)]


class JobSpec(Record):
    """What a job does each time it runs.

    `timeout_s` None means no limit; `retries` counts further attempts after a failure.
    All secrets of the project reach it as variables; `environment` wins over them.
    """

    command: Command
    code: CodeSource | None = None
    requirements: list[Requirement] = Field(default=[], max_length=500)
    environment: Environment = {}
    image: Title | None = None
    limits: Limits = Limits()
    timeout_s: int | None = Field(default=None, ge=1, le=31_536_000)
    retries: int = Field(default=0, ge=0, le=100)


class NewestRun(Record):
    """How a job's newest run stands."""

    number: int
    started_by: UserName
    created_at: Timestamp
    status: Status


class Job(Record):
    """A job: a definition that can be run any number of times.

    `newest_run` is there where jobs are read, once there is one.
    """

    project: ProjectName
    name: JobName
    spec: JobSpec
    created_by: UserName
    created_at: Timestamp
    updated_at: Timestamp
    newest_run: NewestRun | None = None


class NewJob(Record):
    """What it takes to create a job."""

    name: JobName
    spec: JobSpec


class JobRun(Record):
    """One execution of a job; `number` counts from 1 in its job, `spec` is as it was then."""

    project: ProjectName
    job: JobName
    number: int
    spec: JobSpec
    started_by: UserName
    created_at: Timestamp
    status: Status = Status()


class ServiceModel(Record):
    """The registered model version that a model service serves; version or alias, not both."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=256)]
    version: str | None = Field(default=None, max_length=20)
    alias: str | None = Field(default=None, max_length=256)


class ServiceSpec(Record):
    """What a service runs: a `command` with its ports, or a registered `model`.

    The first port is the one that answers without a number in the URL. A command finds
    it in `PORT` (and each declared one in `PORT_<number>`): the process runtime gives
    every workload free ports of its own. Without `health_path` a service is ready when
    its first port accepts a connection.
    """

    command: Command | None = None
    model: ServiceModel | None = None
    code: CodeSource | None = None
    requirements: list[Requirement] = Field(default=[], max_length=500)
    environment: Environment = {}
    ports: list[Port] = Field(default=[8080], min_length=1, max_length=20)
    health_path: HealthPath | None = None
    image: Title | None = None
    limits: Limits = Limits()
    restart: bool = True


class Service(Record):
    """A service with its state; `path` is its address below the lab's own.

    `updated_by` last said what it runs: its pages are this user's.
    """

    project: ProjectName
    name: ServiceName
    spec: ServiceSpec
    path: str
    created_by: UserName
    created_at: Timestamp
    updated_by: UserName
    status: Status = Status()


class NewService(Record):
    """What it takes to deploy a service; `start` False only defines it."""

    name: ServiceName
    spec: ServiceSpec
    start: bool = True


class WorkspaceSpec(Record):
    """What a workspace runs in; `image` None is the lab's own."""

    image: Title | None = None


class Workspace(Record):
    """A user's workspace with its state; `path` is its address below the lab's own."""

    user: UserName
    path: str
    spec: WorkspaceSpec = WorkspaceSpec()
    status: Status = Status()
