"""What happens before a program runs: its environment, its code, its command line.

Runs in the workload's own process, so all it writes is in the workload's log and a slow
step blocks nobody else. Standard library only.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from mllab.runtimes.inside.task import Task
    from mllab.runtimes.inside.telling import Teller


class Program:
    """What the process becomes."""

    def __init__(self, argv: list[str], environment: dict[str, str], folder: str) -> None:
        self.argv = argv
        self.environment = environment
        self.folder = folder


def prepare(task: Task, teller: Teller) -> Program:
    """Make everything ready and return what to run."""
    if task["program"] == "workspace":
        from mllab.runtimes.inside.workspace import prepare_workspace

        return prepare_workspace(task, teller)
    if task["program"] == "model-server":
        from mllab.runtimes.inside.models import prepare_model_server

        return prepare_model_server(task, teller)
    folder = task["work"]
    if task["code"]:
        from mllab.runtimes.inside.sources import fetch_code

        folder = fetch_code(task["code"], folder, task["environment"], teller)
    variables = task["environment"]
    if task["requirements"] or not task["contained"]:
        from mllab.runtimes.inside.environments import Environments

        place = Environments(task, teller).get(task["requirements"])
        variables = with_environment(variables, place)
    return Program(["/bin/sh", "-c", task["command"]], variables, folder)


def with_environment(variables: dict[str, str], folder: str) -> dict[str, str]:
    """Return `variables` with the Python environment in `folder` switched on."""
    path = f"{folder}/bin{os.pathsep}{variables.get('PATH', os.defpath)}"
    return variables | {"PATH": path, "VIRTUAL_ENV": folder}
