"""A Docker runtime under a namespace of its own on the tests' Engine."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from docker_engine import docker, engine_address

from mllab.model.workloads import WorkloadSpec
from mllab.runtimes.base import Handle, Phase, RuntimeStatus
from mllab.runtimes.docker.runtime import DockerRuntime
from mllab.runtimes.docker.starting import DockerOptions

IMAGE = "debian:12-slim"
"""What runtimes of tests run where a spec names no image: the base of the lab's own images."""


@contextmanager
def namespace() -> Iterator[str]:
    """Give a namespace that no other test has; what carries it is removed afterwards."""
    engine_address()
    name = f"t{secrets.token_hex(5)}"
    try:
        yield name
    finally:
        clear(name)


def clear(name: str) -> None:
    """Remove every container, network and volume that carries a namespace."""
    label = ("--quiet", "--filter", f"label=lab.namespace={name}")
    if found := docker("ps", "--all", *label).split():
        docker("rm", "--force", "--volumes", *found)
    if found := docker("volume", "ls", *label).split():
        docker("volume", "rm", *found)
    for network in docker("network", "ls", *label).split():
        # Engines keep an empty one that they miscounted (moby/moby#42119); a busy one is ours.
        docker("network", "rm", network, check=False)
        used = docker("network", "inspect", "--format", "{{.Containers}}", network, check=False)
        gone = "not found" in used or "No such network" in used
        assert gone or "map[]" in used, f"{network} is in use: {used}"


def open_runtime(name: str, folder: Path, **more: Any) -> DockerRuntime:
    """Return a runtime for a namespace; `folder` takes its few files."""
    options: dict[str, Any] = {"workspace_image": IMAGE, "model_image": IMAGE}
    options |= {"wheels": folder, "namespace": name, "address": engine_address()}
    return DockerRuntime(DockerOptions(**(options | more)))


class DockerMachine:
    """A runtime on the tests' Engine; commands are started on it under names of their own."""

    def __init__(self, namespace: str, folder: Path) -> None:
        self.namespace = namespace
        self.folder = folder
        self.runtime = self.open()
        self._count = 0

    def open(self, **options: Any) -> DockerRuntime:
        """Return one more runtime of the same lab."""
        return open_runtime(self.namespace, self.folder, **options)

    def spec(self, command: str, **more: Any) -> WorkloadSpec:
        """Return the spec of a job that no other of this machine is."""
        self._count += 1
        id = f"wl_{self._count}"
        labels = {"lab.namespace": self.namespace, "lab.workload": id}
        facts = {"id": id, "kind": "job", "name": f"{self.namespace}-{id}", "labels": labels}
        return WorkloadSpec.model_validate(facts | {"command": command} | more)

    async def start(self, command: str, **more: Any) -> Handle:
        return await self.runtime.start(self.spec(command, **more), {})

    async def end(self, handle: Handle, within_s: float = 60) -> RuntimeStatus:
        """Wait for its end and return it."""
        async with asyncio.timeout(within_s):
            while True:
                status = await self.runtime.status(handle)
                if status.phase in (Phase.EXITED, Phase.LOST):
                    return status
                await asyncio.sleep(0.02)

    async def output(self, handle: Handle, offset: int = 0) -> bytes:
        return b"".join([p.data async for p in self.runtime.logs(handle, offset=offset)])
