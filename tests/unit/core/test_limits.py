"""Default and largest CPU and memory of workloads, the same on every runtime."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from people import PROJECT, open_core, settle

from mllab.config import Settings, load_settings
from mllab.core.specs import refuse_beyond
from mllab.errors import InvalidInput
from mllab.model.work import JobSpec, NewJob, NewService, ServiceSpec
from mllab.model.workloads import Limits
from mllab.runtimes.base import Runtime
from mllab.runtimes.docker.runtime import DockerRuntime
from mllab.runtimes.docker.starting import DockerOptions
from mllab.runtimes.dummy import DummyRuntime
from mllab.runtimes.process.runtime import ProcessRuntime

RUNTIMES: dict[str, Callable[[Path], Runtime]] = {
    "dummy": lambda folder: DummyRuntime(),
    "process": lambda folder: ProcessRuntime(folder / "w", folder / "e", "lab"),
    "docker": lambda folder: DockerRuntime(DockerOptions("tcp://none", "lab", "a", "b", folder)),
}
LARGEST: dict[str, Any] = {"max_cpu_cores": 2, "max_memory_mib": 1024}


@pytest.mark.parametrize("runtime", RUNTIMES)
@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"cpu_cores": 2, "memory_mib": 1024}, None),
        ({}, None),
        ({"cpu_cores": 2.5}, r"2\.5 CPU cores are more .* 2 at most \(LAB_MAX_CPU_CORES\)"),
        ({"gpus": 1, "gpu_ids": ["0"]}, "by `gpus` or by `gpu_ids`; give one"),
        ({"gpu_ids": ["0", "0"]}, "named twice"),
        ({"memory_mib": 1025}, r"1025 MiB .* 1024 MiB at most \(LAB_MAX_MEMORY_MIB\)"),
    ],
)
async def test_more_than_the_largest_is_refused_at_submission(
    tmp_path: Path, runtime: str, asked: dict[str, float], says: str | None
) -> None:
    async with open_core(tmp_path, runtime=RUNTIMES[runtime](tmp_path), **LARGEST) as core:
        alice = (await settle(core))["alice"]
        limits = Limits.model_validate(asked)
        job = NewJob(name="j", spec=JobSpec(command="true", limits=limits))
        service = NewService(name="s", spec=ServiceSpec(command="true", limits=limits))
        if says is None:
            await core.jobs.create(alice, PROJECT, job)
            await core.services.create(alice, PROJECT, service)
            return
        with pytest.raises(InvalidInput, match=says):
            await core.jobs.create(alice, PROJECT, job)
        with pytest.raises(InvalidInput, match=says):
            await core.services.create(alice, PROJECT, service)
        assert (await core.jobs.list(alice, PROJECT, limit=9, cursor=None)).items == []


async def test_a_job_that_was_defined_before_is_refused_when_it_is_run(tmp_path: Path) -> None:
    async with open_core(tmp_path) as core:
        alice = (await settle(core))["alice"]
        spec = JobSpec(command="true", limits=Limits(memory_mib=4096))
        await core.jobs.create(alice, PROJECT, NewJob(name="j", spec=spec))
    async with open_core(tmp_path, **LARGEST) as core:
        with pytest.raises(InvalidInput, match="1024 MiB at most"):
            await core.jobs.run(alice, PROJECT, "j")


@pytest.mark.parametrize(
    ("settings", "cores", "memory"),
    [
        ({}, None, None),
        ({"cpu_limit": 1, "memory_limit_mib": 512}, 1, 512),
        (LARGEST, 2, 1024),
        (LARGEST | {"cpu_limit": 0.5, "memory_limit_mib": 512}, 0.5, 512),
    ],
)
async def test_who_asks_for_nothing_gets_the_default_or_the_largest(
    tmp_path: Path, settings: dict[str, Any], cores: float | None, memory: int | None
) -> None:
    async with open_core(tmp_path, **settings) as core:
        alice = (await settle(core))["alice"]
        workspace = await core.workspaces.start(alice, "alice")
        workload = await core.workloads.get(workspace.status.workload or "")
        assert workload is not None
        assert workload.spec.limits == Limits(cpu_cores=cores, memory_mib=memory)


def test_without_a_largest_anything_may_be_asked_for() -> None:
    refuse_beyond(Limits(cpu_cores=1024, memory_mib=16_777_216), Settings())


def test_a_default_beyond_the_largest_stops_the_start() -> None:
    with pytest.raises(InvalidInput) as caught:
        load_settings(memory_limit_mib=2048, max_memory_mib=1024, admin_password="s3cret-word")
    assert "SERVICES_MEMORY_LIMIT (2048) is more than LAB_MAX_MEMORY_MIB (1024)." in (
        caught.value.message
    )
    assert "s3cret" not in caught.value.message
