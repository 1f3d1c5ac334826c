"""What a container may use at most, on the real Engine."""

from __future__ import annotations

import pytest
from docker_machine import DockerMachine

from mllab.errors import InvalidInput
from mllab.model.workloads import Limits
from mllab.runtimes.base import Capability


async def test_limits_hold_in_the_container(machine: DockerMachine) -> None:
    files = "/sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/memory.max"
    handle = await machine.start(f"cat {files} 2>/dev/null; true", limits={"memory_mib": 64})
    await machine.end(handle)
    assert str(64 << 20).encode() in await machine.output(handle)


@pytest.mark.parametrize(
    "limits", [Limits(gpus=1), Limits(gpu_ids=["0"])], ids=["by number", "by name"]
)
async def test_a_machine_without_gpus_says_so_at_submission(
    machine: DockerMachine, limits: Limits
) -> None:
    await machine.runtime.check()
    if Capability.GPUS in machine.runtime.capabilities:  # a machine that has some gives them
        machine.runtime.refuse(machine.spec("true", limits=limits))
        return
    with pytest.raises(InvalidInput, match="has no GPUs that Docker can give out. Leave"):
        machine.runtime.refuse(machine.spec("true", limits=limits))


async def test_gpus_that_went_away_are_explained(machine: DockerMachine) -> None:
    machine.runtime.capabilities = machine.runtime.capabilities | {Capability.GPUS}
    with pytest.raises(InvalidInput, match=r"Docker cannot give .* a GPU: .*"):
        await machine.start("true", limits=Limits(gpu_ids=["GPU-none"]))
    assert await machine.runtime.list() == []


async def test_more_cores_than_the_machine_has_are_refused(machine: DockerMachine) -> None:
    await machine.runtime.check()
    spec = machine.spec("true", limits=Limits(cpu_cores=1000))
    with pytest.raises(InvalidInput, match=r"1000 CPU cores are more .* Ask for \d+ at most"):
        machine.runtime.refuse(spec)
