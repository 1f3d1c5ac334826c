"""The walk of `examples/walk`, by command line and by Python, on a real lab.

Afterwards nothing runs and only what was asked to stay is on disk.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest
from running_lab import RunningLab, running_lab, wait_for
from walking import BY_PYTHON, BY_SHELL, files_left, walk


@pytest.mark.parametrize(
    ("command", "base"),
    [(BY_SHELL, "/ml/lab"), (BY_PYTHON, "")],
    ids=["command line, below a path", "python"],
)
def test_from_data_to_a_served_model(tmp_path: Path, command: tuple[str, ...], base: str) -> None:
    with running_lab(tmp_path / "data", env={"LAB_BASE_URL": base}) as lab:
        assert lab.url.endswith(f":{urlsplit(lab.url).port}{base}")
        walk(lab, command)
        _nothing_is_left(lab)


def _nothing_is_left(lab: RunningLab) -> None:
    """No process of a workload, and no file of the project or its people."""
    wait_for(lambda: not _workload_processes(lab), within_s=30, what="workloads are gone")
    wait_for(lambda: not files_left(lab), within_s=60, what="files are gone")


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
