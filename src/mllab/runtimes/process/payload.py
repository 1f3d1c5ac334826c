"""What the lab hands to a supervisor through its standard input, secrets included.

It is never written to disk and never stands in an argument. Plain JSON, so that both
sides need nothing but the standard library.
"""

from __future__ import annotations

from typing import TypedDict

from mllab.runtimes.inside.task import Task


class Caps(TypedDict):
    """Limits; None sets none. `memory_bytes` holds for each process and for their sum."""

    memory_bytes: int | None
    cpus: list[int] | None
    open_files: int


class Payload(Task):
    """All that a supervisor and its child need to know; paths are absolute."""

    workload: str
    listeners: str
    log_bytes: int
    ports: list[int]
    caps: Caps
    timeout_s: float | None
    prepare_timeout_s: float
