"""A lab by `deploy/compose.yaml` on the tests' Engine, the way its documentation says."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from docker_engine import docker, engine_address
from docker_machine import namespace
from running_lab import ADMIN_PASSWORD, wait_for

from mllab import Lab

FILE = Path(__file__).parents[2] / "deploy" / "compose.yaml"


@dataclass
class ComposedLab:
    """A lab in a container; `url` is where its one port is published."""

    url: str
    namespace: str

    def client(self) -> Lab:
        """Return a client of the first admin."""
        return Lab.sign_in(self.url, "admin", ADMIN_PASSWORD)


@contextmanager
def composed_lab() -> Iterator[ComposedLab]:
    """Give a lab that is healthy; afterwards nothing of it is left, its data neither."""
    address = engine_address()
    if not address.startswith("unix://"):
        pytest.skip("needs a Docker Engine on a Unix socket")
    with namespace() as name:
        port = str(_free_port())
        settings = {"LAB_NAMESPACE": name, "LAB_PORT": port, "LAB_ADDRESS": "127.0.0.1"}
        settings |= {"DOCKER_SOCKET": address.removeprefix("unix://"), "DOCKER_HOST": address}
        settings |= {"LAB_ADMIN_PASSWORD": ADMIN_PASSWORD, "COMPOSE_PROJECT_NAME": name}
        try:
            _compose(settings, "up", "--detach")
            lab = ComposedLab(f"http://127.0.0.1:{port}", name)
            wait_for(lambda: _is_ready(lab), within_s=60, what="the lab is ready")
            yield lab
        finally:
            _compose(settings, "down", "--volumes")


def _compose(settings: dict[str, str], *arguments: str) -> None:
    command = ["docker-compose"] if shutil.which("docker-compose") else ["docker", "compose"]
    done = subprocess.run(
        [*command, "--file", str(FILE), *arguments],
        env={**os.environ, **settings},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def _is_ready(lab: ComposedLab) -> bool:
    state = docker("inspect", "--format", "{{.State.Status}}", f"{lab.namespace}-core-lab")
    assert state == "running", docker("logs", f"{lab.namespace}-core-lab")
    try:
        return httpx.get(f"{lab.url}/api/ready", timeout=5).status_code == 200
    except httpx.TransportError:
        return False


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])
