"""Builds the environments of the lab's own programs before anybody waits for them.

Run like a supervisor (see `launch.py`), but it starts nothing and nobody depends on it:
what it did not get to is built by the first workload that needs it.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile

from mllab.runtimes.process.child import Failed, Teller
from mllab.runtimes.process.environments import Environments
from mllab.runtimes.process.workspace import JUPYTER, KERNEL, OVERRIDES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from mllab.runtimes.process.payload import Payload


def main() -> None:
    """Read a payload from standard input and build; say on standard error what failed."""
    payload: Payload = json.loads(sys.stdin.buffer.read())
    os.nice(10)
    with tempfile.TemporaryDirectory() as folder, open(os.devnull, "wb") as nobody:
        payload["folder"] = folder
        environments = Environments(payload, Teller(nobody.fileno()))
        try:
            environments.get([])
            environments.get_own(JUPYTER, OVERRIDES)
            environments.get_own((*KERNEL, *payload["client_requirements"]))
        except Failed as exc:
            sys.exit(str(exc))


if __name__ == "__main__":
    main()
