"""What is said while a workload is prepared: to people through its log, to who watches it.

Standard library only. Does not know who watches: the process runtime's supervisor reads the
other end; in a container nobody does, and the log alone tells.
"""

from __future__ import annotations

import os

NOT_PREPARED = 125
"""Exit code of a workload that could not be prepared."""


class Failed(Exception):
    """The workload cannot be prepared; the text says why and what to do."""


class Teller:
    """How the child speaks to its supervisor, and to people through the log."""

    def __init__(self, end: int) -> None:
        self._end = end

    def progress(self, sentence: str) -> None:
        """Say what is being done now; it becomes the status' reason."""
        print(f"[lab] {sentence}", flush=True)  # noqa: T201 - the log is where people look
        self._say("doing", sentence)

    def failed(self, sentence: str) -> None:
        """Say why it cannot start."""
        print(f"[lab] {sentence}", flush=True)  # noqa: T201
        self._say("failed", sentence)

    def ready(self) -> None:
        """Say that the program begins."""
        self._say("ready", "")

    def _say(self, kind: str, sentence: str) -> None:
        line = " ".join(sentence.split())[:1000]
        os.write(self._end, f"{kind} {line}\n".encode())
