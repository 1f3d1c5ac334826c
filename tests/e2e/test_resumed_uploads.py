"""An upload through nginx to a real lab: killed in the middle, stopped by Ctrl-C, gone on with."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest
from dam import dam
from running_lab import MLLAB, RunningLab, running_lab, wait_for

from mllab import Lab
from mllab.client.projects import Project

MIB = 1 << 20
SIZE = 400 * MIB


class Stopped(Exception):
    """Ends an upload call, as the end of its process would."""


def alpha(lab: RunningLab) -> Project:
    client = Lab(lab.url, lab.token())
    if "alpha" not in {project.name for project in client.projects.list()}:
        client.projects.create("alpha")
    return client.project("alpha")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "large.bin"
    with path.open("wb") as file:
        file.truncate(SIZE)
    return path


def check(project: Project, began_at: int) -> None:
    """The upload is done, by going on: had it begun anew, the first one would be open still."""
    version = project.datasets.get("large")
    assert (version.version, version.size_bytes) == (1, SIZE)
    assert project.uploads.list() == []
    assert began_at > 0


def test_an_upload_survives_kill_9_of_the_lab(tmp_path: Path, source: Path) -> None:
    with running_lab(tmp_path / "data") as lab:
        project = alpha(lab)

        def kill(done: int, total: int | None) -> None:
            if done > 30 * MIB and project.uploads.list()[0].offset_bytes > 0:
                lab.kill()
                raise Stopped

        with pytest.raises(Stopped):
            project.datasets.upload("large", source, on_progress=kill)
        lab.start()
        project, seen = alpha(lab), list[int]()
        (found,) = project.uploads.list()
        assert 0 < found.offset_bytes < SIZE
        project.datasets.upload("large", source, on_progress=lambda done, _: seen.append(done))
        check(project, found.offset_bytes)


def _heed_interrupts() -> None:
    """A suite that a shell runs in the background ignores them, and so would its children."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_the_same_command_goes_on_after_ctrl_c(tmp_path: Path, source: Path) -> None:
    with running_lab(tmp_path / "data") as lab:
        project = alpha(lab)
        env = os.environ | {"LAB_ENDPOINT": lab.url, "LAB_API_TOKEN": lab.token()}
        port = int(lab.url.rpartition(":")[2])
        command = [MLLAB, "dataset", "upload", "large", str(source), "-p", "alpha", "--json"]
        pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        with (
            dam(port, SIZE // 2) as held,
            subprocess.Popen(
                command,
                env=env | {"LAB_ENDPOINT": held},
                preexec_fn=_heed_interrupts,
                **pipes,
            ) as first,
        ):
            wait_for(
                lambda: any(each.offset_bytes for each in project.uploads.list()),
                within_s=60,
                what="the first bytes are safe",
            )
            first.send_signal(signal.SIGINT)
            assert "the same command goes on" in first.communicate(timeout=60)[1]
            assert first.returncode != 0
        (found,) = project.uploads.list()
        again = subprocess.run(command, env=env, check=True, timeout=120, **pipes)
        assert json.loads(again.stdout)["version"] == 1
        check(project, found.offset_bytes)
