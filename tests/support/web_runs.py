"""Runs of a hyperparameter search as people log them, by the unmodified `mlflow` client."""

from __future__ import annotations

import math
import os
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager

from mlflow import MlflowClient
from mlflow.entities import Metric, Param, Run, RunTag

EXPERIMENT = "search"
STEPS = 60
HOUR_MS = 3_600_000
NOTE = """Learns **fast**, then overfits; see [why](https://example.org/why).

# Next
- [x] stop early
- [ ] less `depth`

| depth | loss |
|---|--:|
| 8 | 0.41 |
"""


@contextmanager
def tracking(url: str, token: str, project: str) -> Iterator[MlflowClient]:
    """Give mlflow's client of a project; its token is in the environment meanwhile."""
    ours = {"MLFLOW_TRACKING_TOKEN": token, "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true"}
    before = os.environ.copy()
    os.environ.update(ours)
    try:
        uri = f"{url}/api/projects/{project}/mlflow"
        yield MlflowClient(uri, uri)
    finally:
        for name in ours.keys() - before.keys():
            del os.environ[name]
        os.environ.update({name: before[name] for name in ours.keys() & before.keys()})


def log_runs(url: str, token: str, project: str, count: int = 24) -> tuple[str, list[str]]:
    """Log `count` runs with curves: the last one still runs, the one before failed.

    Returns the experiment's id and those of the runs, oldest first.
    """
    with tracking(url, token, project) as client:
        experiment = str(client.create_experiment(EXPERIMENT))
        client.create_experiment("empty")
        start = time.time_ns() // 1_000_000 - count * HOUR_MS
        begins = [start + number * HOUR_MS for number in range(count)]
        runs = [log_run(client, experiment, n, begin) for n, begin in enumerate(begins)]
        for number, run in enumerate(runs[:-1]):
            status = "FINISHED" if number < count - 2 else "FAILED"
            client.set_terminated(run, status, begins[number] + STEPS * 20_000)
        client.log_text(runs[0], "class,wines\n0,59\n1,71\n2,48\n", "tables/classes.csv")
        client.log_text(runs[0], "The best of the first day.\n", "notes.txt")
        client.set_tag(runs[0], "mlflow.note.content", NOTE)
    return experiment, runs


def log_run(client: MlflowClient, experiment: str, number: int, start_ms: int) -> str:
    """Log one run with parameters and a learning curve, and leave it running."""
    chance = random.Random(number)  # noqa: S311 - the same data each time
    rate, depth = round(10 ** chance.uniform(-4, -1), 5), chance.randint(2, 8)
    who = {"mlflow.user": ("ann", "ben")[number % 2]}
    run: Run = client.create_run(experiment, start_ms, who, run_name=f"trial-{number + 1}")
    metrics = [
        Metric(key, value, start_ms + step * 20_000, step)
        for step in range(STEPS)
        for key, value in curve(chance, rate, depth, step).items()
    ]
    params = [Param("learning_rate", str(rate)), Param("depth", str(depth)), Param("model", "gbm")]
    client.log_batch(run.info.run_id, metrics, params, [RunTag("team", "cellar")])
    return str(run.info.run_id)


def curve(chance: random.Random, rate: float, depth: int, step: int) -> dict[str, float]:
    """Return a step's metrics: loss falls and accuracy rises, with noise."""
    speed = 4 + 40 * math.sqrt(rate)
    loss = math.exp(-step / STEPS * speed) + 0.02 * depth + chance.uniform(0, 0.03)
    return {
        "train/loss": loss,
        "val/loss": loss + step / STEPS * 0.01 * depth,
        "val/accuracy": min(0.995, 1 - loss / 2 + chance.uniform(0, 0.01)),
    }
