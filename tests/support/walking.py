"""The walk of `examples/walk` against a lab, as a person takes it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from running_lab import ADMIN_PASSWORD, RunningLab

WALK = Path(__file__).parents[2] / "examples" / "walk"
BY_SHELL, BY_PYTHON = (str(WALK / "walk.sh"),), (sys.executable, str(WALK / "walk.py"))
MOST_S = 900


def walk(lab: RunningLab, command: tuple[str, ...]) -> None:
    """Take the walk to its end; a step that fails fails the test and shows what was printed."""
    walked = subprocess.run(
        [*command, lab.url],
        env=_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=MOST_S,
        check=False,
    )
    assert walked.returncode == 0, walked.stdout
    assert walked.stdout.rstrip().endswith("Done.")
    assert "training on 124 of 178 rows" in walked.stdout


def _environment() -> dict[str, str]:
    here = str(Path(sys.executable).parent)
    path = f"{here}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "LAB_ADMIN_PASSWORD": ADMIN_PASSWORD}


def files_left(lab: RunningLab) -> list[str]:
    """Return the files of projects, people and workloads; folders may go while we look."""
    tops = (lab.data_dir / "files", lab.data_dir / "workloads")
    return [
        os.path.join(folder, name)
        for top in tops
        for folder, _, names in os.walk(top)
        for name in names
        if not name.endswith(".pipe")  # the running lab's own
    ]
