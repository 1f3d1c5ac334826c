"""A Docker Engine that goes away under a running lab and comes back."""

from __future__ import annotations

import signal
import socket
from functools import partial
from pathlib import Path

import httpx
import pytest
from docker_engine import docker
from docker_lab import DockerLab, docker_lab
from docker_machine import IMAGE
from own_engine import OwnEngine, own_engine
from running_lab import wait_for

from mllab.client.projects import Project
from mllab.model.workloads import Status

pytestmark = [pytest.mark.external, pytest.mark.usefixtures("engine")]

MANY = 16
SOON_S = 10
"""States are right that long after the Engine answers again."""

COUNTS = """exec perl -e '
$| = 1; $SIG{TERM} = sub { print "end $i\\n"; exit };
while (1) { $i++; print "line $i\\n"; select undef, undef, undef, 0.02 }'"""
WAITS = "exec sleep 3600"
LISTENS = """exec perl -MIO::Socket::INET -e '
$s = IO::Socket::INET->new(LocalPort => $ENV{PORT}, Listen => 5, ReuseAddr => 1) or die;
while ($c = $s->accept) { close $c }'"""


BEFORE = {"job over": "succeeded", "job once": "running", "job twice": "running"}
BEFORE |= {"web": "running", "frail": "running"}
AFTER = BEFORE | {"job once": "failed", "frail": "failed", "job meanwhile": "succeeded"}


def begin(lab: DockerLab, name: str) -> Project:
    """Start one of each kind, and a job that is over before the Engine goes."""
    project = lab.project(name)
    project.jobs.submit("over", "echo all of it")
    project.jobs.wait("over", 1, timeout_s=60)
    project.jobs.submit("once", WAITS)
    project.jobs.submit("twice", WAITS, retries=1)
    project.services.deploy("web", LISTENS)
    project.services.deploy("frail", LISTENS, restart=False)
    wait_for(lambda: states(project) == BEFORE, within_s=60, what="all run")
    return project


def run(project: Project, job: str) -> Status:
    return project.jobs.get_run(job, 1).status


def service(project: Project, name: str) -> Status:
    return project.services.get(name).status


def states(project: Project) -> dict[str, str]:
    found = {f"job {job.name}": run(project, job.name).state.value for job in project.jobs.list()}
    return found | {each.name: each.status.state.value for each in project.services.list()}


def are_right(project: Project) -> bool:
    """Tell whether no state speaks of what the Engine took along as if it still were."""
    again = (run(project, "twice"), service(project, "web"))
    now = states(project)
    ended = now["job once"] == now["frail"] == "failed"
    return ended and all(each.attempt == 2 or each.state == "pending" for each in again)


def are_final(project: Project) -> bool:
    return states(project) == AFTER


def test_a_second_engine_leaves_the_first_its_bridge(tmp_path: Path) -> None:
    def is_there() -> bool:
        return bridge in {name for _, name in socket.if_nameindex()}

    name = '{{index .Options "com.docker.network.bridge.name"}}'
    bridge = docker("network", "inspect", "bridge", "--format", name)
    before = is_there()
    with own_engine(tmp_path):
        assert is_there() is before


def test_states_are_right_soon_after_the_engine_is_back(tmp_path: Path) -> None:
    with (
        own_engine(tmp_path) as engine,
        docker_lab(tmp_path / "lab", DOCKER_HOST=engine.address, WORKSPACE_IMAGE=IMAGE) as lab,
    ):
        for how in (signal.SIGTERM, signal.SIGKILL):
            project = begin(lab, how.name.lower())
            engine.end(how)
            _the_lab_still_answers(lab, project)
            engine.start()
            wait_for(partial(are_right, project), within_s=SOON_S, what="states are right")
            wait_for(partial(are_final, project), within_s=60, what="all runs again")
            _nothing_is_told_wrong(project)


def _nothing_is_told_wrong(project: Project) -> None:
    once, web = run(project, "once"), service(project, "web")
    assert (once.attempt, run(project, "twice").attempt, web.attempt) == (1, 2, 2)
    assert "Engine" in once.reason
    assert "Engine" in service(project, "frail").reason
    assert "".join(project.jobs.logs("over", 1)) == "all of it\n"


def _the_lab_still_answers(lab: DockerLab, project: Project) -> None:
    assert httpx.get(f"{lab.lab.url}/api/health").status_code == 200
    project.jobs.submit("meanwhile", "echo later")
    wait_for(lambda: "Docker" in run(project, "meanwhile").reason, within_s=30, what="says why")
    assert "".join(project.jobs.logs("over", 1)) == "all of it\n"


def test_no_start_is_lost_or_blamed_when_the_engine_ends_in_it(tmp_path: Path) -> None:
    with (
        own_engine(tmp_path) as engine,
        docker_lab(tmp_path / "lab", DOCKER_HOST=engine.address, WORKSPACE_IMAGE=IMAGE) as lab,
    ):
        project = lab.project("alpha")
        project.jobs.create("short", project.jobs.spec("echo once"))
        numbers = [project.jobs.run("short").number for _ in range(MANY)]
        wait_for(lambda: bool(engine("ps", "--all", "--quiet")), within_s=60, what="it begins")
        engine.end(signal.SIGTERM)
        engine.start()
        ended = [project.jobs.wait("short", number, timeout_s=60) for number in numbers]
        assert {run.status.attempt for run in ended} == {1}
        for each in ended:
            fine = each.status.state == "succeeded"
            assert fine or "Engine's own end" in each.status.reason
            assert "".join(project.jobs.logs("short", each.number)) == "once\n" or not fine


def test_an_engine_that_keeps_containers_alive_restarts_none(tmp_path: Path) -> None:
    with (
        own_engine(tmp_path, "--live-restore") as engine,
        docker_lab(tmp_path / "lab", DOCKER_HOST=engine.address, WORKSPACE_IMAGE=IMAGE) as lab,
    ):
        project = lab.project("alpha")
        project.jobs.submit("counter", COUNTS)
        project.services.deploy("web", LISTENS)
        project.services.wait("web")
        before = _started(engine)
        engine.end(signal.SIGTERM)
        wait_for(lambda: "Docker" in run(project, "counter").reason, within_s=30, what="away")
        engine.start()
        wait_for(lambda: run(project, "counter").reason == "", within_s=SOON_S, what="back")
        assert _started(engine) == before
        web = project.services.get("web").status
        assert (web.state, web.attempt) == ("running", 1)
        project.jobs.stop("counter", 1)
        assert project.jobs.wait("counter", 1, timeout_s=60).status.state == "stopped"
        *lines, end = "".join(project.jobs.logs("counter", 1)).splitlines()
        assert lines == [f"line {i}" for i in range(1, len(lines) + 1)]
        assert end == f"end {len(lines)}"


def _started(engine: OwnEngine) -> set[str]:
    ids = engine("ps", "--all", "--quiet").split()
    form = "{{.Id}} {{.State.Running}} {{.State.StartedAt}}"
    return set(engine("inspect", "--format", form, *ids).splitlines())
