"""A real lab's own life: one at a time on its data, killed, interrupted, told to end."""

from __future__ import annotations

import signal
import socket
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from running_lab import MLLAB, RunningLab, wait_for

from mllab import Lab
from mllab.client.projects import Project

TICKER = "i=0; while true; do i=$((i+1)); echo tick $i; sleep 0.05; done"


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[RunningLab]:
    """A running lab; afterwards it is down, whatever the test did to it."""
    lab = RunningLab(tmp_path / "data")
    lab.start()
    yield lab
    lab.down()


def alpha(lab: RunningLab) -> Project:
    """Return project alpha of the admin, created if need be."""
    client = Lab(lab.url, lab.token())
    if "alpha" not in {project.name for project in client.projects.list()}:
        client.projects.create("alpha")
    return client.project("alpha")


def ticks(project: Project, number: int) -> list[str]:
    text = "".join(project.jobs.logs("ticker", number))
    return [line for line in text.splitlines() if line.startswith("tick ")]


def start_ticker(project: Project) -> int:
    """Start a job that prints for ever and return its run's number once it prints."""
    number = project.jobs.submit("ticker", TICKER).number
    wait_for(lambda: len(ticks(project, number)) > 2, within_s=120, what="the job prints")
    return number


def up(data_dir: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [MLLAB, "up", "--data-dir", str(data_dir), *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


def test_a_killed_lab_neither_stops_nor_loses_a_workload(lab: RunningLab) -> None:
    project = alpha(lab)
    number = start_ticker(project)
    lab.kill()
    lab.start()
    project = alpha(lab)
    run = project.jobs.get_run("ticker", number)
    assert run.status.state == "running"
    assert run.status.attempt == 1
    seen = ticks(project, number)
    assert seen == [f"tick {i}" for i in range(1, len(seen) + 1)]
    project.jobs.stop("ticker", number)
    assert project.jobs.wait("ticker", number).status.state == "stopped"


def test_a_killed_lab_remembers_when_a_service_was_used(lab: RunningLab) -> None:
    project = alpha(lab)
    project.services.deploy("web", "exec python3 -m http.server $PORT")
    project.services.wait("web")
    assert project.services.request("web").status_code == 200
    wait_for(lambda: project.services.activity("web").requests == 1, within_s=20, what="counted")
    used_at = project.services.activity("web").last_active_at
    lab.kill()
    lab.start()
    services = alpha(lab).services
    wait_for(lambda: services.activity("web").last_active_at == used_at, within_s=20, what="kept")
    metrics = httpx.get(f"{lab.url}/metrics", headers={"Authorization": f"Bearer {lab.token()}"})
    assert "process_resident_memory_bytes" in metrics.text
    assert httpx.get(f"{lab.url}/metrics").status_code == 404


def test_a_killed_lab_keeps_what_it_acknowledged(lab: RunningLab) -> None:
    version = alpha(lab).datasets.upload("a.txt", b"kept")
    lab.kill()
    lab.start()
    assert alpha(lab).datasets.read("a.txt") == b"kept"
    assert alpha(lab).datasets.get("a.txt").sha256 == version.sha256


def test_ctrl_c_ends_the_lab_and_what_it_runs(lab: RunningLab) -> None:
    number = start_ticker(alpha(lab))
    assert lab.interrupt() == 0
    assert "everything that it runs" in lab.output.read_text()
    lab.start()
    run = alpha(lab).jobs.get_run("ticker", number)
    assert run.status.state == "stopped"


def test_sigterm_leaves_workloads_running(lab: RunningLab) -> None:
    number = start_ticker(alpha(lab))
    lab.process.send_signal(signal.SIGTERM)
    assert lab.process.wait(timeout=30) == 0
    lab.start()
    run = alpha(lab).jobs.get_run("ticker", number)
    assert (run.status.state, run.status.attempt) == ("running", 1)


def test_two_labs_on_one_folder_are_refused(lab: RunningLab) -> None:
    second = up(lab.data_dir, "--port", "0")
    assert second.returncode == 1
    assert f"process {lab.process.pid}" in second.stderr
    assert httpx.get(f"{lab.url}/api/health").status_code == 200


def test_a_port_in_use_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = up(tmp_path / "data", "--port", str(port))
    assert refused.returncode == 1
    assert f"Port {port}" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_data_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    with sqlite3.connect(tmp_path / "data" / "metadata.sqlite") as database:
        database.execute("PRAGMA user_version=99")
    database.close()
    refused = up(tmp_path / "data", "--port", "0")
    assert refused.returncode == 1
    assert "newer" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_killed_nginx_comes_back(lab: RunningLab) -> None:
    pid = int((lab.data_dir / "run" / "nginx.pid").read_text())
    subprocess.run(["kill", "-9", str(pid)], check=True)
    wait_for(lambda: answers(lab), within_s=20, what="nginx answers again")


def answers(lab: RunningLab) -> bool:
    try:
        return httpx.get(f"{lab.url}/api/ready").status_code == 200
    except httpx.TransportError:
        return False
