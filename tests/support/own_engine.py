"""A second Docker Engine that one test may stop, kill and start again.

It leaves the firewall alone, as that is the first one's; so its containers reach nothing
outside, and no test of isolation belongs here. Its default bridge is one of its own: told to
have none, it would remove the first one's.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest
from docker_engine import docker, engine_client
from docker_machine import IMAGE
from running_lab import wait_for


class OwnEngine:
    """One `dockerd` on folders of its own; `address` is where it answers while it runs."""

    def __init__(self, data: Path, run: Path, *options: str) -> None:
        self.address = f"unix://{run}/docker.sock"
        self._run = run
        self._data = data
        self._log = data.with_name("engine.log")
        places = ("--host", self.address, "--data-root", str(data))
        files = ("--exec-root", str(run / "exec"), "--pidfile", str(run / "pid"))
        self._command = ("dockerd", "--iptables=false", *options, *places, *files)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        self._data.mkdir(exist_ok=True)
        if not os.path.ismount(self._data):
            # As on a machine with systemd. Else each start would hide the mounts of the one before.
            subprocess.run(["mount", "--bind", self._data, self._data], check=True)
            subprocess.run(["mount", "--make-shared", self._data], check=True)
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, stdout=log, stderr=log, start_new_session=True
            )
        wait_for(self._answers, within_s=60, what=f"the engine answers: {self._log}")

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, self._log.read_text()[-2000:]
        with socket.socket(socket.AF_UNIX) as sock:  # httpx leaves one open where none listens
            if sock.connect_ex(self.address.removeprefix("unix://")) != 0:
                return False
        with engine_client(self.address) as client:
            return client.get("/_ping").status_code == 200

    def end(self, how: signal.Signals) -> None:
        """End it with a signal and wait until it is gone."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(timeout=60)
            self._process = None
            # Its containerd dies with it. Where nobody reaps that, the next one would wait for it.
            note = self._run / "exec" / "containerd" / "containerd.pid"
            if note.exists():
                wait_for(lambda: _is_dead(int(note.read_text())), within_s=10, what="it is dead")
                note.unlink()

    def __call__(self, *arguments: str) -> str:
        """Run the command line of Docker on it; return what it printed."""
        return docker("--host", self.address, *arguments)

    def load(self, image: str) -> None:
        """Take an image over from the tests' engine."""
        with subprocess.Popen(["docker", "save", image], stdout=subprocess.PIPE) as saved:
            into = ["docker", "--host", self.address, "load"]
            subprocess.run(into, stdin=saved.stdout, check=True, capture_output=True, timeout=120)

    def clear(self) -> None:
        """Remove all containers and networks, end it and whatever it left running."""
        if self._process is None:
            self.start()
        if found := self("ps", "--all", "--quiet").split():
            docker("--host", self.address, "rm", "--force", *found, check=False)
        self("network", "prune", "--force")
        self.end(signal.SIGTERM)

    def bury(self) -> None:
        """End what a killed engine left, and its mounts: whatever a failed test did."""
        self.end(signal.SIGKILL)
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                if str(self._run) in " ".join(process.cmdline()):
                    for each in (*process.children(recursive=True), process):
                        each.kill()
        mounts = [line.split()[1] for line in Path("/proc/self/mounts").read_text().splitlines()]
        for mount in reversed(mounts):
            if Path(mount).is_relative_to(self._run) or Path(mount).is_relative_to(self._data):
                subprocess.run(["umount", "--lazy", mount], check=False, capture_output=True)


def _is_dead(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


@contextmanager
def own_engine(folder: Path, *options: str) -> Iterator[OwnEngine]:
    """Give a running engine with the image of tests' workloads; afterwards nothing is left."""
    if os.geteuid() != 0 or shutil.which("dockerd") is None:
        pytest.skip("needs root and dockerd: a second Docker Engine is started and killed")
    run = Path(tempfile.mkdtemp(prefix="engine-"))  # short: it holds paths of sockets
    with _bridge() as bridge:
        engine = OwnEngine(folder / "engine", run, f"--bridge={bridge}", *options)
        try:
            engine.start()
            engine.load(IMAGE)
            yield engine
        finally:
            try:
                engine.clear()
            finally:
                engine.bury()
                shutil.rmtree(run)
                shutil.rmtree(folder / "engine")


@contextmanager
def _bridge() -> Iterator[str]:
    name = f"e{secrets.token_hex(5)}"
    subprocess.run(["ip", "link", "add", name, "type", "bridge"], check=True)
    try:
        yield name
    finally:
        subprocess.run(["ip", "link", "delete", name], check=True)
