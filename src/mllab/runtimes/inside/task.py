"""What is said to the code that prepares a workload, in the workload's own process.

Plain JSON, so that both sides need nothing but the standard library. Paths are absolute and
those of the place where the workload runs: this machine's or the container's.
"""

from __future__ import annotations

from typing import Any, TypedDict


class Task(TypedDict):
    """All that it takes to prepare one workload and become its program."""

    folder: str
    """Where the attempt's lock of requirements is kept."""
    work: str
    run: str
    """Short private folder for Unix sockets."""
    address: str
    """Where the lab's own programs listen: `unix:/path` or `host:port`."""
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
    contained: bool
    """Whether it runs in an image, which brings a Python of its own."""
    python: str
    uv: str
    environments: str
    wheel: str
    """The lab's own client, as a wheel."""
    client_requirements: list[str]
