"""A lab with the walk's kinds of things in it: what pages are tested, shown and measured with.

ann is an admin and owns the project `wine`; ben is an editor of it and vera a viewer.
Everything comes through the public clients, training through the unmodified `mlflow`.
"""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from running_lab import ADMIN_PASSWORD, RunningLab
from web_runs import log_runs

from mllab import Lab
from mllab.client.projects import Project

WALK = Path(__file__).parents[2] / "examples" / "walk"
PROJECT = "wine"
PEOPLE = {"ann": "Ann Lee", "ben": "Ben Okafor", "vera": "Vera Lindqvist"}
TRAIN = """
python3 - <<'END' || exit 1
import json, os, urllib.request as http
opener = http.build_opener(http.ProxyHandler({}))
project = f"{os.environ['LAB_ENDPOINT']}/api/projects/{os.environ['LAB_PROJECT']}"
token = {"Authorization": f"Bearer {os.environ['LAB_API_TOKEN']}"}
typed = token | {"Content-Type": "application/json"}
opener.open(http.Request(f"{project}/datasets/wine.csv", headers=token)).read()
run = json.dumps({"experiment_id": "0", "run_name": "by-train"}).encode()
opener.open(http.Request(f"{project}/mlflow/api/2.0/mlflow/runs/create", run, typed)).read()
END
for n in $(seq 1 40); do echo "epoch $n: loss 0.$((900 - n * 19))"; done
printf '\\033[32mdone\\033[0m, accuracy 0.981\\n'
"""
SWEEP = "n=0; while sleep 1; do n=$((n + 1)); echo candidate $n: accuracy 0.9$((n % 10)); done"
FAIL = "echo reading wine.csv; echo 'KeyError: cultivar' >&2; exit 3"
HELLO = "echo listening; exec python3 -m http.server $PORT"
NOTES = "# Which cultivar?\n\n178 wines, 13 measurements, 3 cultivars.\n\n- `wine.csv` as shipped\n"


def password_of(name: str) -> str:
    """Return the password of one of the people."""
    return ADMIN_PASSWORD if name == "admin" else f"{name} has a password"


@dataclass(frozen=True)
class Seeded:
    """A lab that is filled, and where in it the things with made-up ids are."""

    lab: RunningLab
    ann: Lab
    experiment: str
    runs: list[str]
    by_job: str
    """The run of the experiment `0` that the job `train` logged."""

    @property
    def project(self) -> Project:
        """The project in which everything is."""
        return self.ann.project(PROJECT)


def fill(lab: RunningLab, *, model: bool = True) -> Seeded:
    """Fill an empty lab. Without `model` no model is trained, which takes ten seconds."""
    ann = people(lab)
    ann.projects.create(
        PROJECT, title="Which cultivar?", description="Three cultivars of one region, told apart."
    )
    project = ann.project(PROJECT)
    project.members.put("ben", "editor")
    project.members.put("vera", "viewer")
    project.secrets.put("WAREHOUSE_PASSWORD", "not to be seen")
    ann.tokens.create("notebook")
    ann.projects.create("churn", title="Customer churn")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files(project, folder)
        workloads(project)
        with training(lab, ann, folder) if model else nullcontext():
            experiment, runs = log_runs(lab.url, ann.http.token, PROJECT)
    if model:
        project.registry.set_alias("wine", "champion", 1)
        read_file(ann, project.registry.version("wine", 1).run_id, "datasets/wine.csv", 2)
        project.registry.change("wine", description="Which cultivar a wine is of.")
        project.services.deploy("wine-api", model="wine", alias="champion")
    for job in ("train", "nightly"):
        project.jobs.wait(job, 1, timeout_s=60)
    (logged,) = project.jobs.logged("train", 1)
    read_file(ann, runs[0], "datasets/wine.csv", 2)
    return Seeded(lab, ann, experiment, runs, logged.id)


def people(lab: RunningLab) -> Lab:
    """Create the accounts and return ann's client."""
    admin = Lab(lab.url, lab.token())
    for name, display_name in PEOPLE.items():
        admin.users.create(
            name, password_of(name), display_name=display_name, is_admin=name == "ann"
        )
    return Lab(lab.url, lab.token("ann", password_of("ann")))


def workloads(project: Project) -> None:
    """Start a job that ends, one that fails, one that goes on, and a service with a key."""
    project.jobs.submit("train", TRAIN)
    project.jobs.submit("nightly", FAIL)
    project.jobs.submit("sweep", SWEEP)
    project.services.deploy("hello", HELLO)
    project.services.keys("hello").create("website", requests_per_minute=60)


def read_file(ann: Lab, run: str, key: str, version: int) -> None:
    """Let a run say that it read a version of a file, as the client's `Experiment` does."""
    source = json.dumps({"key": key, "version": version})
    file = {"name": key, "digest": f"v{version}", "source_type": "mllab", "source": source}
    said = {"run_id": run, "datasets": [{"tags": [], "dataset": file}]}
    call = f"/projects/{PROJECT}/mlflow/api/2.0/mlflow/runs/log-inputs"
    ann.http.json("POST", call, json=said)


def files(project: Project, folder: Path) -> None:
    """Upload one of each kind that the pages can show; the table in two versions."""
    subprocess.run([sys.executable, str(WALK / "data.py"), str(folder)], check=True)
    for name in ("wine_v1.csv", "wine_v2.csv"):
        project.datasets.upload(
            "wine.csv", folder / name, metadata={"source": "scikit-learn", "rows": "178"}
        )
    project.datasets.upload("cultivars.json", json.dumps(CULTIVARS).encode())
    project.datasets.upload("notes.md", NOTES.encode())
    project.datasets.upload("images/label.png", picture(240, 160))
    project.datasets.upload("explore.ipynb", json.dumps(NOTEBOOK).encode())
    project.models.upload("weights.bin", bytes(range(256)) * 64)


@contextmanager
def training(lab: RunningLab, ann: Lab, folder: Path, project: str = PROJECT) -> Iterator[None]:
    """Run the walk's training meanwhile: it logs a run and registers the model `wine`."""
    environment = {
        **os.environ,
        "LAB_ENDPOINT": lab.url,
        "LAB_API_TOKEN": ann.http.token,
        "LAB_PROJECT": project,
        "MLFLOW_TRACKING_URI": f"{lab.url}/api/projects/{project}/mlflow",
        "MLFLOW_TRACKING_TOKEN": ann.http.token,
        "LOGNAME": "ann",  # whose run it is, says mlflow
    }
    with (folder / "output.txt").open("w+") as output:
        command = [sys.executable, str(WALK / "train" / "train.py")]
        running = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=output, stderr=output
        )
        try:
            yield
        finally:
            running.wait(timeout=120)
        output.seek(0)
        assert running.returncode == 0, output.read()


def picture(width: int, height: int) -> bytes:
    """Return a PNG with a gradient of wine's colours."""
    rows = b"".join(
        b"\0"
        + b"".join(bytes((90 + x * 120 // width, 20 + y * 60 // height, 60)) for x in range(width))
        for y in range(height)
    )
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


CULTIVARS = [
    {"id": 0, "name": "Barolo", "wines": 59, "grape": {"name": "Nebbiolo", "red": True}},
    {"id": 1, "name": "Grignolino", "wines": 71, "grape": {"name": "Grignolino", "red": True}},
    {"id": 2, "name": "Barbera", "wines": 48, "grape": {"name": "Barbera", "red": True}},
]

NOTEBOOK = {
    "nbformat": 4,
    "nbformat_minor": 5,
    "metadata": {"language_info": {"name": "python"}},
    "cells": [
        {
            "id": "one",
            "cell_type": "markdown",
            "metadata": {},
            "source": ["# A first look\n", "How many wines are there of each cultivar?"],
        },
        {
            "id": "two",
            "cell_type": "code",
            "metadata": {},
            "execution_count": 1,
            "source": ["import pandas as pd\n", "wine = pd.read_csv('wine.csv')\n", "len(wine)"],
            "outputs": [
                {
                    "output_type": "execute_result",
                    "execution_count": 1,
                    "metadata": {},
                    "data": {"text/plain": ["178"]},
                }
            ],
        },
        {
            "id": "three",
            "cell_type": "code",
            "metadata": {},
            "execution_count": 2,
            "source": ["wine.groupby('cultivar').size()"],
            "outputs": [
                {
                    "output_type": "stream",
                    "name": "stdout",
                    "text": ["0    59\n1    71\n2    48\n"],
                },
                {
                    "output_type": "execute_result",
                    "execution_count": 2,
                    "metadata": {},
                    "data": {"text/html": ["<table><tr><th>cultivar</th><td>59</td></tr></table>"]},
                },
            ],
        },
    ],
}
