"""Adds up requests: counts, bytes, status classes and a histogram of latencies. Pure.

Bounded: a workload has one tally for each of the last 60 minutes and one since the start,
each with one number per class of latency that occurred.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

WINDOW_MINUTES = 60

BOUNDS_MS = (
    *(1, 2, 3, 4, 5, 7, 10, 15, 20, 30, 40, 50, 70, 100, 150, 200, 300, 400, 500, 700),
    *(1000, 1500, 2000, 3000, 4000, 5000, 7000, 10_000, 15_000, 30_000, 60_000, 3_600_000),
)
"""Upper ends of the classes of latencies; what takes longer counts in the last."""


@dataclass
class Tally:
    """What some requests add up to; `latencies` counts by index into `BOUNDS_MS`."""

    bytes_in: int = 0
    bytes_out: int = 0
    latency_ms: int = 0
    classes: Counter[str] = field(default_factory=Counter)
    latencies: Counter[int] = field(default_factory=Counter)

    @property
    def requests(self) -> int:
        """How many there were."""
        return self.classes.total()

    @property
    def errors(self) -> int:
        """How many ended with 5xx."""
        return self.classes["5xx"]

    def add(
        self, code_class: str, bytes_in: int, bytes_out: int, latency_ms: int | None, times: int = 1
    ) -> None:
        """Count `times` requests that ended alike, with `2xx` or such.

        `latency_ms` None: none is known, or it says nothing (a WebSocket).
        """
        self.bytes_in += bytes_in * times
        self.bytes_out += bytes_out * times
        self.classes[code_class] += times
        if latency_ms is not None:
            self.latency_ms += latency_ms * times
            self.latencies[_slot(latency_ms)] += times

    def merge(self, other: Tally) -> None:
        """Count what `other` counted as well."""
        self.bytes_in += other.bytes_in
        self.bytes_out += other.bytes_out
        self.latency_ms += other.latency_ms
        self.classes.update(other.classes)
        self.latencies.update(other.latencies)

    def within(self, bound_ms: int) -> int:
        """Return how many took at most `bound_ms`, one of `BOUNDS_MS`."""
        last = BOUNDS_MS.index(bound_ms)
        return sum(times for slot, times in self.latencies.items() if slot <= last)


def total(tallies: Iterable[Tally]) -> Tally:
    """Return what several tallies add up to."""
    whole = Tally()
    for each in tallies:
        whole.merge(each)
    return whole


@lru_cache(maxsize=4096)
def _slot(latency_ms: int) -> int:
    return min(bisect_left(BOUNDS_MS, latency_ms), len(BOUNDS_MS) - 1)


def quantile(latencies: Mapping[int, int], share: float) -> float | None:
    """Return the latency (ms) that `share` of the requests stay under, None without any."""
    count = sum(latencies.values())
    if not count:
        return None
    rank, seen = share * count, 0
    for slot in sorted(latencies):
        times = latencies[slot]
        if seen + times >= rank:
            low = BOUNDS_MS[slot - 1] if slot else 0
            return round(low + (BOUNDS_MS[slot] - low) * (rank - seen) / times, 1)
        seen += times
    return float(BOUNDS_MS[-1])
