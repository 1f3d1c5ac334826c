"""Metric points: many, written once, read as a history.

A document holds all points of one key that came in one call, under an id that comes from
its content: a call that is repeated after a lost answer changes nothing.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from mllab.core.tracking.bodies import pack_number
from mllab.model.tracking import Metric
from mllab.stores.documents.base import Body, DocumentStore, Values, eq

_COLLECTION = "metrics"
_Group = tuple[str, str | None, str | None, str | None]


Point = tuple[int, int, float]
"""Time in milliseconds, step, value."""

_ORIGIN = ("model_id", "dataset_name", "dataset_digest")


class Points:
    """The points of all runs. Asks no permission: `Runs` does."""

    def __init__(self, documents: DocumentStore) -> None:
        self._documents = documents

    async def add(self, project: str, run_id: str, metrics: Sequence[Metric]) -> None:
        """Store points; durable when it returns, repeatable."""
        groups: dict[_Group, list[list[float | str | int]]] = defaultdict(list)
        for metric in metrics:
            group = (metric.key, metric.model_id, metric.dataset_name, metric.dataset_digest)
            packed = pack_number(metric.value)
            value = packed["word"] if "word" in packed else packed["value"]
            groups[group].append([metric.timestamp_ms, metric.step, value])
        if groups:
            bodies = [_body(project, run_id, group, points) for group, points in groups.items()]
            await self._documents.put_many(_COLLECTION, bodies)

    async def history(self, project: str, run_id: str, key: str) -> list[Metric]:
        """Return all points of a key by time, step and value; each once."""
        rows = await self._rows(project, run_id, key)
        points = {(*point, *origin) for stored, *origin in rows for point in stored}
        metrics = [_metric(key, point) for point in points]
        return sorted(metrics, key=lambda m: (m.timestamp_ms, m.step, m.value != m.value, m.value))

    async def plain(self, project: str, run_id: str, key: str) -> list[Point]:
        """Return time, step and value of all points of a key; each once, in no order."""
        rows = await self._rows(project, run_id, key)
        return await asyncio.to_thread(_plain, rows)

    async def _rows(self, project: str, run_id: str, key: str) -> list[Values]:
        where = (eq("run", run_id), eq("key", key), eq("project", project))
        rows = await self._documents.select(_COLLECTION, *where, fields=("points", *_ORIGIN))
        return [row[1:] for row in rows]


def _plain(rows: Sequence[Values]) -> list[Point]:
    # Equal points with another origin are others; of one origin, one was sent twice.
    seen: dict[tuple[Any, ...], set[tuple[Any, ...]]] = defaultdict(set)
    for stored, *origin in rows:
        seen[tuple(origin)].update(map(tuple, stored))
    return [(time, step, float(value)) for each in seen.values() for time, step, value in each]


def _body(
    project: str, run_id: str, group: _Group, points: list[list[float | str | int]]
) -> tuple[str, Body]:
    key, model_id, dataset_name, dataset_digest = group
    body: Body = {"project": project, "run": run_id, "key": key, "points": points}
    if model_id or dataset_name:
        body |= {
            "model_id": model_id,
            "dataset_name": dataset_name,
            "dataset_digest": dataset_digest,
        }
    content = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()[:24]
    digest = hashlib.sha256(key.encode()).hexdigest()[:16]
    return f"{project}/{run_id}/{digest}/{content}", body


def _metric(key: str, point: tuple[Any, ...]) -> Metric:
    # Without validation: these are our own documents, and there may be many.
    return Metric.model_construct(
        key=key,
        timestamp_ms=point[0],
        step=point[1],
        value=float(point[2]),
        model_id=point[3],
        dataset_name=point[4],
        dataset_digest=point[5],
    )


def thin(metrics: Sequence[Metric], most: int) -> list[Metric]:
    """Return at most about `most` points, evenly by position, the first and last among them."""
    if len(metrics) <= most:
        return list(metrics)
    stride = (len(metrics) - 1) / max(1, most - 1)
    places = sorted({round(i * stride) for i in range(most)})
    return [metrics[i] for i in places if i < len(metrics)]
