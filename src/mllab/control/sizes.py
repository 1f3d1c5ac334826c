"""Ends what wrote more beside its volumes than the lab allows (MAX_CONTAINER_SIZE).

The Engine walks through a container's files to know their size, so each is asked about
rarely and one after the other: a fast writer is found minutes later.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from mllab.core.lab import LabCore
from mllab.model.workloads import Workload, WorkloadState

log = logging.getLogger("mllab.control")

EVERY = timedelta(minutes=2)


class SizeWatch:
    """Looks at everything that runs, every two minutes; runs beside the reconciler."""

    def __init__(self, core: LabCore) -> None:
        most = core.context.settings.max_container_gib
        self._most_bytes = None if most is None else int(most * (1 << 30))
        self._workloads = core.workloads
        self._clock = core.context.clock
        self._looked_at: datetime | None = None

    async def run(self) -> None:
        """End what is too large, if a look is due."""
        now = self._clock()
        due = self._looked_at is None or now - self._looked_at >= EVERY
        if self._most_bytes is None or not due:
            return
        self._looked_at = now
        for workload in await self._workloads.open_ones():
            if workload.state is WorkloadState.RUNNING and workload.handle is not None:
                written = await self._workloads.runtime.written_bytes(workload.handle)
                if written is not None and written > self._most_bytes:
                    await self._end(workload, written)

    async def _end(self, workload: Workload, written: int) -> None:
        most_gib = (self._most_bytes or 0) / (1 << 30)
        overrun = (
            f"stopped: it wrote {written / (1 << 30):.2f} GiB beside its volumes; a workload may "
            f"write {most_gib:g} GiB (MAX_CONTAINER_SIZE). Let it keep less there, or keep data "
            "as datasets, then start it again"
        )

        def note(kept: Workload) -> Workload:
            same = kept.attempt == workload.attempt and kept.state is WorkloadState.RUNNING
            return kept.model_copy(update={"overrun": overrun}) if same else kept

        log.warning("workload %s is %s", workload.id, overrun)
        await self._workloads.change(workload.id, note)
