"""Makes a model server: the model's own environment, and a small server in it."""

from __future__ import annotations

import os
import re

from mllab.runtimes.inside.environments import Environments
from mllab.runtimes.inside.prepare import Program, with_environment

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from mllab.runtimes.inside.task import Task
    from mllab.runtimes.inside.telling import Teller

# What mlflow's scoring server imports beside the model's own requirements.
_SERVER = ("fastapi", "uvicorn", "pandas", "numpy")
_NAME = re.compile(r"^\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?")


def server_requirements(requirements: Iterable[str]) -> list[str]:
    """Return a model's requirements made fit to serve it.

    `mlflow` becomes `mlflow-skinny` of the same version: it holds all that loading and
    serving take, without the tracking server (300 MB and 2 s of each start).
    """
    lines = [_skinny(line) for line in requirements]
    names = {_name(line) for line in lines}
    needed = [name for name in ("mlflow-skinny", *_SERVER) if name not in names]
    return [*lines, *needed]


def _skinny(line: str) -> str:
    found = _NAME.match(line)
    if found is None or _name(line) != "mlflow":
        return line
    return "mlflow-skinny" + line[found.end() :]


def _name(line: str) -> str:
    found = _NAME.match(line)
    return re.sub(r"[._-]+", "-", found[1]).lower() if found else ""


def prepare_model_server(task: Task, teller: Teller) -> Program:
    """Return the server of the task's model; it fetches the model itself."""
    requirements = server_requirements(task["requirements"])
    place = Environments(task, teller).get_plain(requirements)
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "model_server.py")
    argv = [f"{place}/bin/python", "-P", script, task["model_uri"] or "", task["address"]]
    return Program(argv, with_environment(task["environment"], place), task["work"])
