"""Ends workspaces that nobody has used for as long as the lab's setting says.

Use is what the gateway let through (`core/activity.py`), what is open, and computing: a
notebook that works through the night without an open page is in use. Files and environment
stay, and the next visit starts the workspace again.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from mllab.core.lab import LabCore
from mllab.model.workloads import Wanted, Workload, WorkloadKind, WorkloadState

log = logging.getLogger("mllab.control")

EVERY = timedelta(minutes=1)
BUSY_SHARE = 0.1
"""From this share of one core on a workspace computes; waiting kernels take some 1 %."""


@dataclass
class _Seen:
    """When a workspace was last known to be used, and its processor time at the last look."""

    used_at: datetime
    cpu_s: float


class IdleStop:
    """Looks once a minute. A lab that has just started has seen no use yet: it waits anew."""

    def __init__(self, core: LabCore) -> None:
        minutes = core.context.settings.idle_stop_minutes
        self._after = timedelta(minutes=minutes) if minutes is not None else None
        self._core = core
        self._clock = core.context.clock
        self._looked_at = self._clock()
        self._seen: dict[str, _Seen] = {}

    async def run(self) -> None:
        """Ask for the end of what is idle, if a look is due."""
        now = self._clock()
        passed = now - self._looked_at
        if self._after is None or passed < EVERY:
            return
        self._looked_at = now
        running = {w.id: w for w in await self._core.workloads.open_ones() if _is_running(w)}
        self._seen = {id: seen for id, seen in self._seen.items() if id in running}
        for id, workload in running.items():
            used_at = await self._used_at(id, now, passed)
            if now - used_at >= self._after:
                log.info("the workspace of %s is idle since %s; it ends", workload.user, used_at)
                await self._core.workloads.want(id, Wanted.STOPPED)

    async def _used_at(self, id: str, now: datetime, passed: timedelta) -> datetime:
        usage = await self._core.workloads.usage(id)
        cpu_s = usage.cpu_seconds if usage else 0.0
        seen = self._seen.setdefault(id, _Seen(now, cpu_s))
        if cpu_s - seen.cpu_s >= BUSY_SHARE * passed.total_seconds():
            seen.used_at = now
        seen.cpu_s = cpu_s
        active_at = await self._core.activity.last_active_at(id)
        seen.used_at = max(seen.used_at, active_at or seen.used_at)
        return seen.used_at


def _is_running(workload: Workload) -> bool:
    is_running = workload.state is WorkloadState.RUNNING and workload.wanted is Wanted.RUNNING
    return workload.kind is WorkloadKind.WORKSPACE and is_running
