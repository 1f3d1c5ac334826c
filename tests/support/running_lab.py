"""A real lab as a child process: what end-to-end tests and benchmarks stand on.

Starts `mllab up` on a free port with a data folder of its own, the way a person does.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import psutil

ADMIN_PASSWORD = "correct horse battery staple"
MLLAB = str(Path(sys.executable).with_name("mllab"))
_ADDRESS = re.compile(r"runs at (https?://\S+)")


def environments_dir() -> Path:
    """Folder of Python environments that all tests share, so that each is built once."""
    chosen = os.environ.get("LAB_TEST_ENVIRONMENTS")
    return Path(chosen) if chosen else Path.home() / ".cache" / "mllab-ci" / "environments"


def wait_for(condition: Callable[[], bool], *, within_s: float, what: str) -> None:
    """Poll until `condition` holds; fail with `what` after `within_s` seconds."""
    deadline = time.monotonic() + within_s
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {within_s} s: {what}")
        time.sleep(0.02)


class RunningLab:
    """`mllab up` in its own process; `url` is where it answers."""

    def __init__(self, data_dir: Path, *options: str, env: Mapping[str, str] | None = None) -> None:
        self.data_dir = data_dir
        self._options = options
        self._env = {
            **os.environ,
            "LAB_ADMIN_PASSWORD": ADMIN_PASSWORD,
            "LAB_ENVIRONMENTS_ROOT": str(environments_dir()),
            "LAB_PREWARM": "false",
            **(env or {}),
        }
        self.output = data_dir.with_name(f"{data_dir.name}-output.txt")
        self.url = ""
        self.process: subprocess.Popen[bytes]

    def start(self, *, port: int = 0, within_s: float = 60) -> None:
        """Start it and wait until it says where it runs; port 0 takes a free one."""
        command = [
            MLLAB,
            "up",
            "--port",
            str(port),
            "--data-dir",
            str(self.data_dir),
            *self._options,
        ]
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                command,
                env=self._env,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        wait_for(self._says_where, within_s=within_s, what="mllab up says where it runs")

    def _says_where(self) -> bool:
        text = self.output.read_text()
        if self.process.poll() is not None:
            raise AssertionError(f"mllab up ended with {self.process.returncode}: {text}")
        found = _ADDRESS.search(text)
        self.url = found[1] if found else ""
        return bool(found)

    def token(self, user: str = "admin", password: str = ADMIN_PASSWORD) -> str:
        """Sign in and return an API token."""
        body = {"username": user, "password": password, "name": "test"}
        answer = httpx.post(f"{self.url}/api/auth/token", json=body, timeout=30)
        answer.raise_for_status()
        return str(answer.json()["secret"])

    def processes(self) -> list[psutil.Process]:
        """Return the lab's own process and those of its nginx, without workloads."""
        run = str((self.data_dir / "run").resolve())
        found = [psutil.Process(self.process.pid)]
        for process in psutil.process_iter():
            with suppress(psutil.Error):  # it may end while we look
                if process.name() == "nginx" and process.cwd() == run:
                    found.append(process)
        return found

    def kill(self) -> None:
        """End the lab's process with SIGKILL; nginx and workloads live on."""
        self.process.kill()
        self.process.wait()

    def interrupt(self) -> int:
        """Press Ctrl-C: the lab and all it runs end; return the exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=60)

    def down(self) -> None:
        """Run `mllab down`, whatever state the lab is in."""
        command = [MLLAB, "down", "--data-dir", str(self.data_dir)]
        subprocess.run(command, env=self._env, check=True, capture_output=True, timeout=90)
        if self.process.poll() is None:
            self.process.wait(timeout=30)


@contextmanager
def running_lab(
    data_dir: Path, *options: str, env: Mapping[str, str] | None = None
) -> Iterator[RunningLab]:
    """Give a running lab; afterwards it is down with everything that it ran."""
    lab = RunningLab(data_dir, *options, env=env)
    lab.start()
    try:
        yield lab
    finally:
        lab.down()
