"""Builds the environments of the lab's own programs before anybody waits for them.

Run like a supervisor (see `launch.py`), but it starts nothing and nobody depends on it:
what it did not get to is built by the first workload that needs it.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile

from mllab.runtimes.inside.environments import Environments
from mllab.runtimes.inside.telling import Failed, Teller
from mllab.runtimes.inside.workspace import JUPYTER, KERNEL, OVERRIDES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from mllab.runtimes.inside.task import Task


def build_own(environments: Environments, client_requirements: Sequence[str]) -> None:
    """Build JupyterLab's environment and the template of people's own; an image's build does too.

    Raises:
        Failed: one cannot be built.
    """
    environments.get_own(JUPYTER, OVERRIDES)
    environments.get_own((*KERNEL, *client_requirements))


def main() -> None:
    """Read a task from standard input and build; say on standard error what failed."""
    task: Task = json.loads(sys.stdin.buffer.read())
    os.nice(10)
    with tempfile.TemporaryDirectory() as folder, open(os.devnull, "wb") as nobody:
        task["folder"] = folder
        environments = Environments(task, Teller(nobody.fileno()))
        try:
            environments.get([])
            build_own(environments, task["client_requirements"])
        except Failed as exc:
            sys.exit(str(exc))


if __name__ == "__main__":
    main()
