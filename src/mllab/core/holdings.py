"""How much a project holds: counts by kind and state, and bytes. Read when asked for, never kept.

Whoever calls has authorised.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence

from mllab.model.files import FileKind
from mllab.model.overview import Counts
from mllab.model.tracking import Lifecycle
from mllab.model.workloads import WorkloadKind, WorkloadState
from mllab.stores.documents.base import DocumentStore, Where, eq

_ACTIVE = eq("lifecycle", str(Lifecycle.ACTIVE))


class Holdings:
    """Counts what projects hold."""

    def __init__(self, documents: DocumentStore) -> None:
        self._documents = documents

    async def counts(self, project: str) -> Counts:
        """Return how many of each kind there are."""
        in_project, count = eq("project", project), self._documents.count
        there = Where("versions", "gt", 0)
        found = await asyncio.gather(
            count("members", in_project),
            count("files", in_project, eq("kind", FileKind.DATASET.value), there),
            count("files", in_project, eq("kind", FileKind.MODEL.value), there),
            count("registered_models", in_project),
            count("experiments", in_project, _ACTIVE),
            count("runs", in_project, _ACTIVE),
            count("jobs", in_project),
        )
        services, job_runs = await asyncio.gather(
            self._by_state(project, WorkloadKind.SERVICE),
            self._by_state(project, WorkloadKind.JOB),
        )
        never = await count("services", in_project) - sum(services.values())
        if never > 0:  # a service that was only defined has no workload yet
            services["stopped"] = services.get("stopped", 0) + never
        names = ("members", "datasets", "models", "registered_models", "experiments", "runs")
        totals = dict(zip((*names, "jobs"), found, strict=True))
        return Counts(**totals, services=services, job_runs=job_runs)

    async def _by_state(self, project: str, kind: WorkloadKind) -> dict[str, int]:
        mine = (eq("project", project), eq("kind", kind.value), Where("wanted", "ne", "removed"))
        states = list(WorkloadState)
        counts = await asyncio.gather(
            *(self._documents.count("workloads", *mine, eq("state", each.value)) for each in states)
        )
        return {state.value: n for state, n in zip(states, counts, strict=True) if n}

    async def storage(self, projects: Sequence[str]) -> Counter[str]:
        """Return the bytes of all dataset and model versions of each project."""
        live = (Where("project", "in", list(projects)), eq("state", "live"))
        found = await self._documents.select("versions", *live, fields=["project", "size_bytes"])
        sizes: Counter[str] = Counter()
        for _, project, size in found:
            sizes[project] += size
        return sizes
