"""From what a person asked for to the workload record that control works on.

Pure: names, labels and paths come from here and `core/naming.py`; secrets and the lab's
own variables are added by control at each start.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mllab.config import Settings
from mllab.core import naming
from mllab.core.wishes import WAITING
from mllab.errors import InvalidInput
from mllab.model.work import JobRun, Service, ServiceSpec
from mllab.model.workloads import (
    Limits,
    Program,
    Requirement,
    Workload,
    WorkloadKind,
    WorkloadSpec,
)

WORKSPACE_PORT = 8888
GRACE_S = 10.0
"""Seconds between SIGTERM and SIGKILL when a workload is stopped."""


@dataclass(frozen=True)
class Resolved:
    """A registered model version as a service serves it."""

    name: str
    version: str
    requirements: list[Requirement]

    @property
    def uri(self) -> str:
        """Return the model's URI in MLflow's terms."""
        return f"models:/{self.name}/{self.version}"


def service_ports(spec: ServiceSpec) -> list[int]:
    """Return the ports that a service answers on; a model service has one."""
    return spec.ports[:1] if spec.model else spec.ports


@dataclass(frozen=True)
class Builder:
    """Builds records for one lab."""

    settings: Settings
    runtime: str

    def job_run(self, run: JobRun, id: str) -> Workload:
        """Return the record of a job run."""
        asked = run.spec
        spec = WorkloadSpec(
            id=id,
            kind=WorkloadKind.JOB,
            name=naming.job_run_name(self.settings.namespace, run.project, run.job, run.number),
            labels=self._labels(WorkloadKind.JOB, run.job, id, run.started_by, run.project),
            command=asked.command,
            code=asked.code,
            requirements=asked.requirements,
            environment=asked.environment,
            image=asked.image,
            limits=self._limits(asked.limits),
            timeout_s=asked.timeout_s,
        )
        return Workload(
            id=id,
            kind=WorkloadKind.JOB,
            project=run.project,
            user=run.started_by,
            owner_name=run.job,
            spec=spec,
            runtime=self.runtime,
            retries=asked.retries,
            reason=WAITING,
            created_at=run.created_at,
        )

    def service(
        self, service: Service, id: str, user: str, model: Resolved | None, now: datetime
    ) -> Workload:
        """Return the record of a service as its spec is now, started by `user`."""
        asked = service.spec
        name = naming.service_name(self.settings.namespace, service.project, service.name)
        spec = WorkloadSpec(
            id=id,
            kind=WorkloadKind.SERVICE,
            name=name,
            labels=self._labels(WorkloadKind.SERVICE, service.name, id, user, service.project),
            program=Program.MODEL_SERVER if model else Program.COMMAND,
            command=asked.command,
            code=asked.code,
            requirements=[*(model.requirements if model else []), *asked.requirements],
            environment=asked.environment,
            ports=service_ports(asked),
            base_path=f"{self.settings.base_url}{service.path}",
            image=asked.image,
            model_uri=model.uri if model else None,
            limits=self._limits(asked.limits),
        )
        return Workload(
            id=id,
            kind=WorkloadKind.SERVICE,
            project=service.project,
            user=user,
            owner_name=service.name,
            spec=spec,
            runtime=self.runtime,
            health_path="/ping" if model else asked.health_path,
            restart=asked.restart,
            reason=WAITING,
            created_at=now,
        )

    def workspace(self, user: str, path: str, id: str, now: datetime) -> Workload:
        """Return the record of a user's workspace."""
        name = naming.workspace_name(self.settings.namespace, user)
        whole = f"{self.settings.base_url}{path}"
        spec = WorkloadSpec(
            id=id,
            kind=WorkloadKind.WORKSPACE,
            name=name,
            labels=self._labels(WorkloadKind.WORKSPACE, user, id, user, None),
            program=Program.WORKSPACE,
            ports=[WORKSPACE_PORT],
            base_path=whole,
            volume=name,
            limits=self._limits(Limits()),
        )
        return Workload(
            id=id,
            kind=WorkloadKind.WORKSPACE,
            project=None,
            user=user,
            owner_name=user,
            spec=spec,
            runtime=self.runtime,
            health_path=f"{whole}api",
            restart=True,
            reason=WAITING,
            created_at=now,
        )

    def _labels(
        self, kind: WorkloadKind, name: str, id: str, user: str, project: str | None
    ) -> dict[str, str]:
        return naming.labels(
            self.settings.namespace, kind, name=name, workload=id, user=user, project=project
        )

    def _limits(self, asked: Limits) -> Limits:
        """Return the limits asked for, with the lab's defaults where none were."""
        own = self.settings
        return asked.model_copy(
            update={
                "cpu_cores": asked.cpu_cores or own.cpu_limit or own.max_cpu_cores,
                "memory_mib": asked.memory_mib or own.memory_limit_mib or own.max_memory_mib,
            }
        )


def refuse_beyond(limits: Limits, settings: Settings) -> None:
    """Raise `InvalidInput` for more than a workload of this lab may have, and name the largest;
    and for GPUs that are asked for in two ways.
    """
    if limits.gpus and limits.gpu_ids:
        raise InvalidInput("GPUs are asked for by `gpus` or by `gpu_ids`; give one of them.")
    if len(set(limits.gpu_ids)) < len(limits.gpu_ids):
        raise InvalidInput("A GPU is named twice in `gpu_ids`; name each once.")
    cores, most_cores = limits.cpu_cores, settings.max_cpu_cores
    if cores is not None and most_cores is not None and cores > most_cores:
        raise InvalidInput(
            f"{cores:g} CPU cores are more than a workload of this lab may have. Ask for "
            f"{most_cores:g} at most (LAB_MAX_CPU_CORES)."
        )
    memory, most_memory = limits.memory_mib, settings.max_memory_mib
    if memory is not None and most_memory is not None and memory > most_memory:
        raise InvalidInput(
            f"{memory} MiB of memory are more than a workload of this lab may have. Ask for "
            f"{most_memory} MiB at most (LAB_MAX_MEMORY_MIB)."
        )
