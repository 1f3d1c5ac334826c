"""The first steps of a workload in a container: prepare, then become the program.

Run by whatever Python the image has, as the image's user. Ends by becoming the program or
by exit code 125 with the reason as the last line of the log.
"""

from __future__ import annotations

import json
import os
import shutil
import sys

from mllab.runtimes.inside.prepare import prepare
from mllab.runtimes.inside.telling import NOT_PREPARED, Failed, Teller

TYPE_CHECKING = False
if TYPE_CHECKING:
    from mllab.runtimes.inside.task import Task

_TASK = "/lab/task.json"
_PREBUILT = "/opt/lab/environments"
"""Environments that the lab's own images bring."""


def main() -> None:
    """Prepare what the task file says and become it."""
    try:
        with open(_TASK, encoding="utf-8") as file:
            task: Task = json.load(file)
        _complete(task)
        os.chdir(task["work"])
        program = prepare(task, Teller(os.open(os.devnull, os.O_WRONLY)))
        os.chdir(program.folder)
    except Failed as exc:
        _end(str(exc))
    except OSError as exc:
        _end(f"it could not be prepared: {exc}")
    else:
        os.execve(program.argv[0], program.argv, program.environment)  # noqa: S606 - argv is ours


def _end(reason: str) -> None:
    print(f"[lab] {reason}", flush=True)  # noqa: T201 - the log is where people look
    sys.exit(NOT_PREPARED)


def _complete(task: Task) -> None:
    """Add what only the container knows: its variables, its Python, its user."""
    task["contained"] = True
    task["environment"] = dict(os.environ)
    task["token"] = os.environ.get("JUPYTER_TOKEN", "")
    task["python"] = str(getattr(sys, "_base_executable", None) or sys.executable)
    task["uv"] = shutil.which("uv") or ""
    if not task["uv"] and (task["requirements"] or task["program"] != "command"):
        raise Failed("its image has no uv, which requirements need; choose one of the lab's images")
    if task["program"] == "workspace" and os.path.isdir(_PREBUILT):
        task["environments"] = _PREBUILT
    else:
        # By user, as images differ in theirs and one cannot write what is another's.
        task["environments"] += f"/{os.getuid()}"
        os.makedirs(task["environments"], exist_ok=True)
    task["installer"] |= {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": os.environ.get("HOME", "/"),
        "LANG": "C.UTF-8",
        "UV_CACHE_DIR": f"{task['environments']}/cache",
        "UV_PYTHON_DOWNLOADS": "never",
        "UV_NO_PROGRESS": "1",
    }
