"""Containers that Docker cannot remove, as after an Engine that was killed at a bad moment."""

from __future__ import annotations

import fcntl
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from docker_engine import docker
from docker_machine import IMAGE, namespace, open_runtime
from running_lab import wait_for

from mllab.model.workloads import WorkloadKind, WorkloadSpec
from mllab.runtimes.base import Phase
from mllab.runtimes.docker.bodies import all_labels

pytestmark = [pytest.mark.external, pytest.mark.usefixtures("engine")]


SET_FLAGS, IMMUTABLE = 0x40086602, struct.pack("l", 0x10)
"""FS_IOC_SETFLAGS and FS_IMMUTABLE_FL of linux/fs.h, as `chattr +i` uses them."""


def spec_of(name: str, command: str, attempt: int = 1) -> WorkloadSpec:
    labels = {"lab.namespace": name, "lab.workload": "wl_1"}
    return WorkloadSpec(
        id="wl_1",
        attempt=attempt,
        kind=WorkloadKind.JOB,
        name=f"{name}-job",
        labels=labels,
        command=command,
    )


@contextmanager
def immutable(container: str) -> Iterator[None]:
    """Hold a file in a container that nobody may remove, so that Docker fails to remove it."""
    form = "{{.Id}} {{.GraphDriver.Data.UpperDir}}"
    id, folder = docker("inspect", "--format", form, container).split()
    if os.geteuid() != 0 or not Path(folder).is_dir():
        pytest.skip("needs root and the Engine's own folder, to put a file into it")
    with (Path(folder) / "kept").open("w") as file:
        fcntl.ioctl(file, SET_FLAGS, IMMUTABLE)
        try:
            yield
        finally:
            fcntl.ioctl(file, SET_FLAGS, struct.pack("l", 0))
            docker("rm", "--force", id)


async def test_one_that_never_ran_is_in_nobodys_way(tmp_path: Path) -> None:
    with namespace() as name:
        runtime, spec = open_runtime(name, tmp_path), spec_of(name, "echo here")
        labels = [f"--label={key}={value}" for key, value in all_labels(spec).items()]
        docker("create", f"--name={spec.name}", *labels, IMAGE, "true")
        with immutable(spec.name):
            docker("rm", spec.name, check=False)
            assert docker("inspect", "--format", "{{.State.Status}}", spec.name) == "dead"
            assert await runtime.list() == []
            handle = await runtime.start(spec, {})
            assert [part.data async for part in runtime.logs(handle, follow=True)] == [b"here\n"]
            assert (await runtime.status(handle)).exit_code == 0
        await runtime.close()


async def test_one_that_ran_is_gone_for_the_lab(tmp_path: Path) -> None:
    with namespace() as name:
        runtime = open_runtime(name, tmp_path)
        handle = await runtime.start(spec_of(name, "true"), {})
        look = ("inspect", "--format", "{{.State.Status}}", f"{name}-job")
        wait_for(lambda: docker(*look) == "exited", within_s=30, what="it ended")
        with immutable(f"{name}-job"):
            await runtime.remove(handle)
            assert await runtime.list() == []
            assert (await runtime.status(handle)).phase is Phase.LOST
            again = await runtime.start(spec_of(name, "exit 3", attempt=2), {})
            wait_for(lambda: docker(*look) == "exited", within_s=30, what="it ended")
            assert (await runtime.status(again)).exit_code == 3
        await runtime.close()
