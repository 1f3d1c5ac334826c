"""What a running workload uses of what it may."""

from __future__ import annotations

from mllab.model.base import Record, Timestamp
from mllab.model.workloads import Limits


class WorkloadUsage(Record):
    """What a workload used at a look, all its processes together.

    `cpu_cores` are those kept busy since the look before; None at the first, as it takes
    two. `limits` are in force, the lab's defaults among them; None there: no limit.
    """

    at: Timestamp
    memory_bytes: int
    cpu_seconds: float
    cpu_cores: float | None = None
    limits: Limits
