"""The Docker Engine that tests find here, and what a test starts on it.

DOCKER_HOST or the default socket, else the test is skipped with that reason; CI has one
(`scripts/engine`), with the images of `scripts/images` built.
"""

from __future__ import annotations

import os
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import httpx
import pytest

from mllab import __version__

DEFAULT = "unix:///var/run/docker.sock"


@cache
def _answers(address: str) -> bool:
    if address.startswith("unix://") and not Path(address.removeprefix("unix://")).is_socket():
        return False  # httpx would leave a socket open, which fails the test that is skipped
    try:
        with engine_client(address) as client:
            return client.get("/_ping").status_code == 200
    except httpx.TransportError:
        return False


def engine_client(address: str) -> httpx.Client:
    """Return a client that speaks the engine's API; paths only, without a version."""
    if address.startswith("unix://"):
        transport = httpx.HTTPTransport(uds=address.removeprefix("unix://"))
        return httpx.Client(transport=transport, base_url="http://engine", timeout=60)
    return httpx.Client(base_url=address.replace("tcp://", "http://"), timeout=60)


def engine_address() -> str:
    """Return where the engine answers; skip the test where none does."""
    address = os.environ.get("DOCKER_HOST") or DEFAULT
    if not _answers(address):
        pytest.skip('needs a Docker Engine (as root: eval "$(scripts/engine start)")')
    return address


def lab_image(name: str) -> str:
    """Return the tag of an image that `make images` built: lab, workspace or model-server."""
    return f"mllab/{name}:{__version__}"


def docker(*arguments: str, text: str | None = None, check: bool = True) -> str:
    """Run the command line of Docker on the tests' engine; return what it printed.

    With `check` a failure fails the test and shows what was complained of.
    """
    done = subprocess.run(
        ["docker", *arguments],
        input=text,
        env={**os.environ, "DOCKER_HOST": engine_address()},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
        check=False,
    )
    assert not check or done.returncode == 0, f"docker {arguments}: {done.stdout}"
    return done.stdout.strip()


@contextmanager
def started(image: str, *options: str, command: tuple[str, ...] = ()) -> Iterator[str]:
    """Give the name of a running container, which is gone afterwards with its volumes."""
    name = f"test-{uuid.uuid4().hex[:12]}"
    docker("run", "--detach", "--name", name, *options, image, *command)
    try:
        yield name
    finally:
        docker("rm", "--force", "--volumes", name, check=False)
