"""What happens before a program runs: its environment, its code, its command line.

Runs in the workload's own process, so all it writes is in the workload's log and a slow
step blocks nobody else. Standard library only.
"""

from __future__ import annotations

import os

from mllab.runtimes.process.environments import Environments

TYPE_CHECKING = False
if TYPE_CHECKING:
    from mllab.runtimes.process.child import Teller
    from mllab.runtimes.process.payload import Payload


class Program:
    """What the process becomes."""

    def __init__(self, argv: list[str], environment: dict[str, str], folder: str) -> None:
        self.argv = argv
        self.environment = environment
        self.folder = folder


def prepare(payload: Payload, teller: Teller) -> Program:
    """Make everything ready and return what to run."""
    if payload["program"] == "workspace":
        from mllab.runtimes.process.workspace import prepare_workspace

        return prepare_workspace(payload, teller)
    if payload["program"] == "model-server":
        from mllab.runtimes.process.models import prepare_model_server

        return prepare_model_server(payload, teller)
    folder = payload["work"]
    if payload["code"]:
        from mllab.runtimes.process.sources import fetch_code

        folder = fetch_code(payload["code"], folder, payload["environment"], teller)
    place = Environments(payload, teller).get(payload["requirements"])
    variables = with_environment(payload["environment"], place)
    return Program(["/bin/sh", "-c", payload["command"]], variables, folder)


def with_environment(variables: dict[str, str], folder: str) -> dict[str, str]:
    """Return `variables` with the Python environment in `folder` switched on."""
    path = f"{folder}/bin{os.pathsep}{variables.get('PATH', os.defpath)}"
    return variables | {"PATH": path, "VIRTUAL_ENV": folder}
