"""Workload records: how services, jobs and workspaces ask for something to run.

Writes wanted states and wakes control; it talks to a runtime only to read (logs, usage,
endpoints) and to ask whether it refuses a spec. The gateway reads `Reach` here.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from mllab.core.context import Context
from mllab.core.tokens import Tokens
from mllab.model.workloads import Status
from mllab.runtimes.base import Endpoint, Runtime


@dataclass(frozen=True)
class Reach:
    """What the gateway needs to know of a workload that the caller may use.

    `endpoint` is None while it is not ready; `status` then says why. `owner` is the user
    who started it. `stripped` is the path prefix that the workload does not see.
    """

    status: Status
    owner: str
    endpoint: Endpoint | None
    stripped: str = ""


class Workloads:
    """The records; `wake` is set whenever control has something to do."""

    def __init__(self, context: Context, tokens: Tokens, runtime: Runtime) -> None:
        self._context = context
        self._tokens = tokens
        self.runtime = runtime
        self.wake = asyncio.Event()
