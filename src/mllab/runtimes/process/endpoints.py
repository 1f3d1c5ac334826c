"""Where a workload's ports are reached, once somebody of the workload listens there."""

from __future__ import annotations

import socket
from pathlib import Path

from mllab.model.workloads import Program
from mllab.runtimes.base import Endpoint, Handle, Phase
from mllab.runtimes.process.attempts import Attempt
from mllab.runtimes.process.listeners import Listener, find_listener

SOCKET = "http"
"""Name of the lab's own programs' socket in their run folder."""


class Endpoints:
    """Finds listeners and remembers them as long as they are proved to be the same."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, int, int], Listener] = {}

    def find(self, attempt: Attempt, handle: Handle, port: int) -> Endpoint | None:
        """Return where `port` is reached, None while nobody of the workload listens.

        The workload listens on the port it was given (PORT_<declared>), or on the declared
        one if it does not heed that; the first is looked for first.
        """
        key = (handle["id"], handle["attempt"], port)
        known = self._known.get(key)
        if known and known.is_there():
            return Endpoint(known.address)
        self._known.pop(key, None)
        written = attempt.written()
        supervisor = attempt.supervisor()
        if supervisor is None or not written or written["phase"] != Phase.RUNNING:
            return None
        spec = attempt.spec()
        if spec and spec.program is not Program.COMMAND and port in (spec.ports[:1] or [port]):
            return _own_program(attempt, Path(handle["run"]) / SOCKET)
        for candidate in (written["ports"].get(str(port)), port):
            found = find_listener(supervisor, candidate) if candidate else None
            if found:
                self._known[key] = found
                return Endpoint(found.address)
        return None

    def forget(self, handle: Handle) -> None:
        """Forget what is known of a removed attempt."""
        for key in [key for key in self._known if key[:2] == (handle["id"], handle["attempt"])]:
            del self._known[key]


def _own_program(attempt: Attempt, path: Path) -> Endpoint | None:
    """Return the socket in the workload's private folder if somebody accepts there."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(0.5)
        try:
            probe.connect(str(path))
        except OSError:
            return None
    try:
        token = attempt.token_file.read_text()
    except FileNotFoundError:
        return Endpoint(f"unix:{path}")
    return Endpoint(f"unix:{path}", {"Authorization": f"token {token}"})
