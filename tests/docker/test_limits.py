"""What a container may use at most, on the real Engine."""

from __future__ import annotations

import pytest
from docker_machine import DockerMachine

from mllab.errors import InvalidInput
from mllab.model.workloads import Limits


async def test_limits_hold_in_the_container(machine: DockerMachine) -> None:
    files = "/sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/memory.max"
    handle = await machine.start(f"cat {files} 2>/dev/null; true", limits={"memory_mib": 64})
    await machine.end(handle)
    assert str(64 << 20).encode() in await machine.output(handle)


async def test_more_cores_than_the_machine_has_are_refused(machine: DockerMachine) -> None:
    await machine.runtime.check()
    spec = machine.spec("true", limits=Limits(cpu_cores=1000))
    with pytest.raises(InvalidInput, match=r"1000 CPU cores are more .* Ask for \d+ at most"):
        machine.runtime.refuse(spec)
