"""A real image registry (Debian's docker-registry) on loopback, and images made for it.

The Engine asks registries on 127.0.0.0/8 without TLS, so none is set up.
"""

from __future__ import annotations

import base64
import json
import os
import re
import secrets
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from docker_engine import docker

USER, PASSWORD = "ann", "correct-horse"
_HASH = "$2b$04$0.G6LH6oEJK8ASWpnziKmeSdgQHtgPyau1hsnsd0A4GIkHjE0bICq"
"""Of the password, by bcrypt, as the registry wants it."""


class Registry:
    """One registry; `address` stays the same when it is started again."""

    def __init__(self, folder: Path, *, signs_in: bool = False) -> None:
        self.address = "127.0.0.1:0"
        self._folder = folder
        self._signs_in = signs_in
        self._process: subprocess.Popen[bytes] | None = None
        folder.mkdir(exist_ok=True)

    def start(self) -> None:
        """Start it and wait until it listens."""
        (self._folder / "htpasswd").write_text(f"{USER}:{_HASH}\n")
        auth = {"htpasswd": {"realm": "test", "path": str(self._folder / "htpasswd")}}
        configuration = {
            "version": "0.1",
            "storage": {"filesystem": {"rootdirectory": str(self._folder / "data")}},
            "http": {"addr": self.address},
        } | ({"auth": auth} if self._signs_in else {})
        (self._folder / "config.yml").write_text(json.dumps(configuration))
        log = self._folder / "log"
        with log.open("wb") as file:
            self._process = subprocess.Popen(
                ["docker-registry", "serve", str(self._folder / "config.yml")],
                stdout=file,
                stderr=file,
            )
        end = time.monotonic() + 30
        while not (found := re.search(r"listening on (127\.0\.0\.1:\d+)", log.read_text())):
            assert self._process.poll() is None, log.read_text()
            assert time.monotonic() < end, log.read_text()
            time.sleep(0.01)
        self.address = found[1]

    def stop(self) -> None:
        """End it; repeatable."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()

    def push(self, archive: Path, *, keep: bool = False) -> str:
        """Make an image of a tar archive, push it; return its name, gone from the Engine."""
        name = f"{self.address}/test/{secrets.token_hex(4)}:1"
        docker("import", str(archive), name)
        docker("--config", str(self.signed_in(self._folder / "pusher")), "push", "--quiet", name)
        if not keep:
            docker("rmi", name)
        return name

    def signed_in(self, folder: Path, password: str = PASSWORD) -> Path:
        """Return a folder with a config.json in which Ann is signed in."""
        folder.mkdir(exist_ok=True)
        code = base64.b64encode(f"{USER}:{password}".encode()).decode()
        entries = {"auths": {self.address: {"auth": code}}}
        (folder / "config.json").write_text(json.dumps(entries))
        return folder


@contextmanager
def running_registry(folder: Path, *, signs_in: bool = False) -> Iterator[Registry]:
    """Give a registry that runs; it and its images are gone afterwards."""
    if shutil.which("docker-registry") is None:
        pytest.skip("needs Debian's docker-registry (apt-get install docker-registry)")
    found = Registry(folder, signs_in=signs_in)
    found.start()
    try:
        yield found
    finally:
        found.stop()
        if left := docker("images", "--quiet", f"{found.address}/*/*").split():
            docker("rmi", "--force", *left)


def archive_of(folder: Path, mib: int) -> Path:
    """Return a tar archive with one file that cannot be packed smaller."""
    (folder / "filler").write_bytes(os.urandom(mib << 20))
    path = folder / "image.tar"
    subprocess.run(["tar", "-C", str(folder), "-cf", str(path), "filler"], check=True)
    return path
