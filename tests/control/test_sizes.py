"""What writes more than the lab allows: when it ends, what is said, and how it starts again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from machine import PROJECT, Machine, open_machine

from mllab.model.workloads import Workload, WorkloadState

MOST = 1 << 20
SAYS = (
    "stopped: it wrote 0.50 GiB beside its volumes; a workload may write 0.000976562 GiB "
    "(MAX_CONTAINER_SIZE). Let it keep less there, or keep data as datasets, then start it again"
)
LARGE = {"DUMMY_WRITES": str(1 << 29), "DUMMY_RUN_S": "1000"}


@pytest.fixture
async def machine(tmp_path: Path) -> AsyncIterator[Machine]:
    async with open_machine(tmp_path, max_container_gib=MOST / (1 << 30)) as found:
        yield found


async def test_a_run_that_wrote_too_much_fails_and_is_not_tried_again(machine: Machine) -> None:
    await machine.job(environment=LARGE, retries=3)
    await machine.step(5)
    machine.clock.advance(120)
    await machine.step(3)
    status = (await machine.run()).status
    assert (status.state, status.reason) == ("failed", SAYS)
    assert len(machine.starts()) == 1
    assert machine.world.lives == {}


async def test_a_run_within_the_limit_goes_on(machine: Machine) -> None:
    await machine.job(environment=LARGE | {"DUMMY_WRITES": str(MOST)})
    for _ in range(3):
        machine.clock.advance(120)
        await machine.step(2)
    assert (await machine.run()).status.state == "running"


async def test_a_service_stays_ended_until_somebody_starts_it(machine: Machine) -> None:
    service = await machine.service(environment=LARGE)
    await machine.step(2)

    def running(kept: Workload) -> Workload:
        return kept.model_copy(update={"state": WorkloadState.RUNNING})

    await machine.core.workloads.change(service.status.workload or "", running)
    machine.clock.advance(120)
    await machine.step(3)
    status = (await machine.served()).status
    assert (status.state, status.reason) == ("failed", SAYS)
    machine.clock.advance(600)
    await machine.step(2)
    assert len(machine.starts()) == 1
    await machine.core.services.start(machine.alice, PROJECT, "web")
    await machine.step(2)
    assert len(machine.starts()) == 2
    assert (await machine.served()).status.state == "starting"


async def test_without_a_limit_nobody_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_machine(tmp_path) as free:
        monkeypatch.setattr(free.core.workloads.runtime, "written_bytes", None)
        await free.job(environment=LARGE)
        for _ in range(3):
            free.clock.advance(120)
            await free.step(2)
        assert (await free.run()).status.state == "running"
