"""Services and workspaces under control: readiness, back-off, stop, start, restart."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from machine import PROJECT, Killed, Machine

from mllab.core.logs import KEPT_ATTEMPTS
from mllab.errors import Conflict
from mllab.model.accounts import SYSTEM
from mllab.model.work import ServiceSpec

CRASHING = {"DUMMY_RUN_S": "1", "DUMMY_EXIT_CODE": "1", "DUMMY_ENDPOINT": "-"}


@pytest.fixture
async def web() -> AsyncIterator[str]:
    """An HTTP server that answers 204 on /ok and 500 elsewhere; its address."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = await reader.readline()
        status = b"204 No Content" if b" /ok " in line else b"500 Broken"
        writer.write(b"HTTP/1.1 " + status + b"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    server.close()


@pytest.mark.parametrize(
    ("path", "state"), [(None, "running"), ("/ok", "running"), ("/", "starting")]
)
async def test_a_service_runs_once_it_answers(
    machine: Machine, web: str, path: str | None, state: str
) -> None:
    await machine.service(environment={"DUMMY_ENDPOINT": web}, health_path=path)
    await machine.step(3)
    status = (await machine.served()).status
    assert status.state == state
    if state == "starting":
        assert status.reason == "started; waiting until it answers on port 8080 at /"
    else:
        assert (status.reason, status.ready_at) == ("", machine.clock.now)


async def test_a_crashing_service_waits_longer_each_time(machine: Machine) -> None:
    await machine.service(environment=CRASHING)
    seen = []
    for _ in range(8):
        await machine.step(3)
        status = (await machine.served()).status
        assert status.state == "pending"
        seen.append(status.reason)
        machine.clock.advance(60)
    assert seen[0] == "restarting in 1 s (1st time): exited with code 1"
    assert seen[2] == "restarting in 4 s (3rd time): exited with code 1"
    assert seen[7] == "restarting in 60 s (8th time): exited with code 1"


async def test_back_off_is_waited_for_and_forgotten_after_five_minutes(
    machine: Machine, web: str
) -> None:
    await machine.service(environment=CRASHING | {"DUMMY_RUN_S": "3", "DUMMY_ENDPOINT": web})
    await machine.step(5)
    machine.clock.advance(0.9)
    await machine.step(2)
    assert len(machine.starts()) == 1
    machine.clock.advance(0.2)
    await machine.step(2)
    assert len(machine.starts()) == 2
    machine.clock.advance(300)
    await machine.step(3)
    assert "(1st time)" in (await machine.served()).status.reason


async def test_a_service_without_restart_ends(machine: Machine) -> None:
    await machine.service(environment=CRASHING, restart=False)
    await machine.step(4)
    status = (await machine.served()).status
    assert (status.state, status.exit_code) == ("failed", 1)
    assert machine.world.lives == {}


async def test_stop_and_start(machine: Machine, web: str) -> None:
    services = machine.core.services
    await machine.service(environment={"DUMMY_ENDPOINT": web})
    await machine.step(3)
    await services.stop(machine.alice, PROJECT, "web")
    await machine.step()
    assert (await machine.served()).status.state == "stopped"
    started = await services.start(machine.alice, PROJECT, "web")
    assert (started.status.state, started.status.reason) == ("pending", "waiting to be started")
    await machine.step(3)
    status = (await machine.served()).status
    assert (status.state, status.attempt) == ("running", 2)
    again = await services.start(machine.alice, PROJECT, "web")
    assert again.status == status


async def test_a_new_spec_restarts_what_runs(machine: Machine, web: str) -> None:
    await machine.service(environment={"DUMMY_ENDPOINT": web})
    await machine.step(3)
    spec = ServiceSpec(command="better", environment={"DUMMY_ENDPOINT": web})
    updated = await machine.core.services.update(machine.alice, PROJECT, "web", spec)
    assert (updated.status.state, updated.status.reason) == ("stopping", "restarting")
    await machine.step(4)
    (life,) = machine.world.lives.values()
    assert (life.spec.command, life.spec.attempt) == ("better", 2)
    assert (await machine.served()).status.state == "running"


async def test_a_new_spec_does_not_start_what_is_stopped(machine: Machine) -> None:
    await machine.service(environment=CRASHING)
    await machine.core.services.stop(machine.alice, PROJECT, "web")
    await machine.step()
    await machine.core.services.update(machine.alice, PROJECT, "web", ServiceSpec(command="b"))
    await machine.step(2)
    assert (await machine.served()).status.state == "stopped"
    await machine.core.services.start(machine.alice, PROJECT, "web")
    await machine.step()
    assert [life.spec.command for life in machine.world.lives.values()] == ["b"]


async def test_old_attempts_lose_their_logs_at_last(machine: Machine) -> None:
    service = await machine.service(environment=CRASHING | {"DUMMY_LOG": "x"})
    for _ in range(KEPT_ATTEMPTS + 5):
        await machine.step(3)
        machine.clock.advance(60)
    workload = service.status.workload
    kept = [s.key async for s in machine.core.context.files.list(f"{PROJECT}/logs/{workload}")]
    assert len(kept) == KEPT_ATTEMPTS
    assert (await machine.log(workload)).count("x") == KEPT_ATTEMPTS


async def test_two_first_visits_start_one_workspace(machine: Machine) -> None:
    start = machine.core.workspaces.start
    await asyncio.gather(*[start(machine.alice, "alice") for _ in range(5)])
    await machine.step(2)
    assert len(machine.starts()) == 1
    (life,) = machine.world.lives.values()
    assert (life.spec.volume, life.spec.base_path) == (
        "lab-u-alice-workspace",
        "/workspaces/alice/",
    )
    assert "LAB_PROJECT" not in life.spec.environment


async def test_a_workspace_keeps_its_home_over_stop_and_reset(machine: Machine) -> None:
    workspaces = machine.core.workspaces
    await workspaces.start(machine.alice, "alice")
    await machine.step(3)
    await workspaces.stop(machine.alice, "alice")
    await machine.step(2)
    assert (await workspaces.get(machine.alice, "alice")).status.state == "stopped"
    assert list(machine.world.volumes) == ["lab-u-alice-workspace"]
    await workspaces.reset(machine.alice, "alice")
    await machine.step(2)
    newest = max(machine.world.lives)
    assert machine.world.lives[newest].spec.environment["LAB_RESET"].startswith("reset_")
    await machine.core.workspaces.forget_user("alice")
    await machine.step()
    assert (machine.world.volumes, machine.world.lives) == ({}, {})


async def test_a_deleted_user_leaves_nothing_running(machine: Machine) -> None:
    await machine.core.workspaces.start(machine.people["bob"], "bob")
    await machine.step(2)
    await machine.core.users.delete(SYSTEM, "bob")
    await machine.step()
    assert machine.world.lives == {}
    assert await machine.core.context.documents.get("workspaces", "bob") is None


async def test_a_later_user_of_the_name_does_not_meet_the_files(machine: Machine) -> None:
    await machine.core.workspaces.start(machine.people["bob"], "bob")
    await machine.step(2)
    await machine.core.users.delete(SYSTEM, "bob")
    bob = await machine.people.add("bob")
    with pytest.raises(Conflict, match="still being removed"):
        await machine.core.workspaces.start(bob, "bob")
    await machine.step()
    assert machine.world.volumes == {}
    assert (await machine.core.workspaces.start(bob, "bob")).status.state == "pending"


@pytest.mark.parametrize("call", ["start", "stop", "remove"])
async def test_a_lab_that_dies_after_a_call_goes_on(machine: Machine, call: str, web: str) -> None:
    await machine.service(environment={"DUMMY_ENDPOINT": web})
    machine.faults.after[call] = [Killed()]
    await machine.step(4)
    assert (await machine.served()).status.state == "running"
    await machine.core.services.stop(machine.alice, PROJECT, "web")
    await machine.step(3)
    assert (await machine.served()).status.state == "stopped"
    assert machine.world.lives == {}
    assert len(machine.starts()) == 1
