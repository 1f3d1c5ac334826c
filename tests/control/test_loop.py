"""Who acts, clean-up, the end of a lab, and the loop itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest
from machine import PROJECT, Machine

from mllab.control.leases import Lease
from mllab.control.loop import Control
from mllab.errors import BackendFailed, NotFound, StorageFull, Unavailable
from mllab.model.projects import NewProject
from mllab.model.workloads import WorkloadKind, WorkloadSpec
from mllab.runtimes.base import Handle
from mllab.stores.files import Written

ENDLESS = {"DUMMY_RUN_S": "1000", "DUMMY_ENDPOINT": "-"}


def lease(machine: Machine, owner: str) -> Lease:
    context = machine.core.context
    return Lease(context.documents, machine.clock, name="test", owner=owner, life_s=10)


async def test_one_owner_holds_the_lease_until_it_expires(machine: Machine) -> None:
    first, second = lease(machine, "first"), lease(machine, "second")
    assert await first.acquire()
    assert not await second.acquire()
    assert first.is_held()
    machine.clock.advance(11)
    assert not first.is_held()
    assert await second.acquire()
    assert not await first.acquire()


async def test_a_lease_is_given_back_or_taken_over(machine: Machine) -> None:
    first, second = lease(machine, "first"), lease(machine, "second")
    assert await first.acquire()
    await first.release()
    assert await second.acquire()
    assert await first.acquire(takeover=True)
    await second.release()
    assert not await second.acquire()


async def test_two_controls_never_start_a_job_twice(machine: Machine) -> None:
    await machine.job(environment=ENDLESS)
    rival = Control(machine.core, owner="rival")
    did = await asyncio.gather(machine.control.step(), rival.step())
    assert sorted(did) == [False, True]
    assert len(machine.starts()) == 1


async def test_a_control_that_lost_the_lease_does_nothing(machine: Machine) -> None:
    await machine.step()
    await machine.job(environment=ENDLESS)
    rival = Control(machine.core, owner="rival", takeover=True)
    assert await rival.step()
    machine.core.workloads.wake.clear()
    assert not await machine.control.step()
    assert len(machine.starts()) == 1


async def test_one_broken_workload_keeps_nobody_else_waiting(machine: Machine) -> None:
    await machine.job("broken", environment=ENDLESS)
    await machine.step(2)
    await machine.job("fine", environment=ENDLESS)
    machine.faults.before["status"] = [BackendFailed("a broken disk")]
    await machine.step()
    assert (await machine.run(name="broken")).status.reason == "waiting: a broken disk"
    assert (await machine.run(name="fine")).status.state == "starting"
    await machine.step()
    assert (await machine.run(name="broken")).status.reason == ""


async def test_a_deleted_project_leaves_nothing(machine: Machine) -> None:
    await machine.job(environment=ENDLESS | {"DUMMY_LOG": "x"})
    await machine.service(environment=ENDLESS)
    await machine.step(3)
    await machine.core.projects.delete(machine.alice, PROJECT)
    await machine.step(4)
    assert machine.world.lives == {}
    assert [s.key async for s in machine.core.context.files.list(PROJECT)] == []
    for collection in ("workloads", "jobs", "job_runs", "services", "projects"):
        assert await machine.core.context.documents.count(collection) == 0
    with pytest.raises(NotFound):
        await machine.core.projects.get(machine.alice, PROJECT)


async def test_an_interrupted_deletion_of_a_job_goes_on(machine: Machine) -> None:
    await machine.job(environment=ENDLESS)
    await machine.step()
    found = await machine.core.context.documents.get("jobs", f"{PROJECT}/train")
    assert found is not None
    await machine.core.context.documents.put("jobs", found.id, found.body | {"deleting": True})
    machine.clock.advance(700)
    await machine.step(2)
    assert machine.world.lives == {}
    assert await machine.core.context.documents.count("job_runs") == 0


async def test_what_belongs_to_nothing_is_removed(machine: Machine) -> None:
    await machine.job(environment=ENDLESS)
    await machine.step()
    stray = WorkloadSpec(
        id="wl_stray",
        kind=WorkloadKind.JOB,
        name="stray",
        labels={"lab.namespace": "lab"},
        environment=ENDLESS,
    )
    await machine.core.workloads.runtime.start(stray, {})
    await machine.core.context.documents.delete("job_runs", f"{PROJECT}/train/0000000001")
    machine.clock.advance(700)
    await machine.step(2)
    assert machine.world.lives == {}


async def test_the_end_of_the_lab_ends_everything_in_order(machine: Machine) -> None:
    await machine.job(environment=ENDLESS)
    await machine.service(environment=ENDLESS)
    await machine.core.workspaces.start(machine.alice, "alice")
    await machine.step(3)
    await machine.control.stop_all()
    assert [life for life in machine.world.lives.values() if not life.ended] == []
    assert (await machine.run()).status.state == "stopped"
    served = (await machine.served()).status
    assert (served.state, served.reason) == (
        "pending",
        "waiting: the lab was stopped; it starts again with the lab",
    )
    await machine.kill()
    await machine.step(2)
    assert (await machine.served()).status.state == "starting"
    assert (await machine.core.workspaces.get(machine.alice, "alice")).status.state == "stopped"


async def test_the_loop_acts_at_once_and_ends_when_closed(machine: Machine, tmp_path: Path) -> None:
    loop = asyncio.create_task(machine.control.run())
    run = await machine.job(environment={"DUMMY_LOG": "hi\n"})
    chunks = machine.core.workloads.logs(run.status.workload or "", follow=True)
    async with asyncio.timeout(10):
        assert b"".join([chunk.data async for chunk in chunks]) == b"hi\n"
        while not (await machine.run()).status.state.is_final:
            await machine.core.workloads.changed(1)
    await machine.control.close()
    await loop
    assert await machine.core.context.documents.count("leases") == 0


async def test_the_loop_outlives_a_store_that_fails(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures = iter([Unavailable("the store is away")])
    find = machine.core.workloads.open_ones

    async def failing() -> object:
        for failure in failures:
            raise failure
        return await find()

    monkeypatch.setattr(machine.core.workloads, "open_ones", failing)
    loop = asyncio.create_task(machine.control.run())
    await machine.job()
    async with asyncio.timeout(10):
        while not (await machine.run()).status.state.is_final:
            await machine.core.workloads.changed(1)
    await machine.control.close()
    await loop


async def test_a_wish_during_a_slow_call_is_not_forgotten(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()
    start = machine.core.workloads.runtime.start

    async def slow(spec: WorkloadSpec, secrets: Mapping[str, str]) -> Handle:
        begun.set()
        await go_on.wait()
        return await start(spec, secrets)

    monkeypatch.setattr(machine.core.workloads.runtime, "start", slow)
    loop = asyncio.create_task(machine.control.run())
    await machine.job(environment=ENDLESS)
    async with asyncio.timeout(10):
        await begun.wait()
        await machine.core.jobs.stop_run(machine.alice, PROJECT, "train", 1)
        go_on.set()
        while not (await machine.run()).status.state.is_final:
            await machine.core.workloads.changed(0.1)
    assert (await machine.run()).status.state == "stopped"
    await machine.control.close()
    await loop


async def test_after_missed_events_all_are_looked_at_at_once(machine: Machine) -> None:
    loop = asyncio.create_task(machine.control.run())
    run = await machine.job(environment=ENDLESS)

    async def until(reason: str, said: str) -> None:
        while (await machine.run()).status.reason != reason or machine.faults.before["status"]:
            if said:
                machine.world.tell(said)
            await machine.core.workloads.changed(0.05)

    machine.faults.before["status"] = [Unavailable("the runtime is away")] * 7
    async with asyncio.timeout(10):
        await until("waiting: the runtime is away", run.status.workload or "")
        # By itself it would be looked at again in a minute.
        machine.world.tell(None)
        await until("", "")
    await machine.control.close()
    await loop


@pytest.fixture
async def crowded(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Machine]:
    """A lab with one job that runs and many whose starts take for ever."""
    await machine.job("first", environment=ENDLESS)
    await machine.step(2)
    begun, go_on = asyncio.Semaphore(0), asyncio.Event()

    async def slow(spec: WorkloadSpec, secrets: Mapping[str, str]) -> Handle:
        begun.release()
        await go_on.wait()
        raise Unavailable("not today")

    monkeypatch.setattr(machine.core.workloads.runtime, "start", slow)
    await machine.job(environment=ENDLESS)
    for _ in range(100):
        machine.clock.advance(0.001)
        await machine.core.jobs.run(machine.alice, PROJECT, "train")
    loop = asyncio.create_task(machine.control.run())
    for _ in range(32):
        await begun.acquire()
    yield machine
    go_on.set()
    await machine.control.close()
    await loop


async def ends(machine: Machine, number: int, name: str = "train") -> str:
    async with asyncio.timeout(10):
        while not (run := await machine.run(number, name)).status.state.is_final:
            await machine.core.workloads.changed(0.1)
    return str(run.status.state)


async def test_what_ended_is_told_while_many_wait_for_their_start(crowded: Machine) -> None:
    await crowded.core.jobs.stop_run(crowded.alice, PROJECT, "first", 1)
    assert await ends(crowded, 1, "first") == "stopped"


async def test_what_waits_for_its_start_can_be_stopped(crowded: Machine) -> None:
    await crowded.core.jobs.stop_run(crowded.alice, PROJECT, "train", 101)
    assert await ends(crowded, 101) == "stopped"


async def test_who_came_first_is_started_first(crowded: Machine) -> None:
    runs = [await crowded.run(number) for number in range(1, 102)]
    began = [run.number for run in runs if run.status.state != "pending"]
    assert began == list(range(1, 33))


async def test_a_full_disk_loses_no_log(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    run = await machine.job(environment={"DUMMY_LOG": "precious", "DUMMY_RUN_S": "1"})
    write = machine.core.context.files.write

    async def full(key: str, chunks: AsyncIterator[bytes]) -> Written:
        raise StorageFull("The disk is full.")

    monkeypatch.setattr(machine.core.context.files, "write", full)
    await machine.step(4)
    status = (await machine.run()).status
    assert (status.state, status.reason) == ("running", "waiting: The disk is full.")
    monkeypatch.setattr(machine.core.context.files, "write", write)
    await machine.step()
    assert (await machine.run()).status.state == "succeeded"
    assert await machine.log(run.status.workload) == "precious"


async def test_one_deletion_that_fails_holds_up_no_other(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    await machine.core.projects.create(machine.alice, NewProject(name="beta"))
    for name in (PROJECT, "beta"):
        await machine.core.projects.delete(machine.alice, name)
    forget = machine.core.secrets.forget_project

    async def failing(project: str) -> bool:
        if project == PROJECT:
            raise Unavailable("the store is away")
        return await forget(project)

    monkeypatch.setattr(machine.core.secrets, "forget_project", failing)
    await machine.step()
    assert await machine.core.projects.deleting() == [PROJECT]
    monkeypatch.setattr(machine.core.secrets, "forget_project", forget)
    await machine.step()
    assert await machine.core.projects.deleting() == []


@pytest.mark.parametrize("turns", range(5))
async def test_a_wait_that_is_cancelled_as_something_changes_still_ends(
    machine: Machine, turns: int
) -> None:
    async def wait_for_ever() -> None:
        while True:
            await machine.core.workloads.changed(60)

    waiting = asyncio.create_task(wait_for_ever())
    for _ in range(5):
        await asyncio.sleep(0)
    machine.core.workloads._tell("any")  # at once: what writes a record gives the loop more turns
    for _ in range(turns):
        await asyncio.sleep(0)
    waiting.cancel()
    done, _ = await asyncio.wait([waiting], timeout=1)
    assert done
