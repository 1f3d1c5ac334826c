"""Ten thousand finished runs in seconds: through core, as the API would log them one by one.

For a lab that is down: core is opened over its data folder, and every run begins, logs and
ends by the same calls, with the same checks and writes, as one of MLflow's client; what is
saved is HTTP.
"""

from __future__ import annotations

import asyncio
import random
import time
from pathlib import Path

from people import open_core

from mllab.core.lab import LabCore
from mllab.model.accounts import Principal
from mllab.model.tracking import Metric, RunBatch, RunStatus

AT_ONCE = 64
_ADMIN = Principal(user="admin", is_admin=True)


def log_runs(data_dir: Path, project: str, count: int) -> str:
    """Log finished runs with four params and three metrics each; return the experiment's id."""
    return asyncio.run(_log_runs(data_dir, project, count))


async def _log_runs(data_dir: Path, project: str, count: int) -> str:
    async with open_core(data_dir) as core:
        made = await core.tracking.experiments.create(_ADMIN, project, "many")
        begin = time.time_ns() // 1_000_000 - count * 60_000
        for first in range(0, count, AT_ONCE):
            numbers = range(first, min(first + AT_ONCE, count))
            runs = [_log(core, project, made.id, each, begin + each * 60_000) for each in numbers]
            await asyncio.gather(*runs)
        return made.id


async def _log(core: LabCore, project: str, experiment: str, number: int, at_ms: int) -> None:
    chance = random.Random(number)  # noqa: S311 - the same data each time
    tracking = core.tracking.runs
    run = await tracking.create(
        _ADMIN, project, experiment, name=f"run-{number}", user="ann", started_ms=at_ms
    )
    metrics = [
        Metric(key=key, value=chance.random(), timestamp_ms=at_ms, step=1)
        for key in ("accuracy", "loss", "val/loss")
    ]
    depth, rate = chance.randint(2, 8), round(10 ** chance.uniform(-4, -1), 5)
    params = [("depth", str(depth)), ("lr", str(rate)), ("model", "gbm"), ("number", str(number))]
    await tracking.log(_ADMIN, project, run.id, RunBatch(metrics=metrics, params=params))
    ended = at_ms + chance.randint(5_000, 50_000)
    await tracking.update(_ADMIN, project, run.id, status=RunStatus.FINISHED, ended_ms=ended)
