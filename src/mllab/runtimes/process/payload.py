"""What the lab hands to a supervisor through its standard input, secrets included.

It is never written to disk and never stands in an argument. Plain JSON, so that both
sides need nothing but the standard library.
"""

from __future__ import annotations

from typing import Any, TypedDict


class Caps(TypedDict):
    """Limits; None sets none. `memory_bytes` holds for each process and for their sum."""

    memory_bytes: int | None
    cpus: list[int] | None
    open_files: int


class Payload(TypedDict):
    """All that a supervisor and its child need to know; paths are absolute."""

    folder: str
    work: str
    workload: str
    listeners: str
    run: str
    """Short private folder for Unix sockets."""
    log_bytes: int
    ports: list[int]
    caps: Caps
    timeout_s: float | None
    prepare_timeout_s: float
    environment: dict[str, str]
    """The program's variables, whole."""
    installer: dict[str, str]
    """The variables of uv and git while the program is prepared, whole."""
    program: str
    command: str
    code: dict[str, Any] | None
    requirements: list[str]
    model_uri: str | None
    base_path: str
    token: str
    python: str
    uv: str
    environments: str
    wheel: str
    """The lab's own client, as a wheel."""
    client_requirements: list[str]
