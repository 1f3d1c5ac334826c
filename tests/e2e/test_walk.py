"""The walk of `examples/walk`, by command line and by Python, on a real lab.

Afterwards nothing runs and only what was asked to stay is on disk.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest
from running_lab import ADMIN_PASSWORD, RunningLab, running_lab, wait_for

WALK = Path(__file__).parents[2] / "examples" / "walk"
MOST_S = 900


@pytest.mark.parametrize(
    ("command", "base"),
    [([str(WALK / "walk.sh")], "/ml/lab"), ([sys.executable, str(WALK / "walk.py")], "")],
    ids=["command line, below a path", "python"],
)
def test_from_data_to_a_served_model(tmp_path: Path, command: list[str], base: str) -> None:
    with running_lab(tmp_path / "data", env={"LAB_BASE_URL": base}) as lab:
        assert lab.url.endswith(f":{urlsplit(lab.url).port}{base}")
        walked = subprocess.run(
            [*command, lab.url],
            env=_environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=MOST_S,
        )
        assert walked.returncode == 0, walked.stdout
        assert walked.stdout.rstrip().endswith("Done.")
        assert "training on 124 of 178 rows" in walked.stdout
        _nothing_is_left(lab)


def _environment() -> dict[str, str]:
    here = str(Path(sys.executable).parent)
    path = f"{here}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "LAB_ADMIN_PASSWORD": ADMIN_PASSWORD}


def _nothing_is_left(lab: RunningLab) -> None:
    """No process of a workload, and no file of the project or its people."""
    wait_for(lambda: not _workload_processes(lab), within_s=30, what="workloads are gone")
    wait_for(lambda: not _files_left(lab), within_s=60, what="files are gone")


def _workload_processes(lab: RunningLab) -> list[psutil.Process]:
    folder = str(lab.data_dir / "workloads")
    found = []
    for process in psutil.process_iter():
        try:
            if process.cwd().startswith(folder) or any(folder in a for a in process.cmdline()):
                found.append(process)
        except psutil.Error:
            continue
    return found


def _files_left(lab: RunningLab) -> list[str]:
    """Return the files of projects, people and workloads; folders may go while we look."""
    tops = (lab.data_dir / "files", lab.data_dir / "workloads")
    return [
        os.path.join(folder, name)
        for top in tops
        for folder, _, names in os.walk(top)
        for name in names
        if not name.endswith(".pipe")  # the running lab's own
    ]
