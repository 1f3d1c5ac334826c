"""Job runs under control: every end, every reason, and never twice."""

from __future__ import annotations

import pytest
from machine import PROJECT, Killed, Machine

from mllab.errors import InvalidInput, Unavailable
from mllab.runtimes.base import LogPart


async def test_a_run_succeeds_and_its_log_outlives_it(machine: Machine) -> None:
    run = await machine.job(environment={"DUMMY_LOG": "hello\n", "DUMMY_RUN_S": "2"})
    assert (run.status.state, run.status.reason) == ("pending", "waiting to be started")
    await machine.step(5)
    run = await machine.run()
    assert (run.status.state, run.status.exit_code, run.status.attempt) == ("succeeded", 0, 1)
    assert machine.world.lives == {}
    assert await machine.log(run.status.workload) == "hello\n"


async def test_a_run_says_what_it_is_doing(machine: Machine) -> None:
    await machine.job(environment={"DUMMY_PREPARE": "2", "DUMMY_RUN_S": "2"})
    seen = []
    for _ in range(6):
        await machine.step()
        status = (await machine.run()).status
        seen.append((status.state.value, status.reason))
    assert seen == [
        ("starting", "starting"),
        ("starting", "preparing, 2 steps to go"),
        ("starting", "preparing, 1 steps to go"),
        ("running", ""),
        ("running", ""),
        ("succeeded", ""),
    ]


async def test_who_waits_for_an_image_sees_how_far_it_is(machine: Machine) -> None:
    machine.world.awaited = ["pulling image a: 10 %", "pulling image a: 90 %"]
    await machine.job()
    seen = []
    for _ in range(3):
        await machine.step()
        status = (await machine.run()).status
        seen.append((status.state.value, status.reason))
    assert seen[:2] == [
        ("starting", "pulling image a: 10 %"),
        ("starting", "pulling image a: 90 %"),
    ]
    assert len(machine.starts()) == 1


async def test_an_image_that_cannot_be_had_ends_the_run(machine: Machine) -> None:
    machine.faults.before["prepare"] = [InvalidInput("The image 'a' is not in its registry.")]
    await machine.job(retries=5)
    await machine.step(3)
    status = (await machine.run()).status
    assert (status.state, status.reason) == ("failed", "The image 'a' is not in its registry.")
    assert machine.starts() == []


async def test_a_failing_run_keeps_its_exit_code(machine: Machine) -> None:
    await machine.job(environment={"DUMMY_EXIT_CODE": "3"})
    await machine.step(4)
    status = (await machine.run()).status
    assert (status.state, status.exit_code) == ("failed", 3)
    assert status.reason == "exited with code 3"


async def test_retries_wait_longer_each_time(machine: Machine) -> None:
    run = await machine.job(environment={"DUMMY_EXIT_CODE": "1", "DUMMY_LOG": "x\n"}, retries=2)
    waits = []
    for _ in range(2):
        await machine.step(3)
        status = (await machine.run()).status
        waits.append((status.state.value, status.reason))
        machine.clock.advance(60)
    assert waits == [
        ("pending", "trying again in 1 s (attempt 1 of 3): exited with code 1"),
        ("pending", "trying again in 2 s (attempt 2 of 3): exited with code 1"),
    ]
    await machine.step(4)
    assert (await machine.run()).status.state == "failed"
    assert len(machine.starts()) == 3
    text = await machine.log(run.status.workload)
    assert text == "x\n\n[attempt 2]\nx\n\n[attempt 3]\nx\n"
    assert await machine.log(run.status.workload, offset=5) == text[5:]
    assert await machine.log(run.status.workload, offset=1000) == ""


@pytest.mark.parametrize("moment", ["pending", "running"])
async def test_a_run_is_stopped(machine: Machine, moment: str) -> None:
    await machine.job(environment={"DUMMY_RUN_S": "1000"})
    await machine.step(0 if moment == "pending" else 3)
    await machine.core.jobs.stop_run(machine.alice, PROJECT, "train", 1)
    await machine.step(2)
    assert (await machine.run()).status.state == "stopped"
    assert machine.world.lives == {}
    assert len(machine.starts()) == (0 if moment == "pending" else 1)


async def test_a_timeout_is_a_failure_that_says_so(machine: Machine) -> None:
    await machine.job(environment={"DUMMY_RUN_S": "1000"}, timeout_s=10)
    await machine.step(3)
    machine.clock.advance(16)
    await machine.step(2)
    status = (await machine.run()).status
    assert (status.state, status.reason) == ("failed", "stopped after its limit of 10 s")


@pytest.mark.parametrize("seen_running", [True, False])
async def test_a_lab_that_comes_back_ends_what_ran_over_its_limit_meanwhile(
    machine: Machine, seen_running: bool
) -> None:
    await machine.job(environment={"DUMMY_RUN_S": "1000"}, timeout_s=10)
    if not seen_running:
        machine.faults.after["start"] = [Killed()]
    await machine.step(3 if seen_running else 1)
    assert (await machine.run()).status.state == ("running" if seen_running else "starting")
    await machine.kill()
    machine.clock.advance(16)
    await machine.step(3)
    status = (await machine.run()).status
    assert (status.state, status.reason) == ("failed", "stopped after its limit of 10 s")
    assert len(machine.starts()) == 1


async def test_a_lost_run_fails_or_is_tried_again(machine: Machine) -> None:
    await machine.job(environment={"DUMMY_LOSE": "1"})
    await machine.step(5)
    status = (await machine.run()).status
    assert (status.state, status.reason) == ("failed", "the script lost it")


@pytest.mark.parametrize("call", ["start", "stop", "remove"])
async def test_a_lab_that_dies_after_a_call_never_runs_a_job_twice(
    machine: Machine, call: str
) -> None:
    run = await machine.job(environment={"DUMMY_RUN_S": "2", "DUMMY_LOG": "once\n"})
    machine.faults.after[call] = [Killed()]
    await machine.step(8)
    assert (await machine.run()).status.state == "succeeded"
    assert machine.starts() == [f"{run.status.workload} 1"]
    assert await machine.log(run.status.workload) == "once\n"


async def test_a_runtime_that_does_not_answer_is_asked_again(machine: Machine) -> None:
    await machine.job(environment={"DUMMY_RUN_S": "2"})
    machine.faults.before["start"] = [Unavailable("docker does not answer")]
    await machine.step()
    status = (await machine.run()).status
    assert (status.state, status.attempt) == ("starting", 1)
    assert "docker does not answer" in status.reason
    machine.clock.advance(3)
    await machine.step(5)
    assert (await machine.run()).status.state == "succeeded"
    assert len(machine.starts()) == 1


async def test_a_start_that_fails_for_good_fails_the_run(machine: Machine) -> None:
    await machine.job(environment={"DUMMY_FAIL_START": "no such cpu"})
    await machine.step(2)
    status = (await machine.run()).status
    assert (status.state, status.reason) == ("failed", "no such cpu")


async def test_the_token_lives_as_long_as_the_attempt(machine: Machine) -> None:
    await machine.job(environment={"DUMMY_RUN_S": "3"})
    await machine.step(2)
    (life,) = machine.world.lives.values()
    principal = await machine.core.identity.principal(life.secrets["LAB_API_TOKEN"])
    assert (principal.user, principal.scope.project) == ("alice", PROJECT)
    assert life.secrets["MLFLOW_TRACKING_TOKEN"] == life.secrets["LAB_API_TOKEN"]
    await machine.step(4)
    assert await machine.core.tokens.find(life.secrets["LAB_API_TOKEN"]) is None


async def test_places_in_a_copy_stay_true_where_its_beginning_was_dropped(
    machine: Machine,
) -> None:
    note = "[1000000 bytes before this were dropped]\n"
    run = await machine.job(
        environment={"DUMMY_LOG": f"{note}rest\n", "DUMMY_EXIT_CODE": "1"}, retries=1
    )
    await machine.step(4)
    machine.clock.advance(60)
    await machine.step(4)
    logs = machine.core.workloads.logs
    parts = [part async for part in logs(run.status.workload or "")]
    begin = 1_000_000 - len(note)
    assert parts[0] == LogPart(begin, f"{note}rest\n".encode())
    assert parts[1] == LogPart(1_000_005, b"\n[attempt 2]\n")
    assert [p.data async for p in logs(run.status.workload or "", offset=1_000_002)][0] == b"st\n"
