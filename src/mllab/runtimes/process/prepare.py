"""What happens before a program runs: its environment, its code, its command line.

Runs in the workload's own process, so all it writes is in the workload's log and a slow
step blocks nobody else. Standard library only.
"""

from __future__ import annotations

import os

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
    folder = payload["work"]
    environment = dict(payload["environment"])
    return Program(["/bin/sh", "-c", payload["command"]], environment, folder)


def with_environment(variables: dict[str, str], folder: str) -> dict[str, str]:
    """Return `variables` with the Python environment in `folder` switched on."""
    path = f"{folder}/bin{os.pathsep}{variables.get('PATH', os.defpath)}"
    return variables | {"PATH": path, "VIRTUAL_ENV": folder}
