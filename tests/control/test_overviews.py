"""First pages: what a project holds, what happened in it, and what concerns whom."""

from __future__ import annotations

import socket

from file_room import pieces
from machine import PROJECT, Machine

from mllab.model.accounts import Principal
from mllab.model.files import FileKind, FileRef, NewVersion
from mllab.model.overview import Event, Home, Overview
from mllab.model.projects import NewProject
from mllab.model.tracking import RunStatus


async def overview(machine: Machine) -> Overview:
    return await machine.core.overviews.project(machine.alice, PROJECT)


async def home(machine: Machine, name: str = "alice") -> Home:
    return await machine.core.overviews.home(machine.people[name])


async def upload(machine: Machine, kind: FileKind, key: str) -> None:
    ref = FileRef(project=PROJECT, kind=kind, key=key)
    await machine.core.files.upload(machine.alice, ref, NewVersion(), pieces(b"12345"))


async def test_an_empty_project_has_nothing(machine: Machine) -> None:
    found = await overview(machine)
    assert (found.project.name, found.storage_bytes, found.recent) == (PROJECT, 0, [])
    assert (found.counts.datasets, found.counts.services, found.counts.job_runs) == (0, {}, {})


async def test_files_are_counted_with_all_their_versions(machine: Machine) -> None:
    for kind in (FileKind.DATASET, FileKind.DATASET, FileKind.MODEL):
        await upload(machine, kind, "a/b")
    found = await overview(machine)
    assert (found.counts.datasets, found.counts.models, found.storage_bytes) == (1, 1, 15)
    newest = [(each.what, each.event, each.id, each.number) for each in found.recent]
    assert sorted(newest) == [
        ("dataset", "uploaded", "a/b", 1),
        ("dataset", "uploaded", "a/b", 2),
        ("model", "uploaded", "a/b", 1),
    ]


async def test_a_run_that_failed_says_why(machine: Machine) -> None:
    await machine.job(environment={"DUMMY_EXIT_CODE": "3"})
    await machine.step(4)
    found = await overview(machine)
    assert (found.counts.jobs, found.counts.job_runs) == (1, {"failed": 1})
    [ended] = found.recent
    assert (ended.what, ended.id, ended.number, ended.event) == ("job", "train", 1, "failed")
    assert ended.reason == "exited with code 3"
    assert found.running == []
    assert (await home(machine)).failed == [ended]


async def test_a_run_that_is_tried_again_has_failed_and_goes_on(machine: Machine) -> None:
    await machine.job(environment={"DUMMY_EXIT_CODE": "1"}, retries=2)
    await machine.step(3)
    found = await home(machine)
    assert [each.event for each in found.failed] == [Event.FAILED]
    assert [(each.event, each.number) for each in found.running] == [(Event.PENDING, 1)]


async def test_an_old_failure_is_not_shown_at_home(machine: Machine) -> None:
    await machine.job(environment={"DUMMY_EXIT_CODE": "3"})
    await machine.step(4)
    machine.clock.advance(8 * 24 * 3600)
    found = await home(machine)
    assert (found.failed, len(found.recent)) == ([], 1)


async def test_a_service_becomes_ready_and_goes_on(machine: Machine) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        address = f"127.0.0.1:{listening.getsockname()[1]}"
        await machine.service(environment={"DUMMY_ENDPOINT": address})
        await machine.step(4)
    found = await overview(machine)
    assert found.counts.services == {"running": 1}
    assert [(each.what, each.id, each.event) for each in found.recent] == [
        ("service", "web", "ready")
    ]
    [running] = (await home(machine)).running
    assert (running.what, running.event, running.number) == ("service", "running", None)


async def test_runs_of_experiments_are_told_when_they_end(machine: Machine) -> None:
    tracking, alice = machine.core.tracking, machine.alice
    made = await tracking.experiments.create(alice, PROJECT, "first")
    run = await tracking.runs.create(alice, PROJECT, made.id, name="one")
    assert (await overview(machine)).recent == []
    await tracking.runs.update(alice, PROJECT, run.id, status=RunStatus.FAILED, ended_ms=1)
    found = await overview(machine)
    assert (found.counts.experiments, found.counts.runs) == (1, 1)
    assert [(each.id, each.name, each.event) for each in found.recent] == [
        (run.id, "one", Event.FAILED)
    ]


async def test_home_has_the_own_projects_the_newest_first(machine: Machine) -> None:
    await machine.core.projects.create(machine.alice, NewProject(name="beta"))
    await machine.job(environment={"DUMMY_EXIT_CODE": "3"})
    machine.clock.advance(60)
    await machine.step(4)
    assert [each.project.name for each in (await home(machine)).projects] == [PROJECT, "beta"]
    outsider = await home(machine, "charlie")
    assert (outsider.projects, outsider.running, outsider.failed, outsider.recent) == ([],) * 4
    assert outsider.workspace
    assert outsider.workspace.user == "charlie"


async def test_a_confined_token_sees_no_workspace_at_home(machine: Machine) -> None:
    scope = machine.alice.scope.model_copy(update={"project": PROJECT})
    confined: Principal = machine.alice.model_copy(update={"scope": scope})
    found = await machine.core.overviews.home(confined)
    assert (found.workspace, [each.project.name for each in found.projects]) == (None, [PROJECT])
