"""What workloads use: measured once for all who ask, and only while they run."""

from __future__ import annotations

import asyncio

import pytest
from machine import PROJECT, Machine

from mllab.core.administration import WorkloadQuestion
from mllab.errors import NotFound, Unavailable
from mllab.model.usage import WorkloadUsage
from mllab.runtimes.base import Handle, Usage

ENDLESS = {"DUMMY_RUN_S": "1000"}


class Scales:
    """What the runtime says; counts how often it was asked."""

    def __init__(self, machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked = 0
        self.was_asked = asyncio.Event()
        self.cpu_seconds = 10.0
        self.away = False
        monkeypatch.setattr(machine.core.workloads.runtime, "usage", self.usage)

    async def usage(self, handle: Handle) -> Usage | None:
        """Stand for `Runtime.usage`."""
        self.asked += 1
        self.was_asked.set()
        await asyncio.sleep(0)
        if self.away:
            raise Unavailable("The runtime is away.")
        return Usage(512 << 20, self.cpu_seconds)


@pytest.fixture
def scales(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> Scales:
    return Scales(machine, monkeypatch)


@pytest.fixture
async def running(machine: Machine) -> None:
    """A run that goes on, with limits."""
    limits = {"cpu_cores": 2, "memory_mib": 1024}
    await machine.job(environment=ENDLESS, limits=limits)
    await machine.step(3)


async def look(machine: Machine, name: str = "vera") -> WorkloadUsage | None:
    return await machine.core.usage.of_job_run(machine.people[name], PROJECT, "train", 1)


async def test_two_looks_tell_the_cores_in_use(
    machine: Machine, scales: Scales, running: None
) -> None:
    first = await look(machine)
    assert first is not None
    assert (first.memory_bytes, first.cpu_cores) == (512 << 20, None)
    assert (first.limits.cpu_cores, first.limits.memory_mib) == (2, 1024)
    machine.clock.advance(10)
    scales.cpu_seconds += 15
    second = await look(machine)
    assert second is not None
    assert (second.cpu_cores, second.cpu_seconds) == (1.5, 25)


async def test_many_who_ask_cost_one_look(machine: Machine, scales: Scales, running: None) -> None:
    before = scales.asked
    found = await asyncio.gather(*(look(machine) for _ in range(200)))
    assert (scales.asked - before, len({id(each) for each in found})) == (1, 1)
    machine.clock.advance(3)
    await look(machine)
    assert scales.asked - before == 1
    machine.clock.advance(2)
    await look(machine)
    assert scales.asked - before == 2


async def test_who_leaves_takes_the_look_from_nobody(
    machine: Machine, scales: Scales, running: None
) -> None:
    leaving = asyncio.create_task(look(machine))
    staying = asyncio.create_task(look(machine))
    await scales.was_asked.wait()
    leaving.cancel()
    assert await staying is not None


async def test_looks_that_are_far_apart_say_nothing_of_now(
    machine: Machine, scales: Scales, running: None
) -> None:
    await look(machine)
    machine.clock.advance(3600)
    later = await look(machine)
    assert later is not None
    assert later.cpu_cores is None


async def test_what_does_not_run_uses_nothing(machine: Machine, scales: Scales) -> None:
    await machine.job()
    assert await look(machine) is None
    await machine.step(4)
    assert (await machine.run()).status.state == "succeeded"
    assert (await look(machine), scales.asked) == (None, 0)
    alice = machine.people["alice"]
    assert await machine.core.usage.of_workspace(alice, "alice") is None


async def test_only_who_sees_a_thing_sees_its_usage(machine: Machine, running: None) -> None:
    with pytest.raises(NotFound):
        await look(machine, "charlie")
    with pytest.raises(NotFound):
        await machine.core.usage.of_workspace(machine.people["bob"], "alice")


async def test_a_runtime_that_is_away_is_told_and_costs_admins_no_list(
    machine: Machine, scales: Scales, running: None
) -> None:
    scales.away = True
    with pytest.raises(Unavailable):
        await look(machine)
    dana = machine.people["dana"]
    page = await machine.core.administration.workloads(
        dana, WorkloadQuestion(), limit=10, cursor=None
    )
    assert [each.usage for each in page.items] == [None]
