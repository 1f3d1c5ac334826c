"""A Docker runtime under a namespace of its own on the tests' Engine."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from docker_engine import docker, engine_address

from mllab.runtimes.docker.runtime import DockerRuntime
from mllab.runtimes.docker.starting import DockerOptions

IMAGE = "debian:12-slim"
"""What runtimes of tests run where a spec names no image: the base of the lab's own images."""


@contextmanager
def namespace() -> Iterator[str]:
    """Give a namespace that no other test has; what carries it is removed afterwards."""
    engine_address()
    name = f"t{secrets.token_hex(5)}"
    try:
        yield name
    finally:
        clear(name)


def clear(name: str) -> None:
    """Remove every container, network and volume that carries a namespace."""
    label = ("--quiet", "--filter", f"label=lab.namespace={name}")
    if found := docker("ps", "--all", *label).split():
        docker("rm", "--force", "--volumes", *found)
    for kind in ("network", "volume"):
        if found := docker(kind, "ls", *label).split():
            docker(kind, "rm", *found)


def open_runtime(name: str, folder: Path, **more: Any) -> DockerRuntime:
    """Return a runtime for a namespace; `folder` takes its few files."""
    options: dict[str, Any] = {"workspace_image": IMAGE, "model_image": IMAGE}
    options |= {"wheels": folder, "namespace": name, "address": engine_address()}
    return DockerRuntime(DockerOptions(**(options | more)))
