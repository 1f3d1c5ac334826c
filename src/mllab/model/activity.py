"""What moved between people and a workload: when last, how much, how fast.

Counted by the gateway, shown to members and read by the idle stop. Holds no content:
neither addresses, nor paths, nor who called.
"""

from __future__ import annotations

from pydantic import Field

from mllab.model.base import Record, Timestamp


class Latency(Record):
    """Time to the first byte of the workload's answer (milliseconds); None without requests.

    Read off classes of times, so within some 20 %; nginx measures whole milliseconds.
    """

    p50: float | None = None
    p95: float | None = None
    p99: float | None = None


class Minute(Record):
    """One minute; `errors` are answers 5xx, `p95_ms` is None without requests."""

    at: Timestamp
    requests: int
    errors: int
    p95_ms: float | None


class Activity(Record):
    """What the gateway let through to a workload.

    `last_active_at` is when bytes last moved, over restarts of the lab; None means never.
    All else is of the last hour: a request counts in the minute in which it ended.
    `by_status` has `2xx` and such, those that occurred. `series` has 60 minutes, oldest
    first; the last one is under way.
    """

    last_active_at: Timestamp | None = None
    requests: int = 0
    bytes_in: int = 0
    bytes_out: int = 0
    by_status: dict[str, int] = Field(default={}, examples=[{"2xx": 12, "5xx": 1}])
    latency_ms: Latency = Latency()
    series: list[Minute] = []
