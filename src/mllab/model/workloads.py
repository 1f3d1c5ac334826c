"""Workloads: anything that a runtime runs, what was asked for and what is.

A workspace, a service and a job run each own one workload at a time. The product's
records (services, jobs, workspaces) say what a person wants; a `Workload` says what
control and the runtime make of it.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from mllab.model.base import (
    FileKey,
    ProjectName,
    Record,
    Timestamp,
    UserName,
    VariableName,
)


class WorkloadKind(StrEnum):
    """What a workload is to a person."""

    WORKSPACE = "workspace"
    SERVICE = "service"
    JOB = "job"


class Wanted(StrEnum):
    """What control shall make true. `removed` also forgets logs and working folder."""

    RUNNING = "running"
    STOPPED = "stopped"
    REMOVED = "removed"


class WorkloadState(StrEnum):
    """Where a workload is; `reason` beside it always says why it is `pending` or `failed`.

    pending -> starting (the runtime was asked) -> running (ready to be used)
    -> stopping -> stopped | succeeded (exit code 0) | failed.
    """

    PENDING = "pending"
    STARTING = "starting"
    RUNNING = "running"
    STOPPING = "stopping"
    STOPPED = "stopped"
    SUCCEEDED = "succeeded"
    FAILED = "failed"

    @property
    def is_final(self) -> bool:
        """Tell whether nothing runs any more."""
        return self in {self.STOPPED, self.SUCCEEDED, self.FAILED}

    @property
    def is_settled(self) -> bool:
        """Tell whether who waits to use it knows: it is ready, or nothing runs any more."""
        return self is self.RUNNING or self.is_final


class UploadedCode(Record):
    """Code that was sent with the request: `id` as the upload answered it."""

    kind: Literal["upload"] = "upload"
    id: Annotated[str, StringConstraints(pattern=r"^code_[0-9a-f]{20}$")]


class DatasetCode(Record):
    """A dataset (an archive is unpacked, any other file lies in the working folder)."""

    kind: Literal["dataset"] = "dataset"
    key: FileKey
    version: int | None = Field(default=None, ge=1)


class GitCode(Record):
    """A repository in pip's VCS form: `git+https://host/x.git@rev#subdirectory=path`."""

    kind: Literal["git"] = "git"
    url: Annotated[str, StringConstraints(max_length=2000)]


CodeSource = Annotated[UploadedCode | DatasetCode | GitCode, Field(discriminator="kind")]

Command = Annotated[str, StringConstraints(min_length=1, max_length=32_000)]
"""A shell command line, run by `/bin/sh -c` in the working folder."""

Port = Annotated[int, Field(ge=1, le=65_535)]
Environment = Annotated[dict[VariableName, str], Field(max_length=500)]
Requirement = Annotated[str, StringConstraints(min_length=1, max_length=1000)]


GpuId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9/_-]{0,99}$")]
"""A GPU as its driver names it: its number, `GPU-<uuid>` or `MIG-<uuid>`."""


class Limits(Record):
    """What a workload may use at most; None leaves it to the lab's default.

    GPUs are asked for by number (`gpus`) or by name (`gpu_ids`), not both.
    """

    cpu_cores: float | None = Field(default=None, gt=0, le=1024)
    memory_mib: int | None = Field(default=None, ge=16, le=16_777_216)
    gpus: int = Field(default=0, ge=0, le=64)
    gpu_ids: list[GpuId] = Field(default=[], max_length=64)

    @property
    def wants_gpus(self) -> bool:
        """Tell whether any GPU is asked for."""
        return self.gpus > 0 or bool(self.gpu_ids)


class Program(StrEnum):
    """Which program a workload runs: the user's command, or one of the lab's own."""

    COMMAND = "command"
    WORKSPACE = "workspace"
    MODEL_SERVER = "model-server"


class WorkloadSpec(Record):
    """All that a runtime needs to start a workload, without secrets.

    `name` and `labels` follow the naming contract (`core/naming.py`). `attempt` counts
    starts: a runtime starts one attempt once, whatever happens between. `base_path` is
    the path under which the gateway serves it. `volume` names a persistent home folder;
    None means a working folder that goes with the workload.
    """

    id: str
    attempt: int = 1
    kind: WorkloadKind
    name: str
    labels: dict[str, str]
    program: Program = Program.COMMAND
    command: Command | None = None
    code: CodeSource | None = None
    requirements: list[Requirement] = []
    environment: Environment = {}
    ports: list[Port] = []
    base_path: str = "/"
    volume: str | None = None
    image: str | None = None
    model_uri: str | None = None
    limits: Limits = Limits()
    timeout_s: int | None = None


class Workload(Record):
    """A workload as control keeps it; the store's revision guards every change.

    `handle` is the runtime's own (JSON), None until it was started. `ready_at` is when it
    first answered. `attempt` is the number of the newest start, 0 before the first;
    `failures` counts attempts that failed in a row. `next_start_at` is set while back-off
    waits. `logs_key` names the copy of the newest ended attempt's log in the file store.
    `overrun` says for which limit the lab ends it for good, empty while it keeps to them.
    """

    id: str
    kind: WorkloadKind
    project: ProjectName | None
    user: UserName
    owner_name: str
    spec: WorkloadSpec
    runtime: str
    health_path: str | None = None
    restart: bool = False
    retries: int = 0
    wanted: Wanted = Wanted.RUNNING
    state: WorkloadState = WorkloadState.PENDING
    reason: str = ""
    exit_code: int | None = None
    attempt: int = 0
    failures: int = 0
    overrun: str = ""
    handle: dict[str, Any] | None = None
    token_id: str | None = None
    logs_key: str | None = None
    created_at: Timestamp
    started_at: Timestamp | None = None
    ready_at: Timestamp | None = None
    finished_at: Timestamp | None = None
    next_start_at: Timestamp | None = None


class Status(Record):
    """A workload's state as services, workspaces and job runs show it.

    `model_uri` is the registered model version that it serves: an alias as it was at the start.
    """

    workload: str | None = None
    state: WorkloadState = WorkloadState.STOPPED
    reason: str = ""
    exit_code: int | None = None
    attempt: int = 0
    started_at: Timestamp | None = None
    ready_at: Timestamp | None = None
    finished_at: Timestamp | None = None
    model_uri: str | None = None

    @property
    def is_between_attempts(self) -> bool:
        """Tell whether its newest attempt ended and the next one has not begun."""
        return self.state is WorkloadState.PENDING and self.exit_code is not None
