"""What a project owns on the Engine is told by its label, and goes with it."""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest
from docker_lab import DockerLab, docker_lab, labelled
from running_lab import wait_for

pytestmark = [pytest.mark.external, pytest.mark.usefixtures("engine")]


def owned(project: str) -> dict[str, set[str]]:
    """Return what the tools of the machine show of a project, by its label alone."""
    return {
        "container": set(labelled("ps", "--all", project=project, form="{{.Names}}")),
        "network": set(labelled("network", "ls", project=project, form="{{.Name}}")),
        "volume": set(labelled("volume", "ls", project=project, form="{{.Name}}")),
    }


def begin(lab: DockerLab, name: str, code: Path) -> dict[str, set[str]]:
    """Let a service and a job run in a new project; return what shall be seen of it."""
    project = lab.project(name)
    project.jobs.submit("train", "python3 train.py", code=code)
    project.services.deploy("web", "exec python3 -m http.server $PORT")
    wait_for(
        lambda: project.jobs.get_run("train", 1).status.state == "running",
        within_s=60,
        what="the job runs",
    )
    project.services.wait("web", timeout_s=60)
    start = f"{lab.namespace}-p-{name}"
    return {
        "container": {f"{start}-j-train-1", f"{start}-s-web"},
        "network": {start},
        "volume": {f"{start}-environments"},
    }


def test_a_projects_label_shows_what_is_its_own_and_its_deletion_leaves_nothing(
    tmp_path: Path,
) -> None:
    code = tmp_path / "train.py"
    code.write_text("import time; time.sleep(3600)")
    # Other tests have an Engine's projects, too: the label alone shall tell.
    names = [f"p{secrets.token_hex(4)}" for _ in range(2)]
    with docker_lab(tmp_path / "data") as lab:
        one, other = (begin(lab, name, code) for name in names)
        assert [owned(name) for name in names] == [one, other]
        lab.client.projects.delete(names[0])
        wait_for(lambda: not any(owned(names[0]).values()), within_s=60, what="all of it is gone")
        assert owned(names[1]) == other
        told = (lab.lab.data_dir / "logs" / "lab.log").read_text()
        assert [name for kind in one.values() for name in kind if name not in told] == []
