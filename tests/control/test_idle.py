"""Workspaces that nobody uses: when they end, and what keeps them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from machine import Machine, open_machine

from mllab.control.idle import IdleStop
from mllab.core.activity import Subject
from mllab.model.workloads import Wanted, Workload, WorkloadState
from mllab.runtimes.base import Handle, Usage


class Room:
    """Alice's running workspace, looked at once in each minute that passes."""

    def __init__(self, machine: Machine, id: str) -> None:
        self.machine = machine
        self.id = id
        self.idle = IdleStop(machine.core)
        self.cpu_s = 0.0

    async def pass_(self, minutes: int, *, cpu_s: float = 0.0) -> bool:
        """Let minutes pass in which it takes `cpu_s` each; tell whether it may run on."""
        for _ in range(minutes):
            self.cpu_s += cpu_s
            self.machine.clock.advance(60)
            await self.idle.run()
        return (await self.machine.workload(self.id)).wanted is Wanted.RUNNING

    def use(self) -> None:
        self.machine.core.activity.note_use(Subject(self.id, "alice"))

    async def usage(self, handle: Handle) -> Usage:
        return Usage(1 << 20, self.cpu_s)


async def enter(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> Room:
    workspace = await machine.core.workspaces.start(machine.alice, "alice")
    await machine.step(2)

    def running(kept: Workload) -> Workload:
        return kept.model_copy(update={"state": WorkloadState.RUNNING})

    assert workspace.status.workload is not None
    await machine.core.workloads.change(workspace.status.workload, running)
    room = Room(machine, workspace.status.workload)
    monkeypatch.setattr(machine.core.workloads.runtime, "usage", room.usage)
    return room


@pytest.fixture
async def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Room]:
    async with open_machine(tmp_path, idle_stop_minutes=30) as machine:
        yield await enter(machine, monkeypatch)


async def test_what_nobody_uses_ends(room: Room) -> None:
    assert await room.pass_(30), "its own time begins with the first look"
    assert not await room.pass_(1)


async def test_use_keeps_it(room: Room) -> None:
    await room.pass_(20)
    room.use()
    assert await room.pass_(29)
    assert not await room.pass_(1)


async def test_computing_keeps_it(room: Room) -> None:
    assert await room.pass_(120, cpu_s=30)
    assert not await room.pass_(31, cpu_s=0.5)


async def test_a_lab_that_comes_back_waits_anew(room: Room) -> None:
    await room.pass_(30)
    room.idle = IdleStop(room.machine.core)
    assert await room.pass_(30)


async def test_without_the_setting_nothing_ends(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = await enter(machine, monkeypatch)
    assert await room.pass_(1000)


async def test_services_stay(room: Room) -> None:
    service = await room.machine.service()
    await room.pass_(40)
    workload = await room.machine.workload(service.status.workload)
    assert workload.wanted is Wanted.RUNNING
