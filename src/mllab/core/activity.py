"""When each workload was last used, and what it was sent and answered in the last hour.

The gateway counts here what nginx let through; members read it, `GET /metrics` and an
idle stop too. Counts live in memory and begin anew with the lab; the time of last use is
kept with the workload's id, written at most once a minute. Knows nothing of nginx.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from mllab.core.context import Context
from mllab.core.services import Services
from mllab.core.tallies import WINDOW_MINUTES, Tally, quantile, total
from mllab.core.workspaces import Workspaces
from mllab.model.accounts import Principal
from mllab.model.activity import Activity, Latency, Minute
from mllab.model.workloads import Workload
from mllab.stores.documents.base import RevisionConflict, Where, find_all

log = logging.getLogger("mllab.activity")

_WRITE_EVERY_S = 60.0


@dataclass(frozen=True)
class Subject:
    """The workload that was used: its id, and what people call it.

    A service has a project; a workspace has none and its user's name.
    """

    workload: str
    name: str
    project: str = ""

    @classmethod
    def of(cls, workload: Workload) -> Subject:
        """Return what a workload's record says."""
        return cls(workload.id, workload.owner_name, workload.project or "")


@dataclass
class Meter:
    """The counts of one workload; `since_start` never falls while the lab runs."""

    subject: Subject
    last_active: float = 0.0
    minutes: dict[int, Tally] = field(default_factory=dict)
    since_start: Tally = field(default_factory=Tally)
    kept: float = 0.0
    """The time of last use that the store has."""


class Activities:
    """What the gateway counts, and who may see it."""

    def __init__(self, context: Context, services: Services, workspaces: Workspaces) -> None:
        self._documents = context.documents
        self._clock = context.clock
        self._services = services
        self._workspaces = workspaces
        self._meters: dict[str, Meter] = {}
        self._started_at = self._now()
        self._due_at = self._started_at + _WRITE_EVERY_S

    def count(self, subject: Subject, at: int, ended: Tally) -> None:
        """Count requests that ended in the second `at` (since 1970).

        What an earlier lab saw counts for the last hour only.
        """
        meter = self._meter(subject, at)
        minute = at // 60
        if minute > self._minute() - WINDOW_MINUTES:
            meter.minutes.setdefault(minute, Tally()).merge(ended)
        if at >= int(self._started_at):
            meter.since_start.merge(ended)

    def note_use(self, subject: Subject) -> None:
        """Note that bytes move now, in a request that has not ended yet."""
        self._meter(subject, self._now())

    def meters(self) -> list[Meter]:
        """Return the counts of all workloads that were used since the lab started."""
        return list(self._meters.values())

    async def of_service(self, who: Principal, project: str, name: str) -> Activity:
        """Return what moved between people and a service."""
        return await self._read((await self._services.get(who, project, name)).status.workload)

    async def of_workspace(self, who: Principal, user: str) -> Activity:
        """Return what moved between a user and their workspace."""
        return await self._read((await self._workspaces.get(who, user)).status.workload)

    async def last_active_at(self, workload: str) -> datetime | None:
        """Return when bytes last moved to or from a workload, None for never; for control."""
        seen = self._meters[workload].last_active if workload in self._meters else 0.0
        found = await self._documents.get("activity", workload)
        kept = float(found.body["last_active"]) if found else 0.0
        latest = max(seen, kept)
        return datetime.fromtimestamp(latest, UTC) if latest else None

    async def keep(self, *, at_once: bool = False) -> None:
        """Write times of last use, at most once a minute; forget workloads that are gone."""
        if not at_once and self._now() < self._due_at:
            return
        self._due_at = self._now() + _WRITE_EVERY_S
        for meter in self.meters():
            self._forget_old(meter)
            if meter.last_active > meter.kept:
                await self._write(meter)
        # Looking after the writes: a removal that ends later deletes what was written.
        for gone in await self._gone():
            del self._meters[gone]
            await self._documents.delete("activity", gone)

    async def _write(self, meter: Meter) -> None:
        id, latest = meter.subject.workload, meter.last_active
        found = await self._documents.get("activity", id)
        if found is None or float(found.body["last_active"]) < latest:
            with suppress(RevisionConflict):  # another lab did; if earlier, the next round does
                revision = found.revision if found else 0
                body = {"last_active": latest}
                await self._documents.put("activity", id, body, if_revision=revision)
        meter.kept = latest

    async def _gone(self) -> set[str]:
        ids = set(self._meters)
        there = await find_all(self._documents, "workloads", Where("id", "in", sorted(ids)))
        return ids - {document.id for document in there}

    async def _read(self, workload: str | None) -> Activity:
        if workload is None:
            return _activity(None, {}, self._minute())
        meter = self._meters.get(workload)
        minutes = meter.minutes if meter else {}
        return _activity(await self.last_active_at(workload), minutes, self._minute())

    def _meter(self, subject: Subject, at: float) -> Meter:
        meter = self._meters.get(subject.workload)
        if meter is None:
            meter = self._meters[subject.workload] = Meter(subject)
        meter.last_active = max(meter.last_active, at)
        return meter

    def _forget_old(self, meter: Meter) -> None:
        oldest = self._minute() - WINDOW_MINUTES
        meter.minutes = {
            minute: tally for minute, tally in meter.minutes.items() if minute > oldest
        }

    def _now(self) -> float:
        return self._clock().timestamp()

    def _minute(self) -> int:
        return int(self._now()) // 60


def _activity(last_active_at: datetime | None, minutes: dict[int, Tally], now: int) -> Activity:
    window = range(now - WINDOW_MINUTES + 1, now + 1)
    found = [minutes.get(minute, Tally()) for minute in window]
    whole = total(found)
    first = datetime.fromtimestamp(window[0] * 60, UTC)
    return Activity(
        last_active_at=last_active_at,
        requests=whole.requests,
        bytes_in=whole.bytes_in,
        bytes_out=whole.bytes_out,
        by_status=dict(sorted(whole.classes.items())),
        latency_ms=Latency(
            **{f"p{share}": quantile(whole.latencies, share / 100) for share in (50, 95, 99)}
        ),
        series=[
            Minute(
                at=first + timedelta(minutes=place),
                requests=tally.requests,
                errors=tally.errors,
                p95_ms=quantile(tally.latencies, 0.95),
            )
            for place, tally in enumerate(found)
        ],
    )
