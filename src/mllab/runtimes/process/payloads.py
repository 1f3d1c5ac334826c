"""Builds what a supervisor is told from a spec: paths, variables, limits."""

from __future__ import annotations

import os
import secrets as random
from dataclasses import dataclass
from math import ceil
from pathlib import Path

import uv

from mllab.errors import Unavailable
from mllab.model.workloads import Limits, Program, WorkloadSpec
from mllab.runtimes.client_wheel import build_client_wheel, client_requirements
from mllab.runtimes.process.attempts import Attempt
from mllab.runtimes.process.folders import Folders, make_private
from mllab.runtimes.process.launch import base_python
from mllab.runtimes.process.payload import Caps, Payload
from mllab.runtimes.process.processes import MARK
from mllab.runtimes.process.variables import installer_variables, program_variables

_OPEN_FILES = 65_536


@dataclass(frozen=True)
class Installation:
    """What is the same for all workloads of this lab."""

    environments: Path
    log_bytes: int
    prepare_timeout_s: float

    def check(self) -> None:
        """Raise `Unavailable` if environments cannot be built here."""
        self.environments.mkdir(parents=True, exist_ok=True)
        if not os.access(self.environments, os.W_OK):
            raise Unavailable(f"{self.environments} cannot be written; mend its owner or mode.")
        try:
            uv.find_uv_bin()
        except FileNotFoundError as exc:
            raise Unavailable("uv is missing; install the lab again with `server`.") from exc


def bare_payload(installation: Installation) -> Payload:
    """Return what is the same in every payload of this lab, the rest empty."""
    environments = installation.environments
    return Payload(
        folder="",
        work="",
        workload="",
        listeners="",
        run="",
        address="",
        log_bytes=installation.log_bytes,
        ports=[],
        caps=_caps(Limits()),
        timeout_s=None,
        prepare_timeout_s=installation.prepare_timeout_s,
        environment={},
        installer=installer_variables(os.environ, environments),
        program=Program.COMMAND.value,
        command="",
        code=None,
        requirements=[],
        model_uri=None,
        base_path="/",
        token="",
        contained=False,
        python=base_python(),
        uv=uv.find_uv_bin(),
        environments=str(environments),
        wheel=str(build_client_wheel(environments / "wheels")),
        client_requirements=client_requirements(),
    )


def build_payload(
    installation: Installation, folders: Folders, spec: WorkloadSpec, secrets: dict[str, str]
) -> Payload:
    """Return the payload of an attempt whose folder was made; makes what it points to."""
    attempt = folders.attempt(spec.id, spec.attempt)
    run = folders.run(spec.id, spec.attempt)
    work = attempt.work
    if spec.volume:
        work = folders.volume(spec.volume)
        work.mkdir(mode=0o700, parents=True, exist_ok=True)
    if spec.program is not Program.COMMAND:
        make_private(folders.sockets)
        make_private(run)
    # The run folder's name is a digest of root, id and attempt: no other lab has it.
    marks = {"LAB_WORKLOAD": spec.id, "LAB_ATTEMPT": str(spec.attempt), MARK: run.name}
    variables = program_variables(os.environ, work, spec.limits.cpu_cores)
    payload = bare_payload(installation)
    payload |= {
        "folder": str(attempt.folder),
        "work": str(work),
        "workload": spec.id,
        "listeners": str(folders.listeners),
        "run": str(run),
        "address": f"unix:{run}/http",
        # The first port of the lab's own programs is their Unix socket.
        "ports": spec.ports if spec.program is Program.COMMAND else spec.ports[1:],
        "caps": _caps(spec.limits),
        "timeout_s": spec.timeout_s,
        "environment": variables | spec.environment | secrets | marks,
        "program": spec.program.value,
        "command": spec.command or "",
        "code": spec.code.model_dump(mode="json") if spec.code else None,
        "requirements": spec.requirements,
        "model_uri": spec.model_uri,
        "base_path": spec.base_path,
        "token": _token(attempt) if spec.program is Program.WORKSPACE else "",
    }
    return payload


def _caps(limits: Limits) -> Caps:
    cpus = None
    if limits.cpu_cores is not None:
        mine = sorted(os.sched_getaffinity(0))
        count = min(len(mine), ceil(limits.cpu_cores))
        cpus = sorted(random.SystemRandom().sample(mine, count))
    memory = None if limits.memory_mib is None else limits.memory_mib << 20
    return Caps(memory_bytes=memory, cpus=cpus, open_files=_OPEN_FILES)


def _token(attempt: Attempt) -> str:
    """Return the workload's own secret; a start that is repeated finds the same one."""
    try:
        end = os.open(attempt.token_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return attempt.token_file.read_text()
    with os.fdopen(end, "w") as file:
        token = random.token_urlsafe(32)
        file.write(token)
    return token
