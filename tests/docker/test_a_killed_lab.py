"""A lab that is killed under running containers: the next one finds them as they are."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from docker_engine import docker
from docker_lab import DockerLab, docker_lab, labelled
from docker_machine import IMAGE
from running_lab import wait_for

from mllab.client.projects import Project
from mllab.model.work import JobRun

pytestmark = [pytest.mark.external, pytest.mark.usefixtures("engine")]

MANY = 20
COUNTS = """exec perl -e '
$| = 1; $SIG{TERM} = sub { print "end $i\\n"; exit };
while (1) { $i++; print "line $i\\n"; select undef, undef, undef, 0.02 }'"""
"""Writes numbered lines until it is told to end, and how many those were."""


def test_all_are_adopted_none_is_restarted_and_no_line_is_lost(tmp_path: Path) -> None:
    with docker_lab(tmp_path / "data", WORKSPACE_IMAGE=IMAGE) as lab:
        project = lab.project("alpha")
        project.jobs.create("counter", project.jobs.spec(COUNTS))
        numbers = [project.jobs.run("counter").number for _ in range(MANY)]
        wait_for(lambda: running(project) == numbers, within_s=120, what="all run")
        before = containers(lab)
        lab.lab.kill()
        lab.lab.start()
        project = lab.client.project("alpha")
        wait_for(
            lambda: all(writes(project, "counter", n) for n in numbers),
            within_s=60,
            what="all write",
        )
        assert running(project) == numbers
        assert containers(lab) == before
        for number in numbers:
            project.jobs.stop("counter", number)
        ended = [project.jobs.wait("counter", number, timeout_s=60) for number in numbers]
        assert {(run.status.state, run.status.attempt) for run in ended} == {("stopped", 1)}
        assert [whole(project, run) for run in ended] == [True] * MANY


def test_what_ends_while_no_lab_is_there_is_known_afterwards(tmp_path: Path) -> None:
    with docker_lab(tmp_path / "data", WORKSPACE_IMAGE=IMAGE) as lab:
        project = lab.project("alpha")
        jobs = {"fine": 0, "broken": 3}
        for job, code in jobs.items():
            project.jobs.submit(job, COUNTS.replace("exit }", f"exit {code} }}"))
        wait_for(lambda: all(map(partial(writes, project), jobs)), within_s=60, what="both write")
        lab.lab.kill()
        docker("kill", "--signal=TERM", *labelled("ps", namespace=lab.namespace))
        lab.lab.start()
        project = lab.client.project("alpha")
        ended = [project.jobs.wait(job, 1, timeout_s=30) for job in jobs]
        assert [(r.status.state, r.status.exit_code) for r in ended] == [
            ("succeeded", 0),
            ("failed", 3),
        ]
        assert [whole(project, run) for run in ended] == [True, True]


def running(project: Project) -> list[int]:
    """Return the numbers of the runs that run in their first attempt."""
    found = [r for r in project.jobs.runs("counter") if r.status.state == "running"]
    return sorted(run.number for run in found if run.status.attempt == 1)


def containers(lab: DockerLab) -> set[str]:
    """Return id and start of every container, running or not."""
    ids = labelled("ps", "--all", namespace=lab.namespace)
    form = "{{.Id}} {{.State.Running}} {{.State.StartedAt}} {{.RestartCount}}"
    return set(docker("inspect", "--format", form, *ids).splitlines())


def writes(project: Project, job: str, number: int = 1) -> bool:
    """Tell whether a run's log has lines to read."""
    return bool(next(project.jobs.logs(job, number), ""))


def whole(project: Project, run: JobRun) -> bool:
    """Tell whether a log is every line that was written, once and in order."""
    *lines, end = "".join(project.jobs.logs(run.job, run.number)).splitlines()
    return lines == [f"line {i}" for i in range(1, len(lines) + 1)] and end == f"end {len(lines)}"
