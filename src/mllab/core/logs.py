"""The log of a workload as one text: copies of attempts that ended, then what runs.

Control copies an attempt's output into the file store before the runtime forgets it, so a
log outlives its workload. From the second attempt on a line `[attempt n]` precedes each.
Offsets count bytes of the whole text.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import TYPE_CHECKING

from mllab.model.workloads import Workload, WorkloadKind
from mllab.runtimes.base import Runtime
from mllab.stores.files import Files

if TYPE_CHECKING:
    from mllab.core.workloads import Workloads

KEPT_ATTEMPTS = 20
"""How many attempts of a service or workspace keep their log; a job run keeps all."""

_NET_S = 1.0


def logs_folder(workload: Workload) -> str:
    """Return the folder of the copies, in the project's or the user's part of the store."""
    owner = workload.project or f"_users/{workload.user}"
    return f"{owner}/logs/{workload.id}"


def logs_key(workload: Workload, attempt: int) -> str:
    """Return where the copy of an attempt's log lies."""
    return f"{logs_folder(workload)}/{attempt:06d}.log"


def first_attempt(workload: Workload) -> int:
    """Return the oldest attempt whose log is kept."""
    if workload.kind is WorkloadKind.JOB:
        return 1
    return max(1, workload.attempt - KEPT_ATTEMPTS + 1)


class WorkloadLogs:
    """Reads logs; the records say which attempts there are."""

    def __init__(self, files: Files, runtime: Runtime, records: Workloads) -> None:
        self._files = files
        self._runtime = runtime
        self._records = records

    async def read(self, id: str, *, offset: int, follow: bool) -> AsyncIterator[bytes]:
        """Return the text from byte `offset` on; with `follow` until the workload ended.

        A reader that follows misses nothing when an attempt ends and its output moves to
        the file store. Ends at once when there is no such workload.
        """
        workload = await self._records.get(id)
        number = first_attempt(workload) if workload else 1
        reader = _Reader(offset)
        while workload is not None:
            if number <= workload.attempt:
                if number > first_attempt(workload):
                    for chunk in reader.text(f"\n[attempt {number}]\n".encode()):
                        yield chunk
                async for chunk in self._attempt(workload, number, reader, follow):
                    yield chunk
                number += 1
            elif follow and not workload.state.is_final:
                await self._records.changed(_NET_S, id)
            else:
                return
            workload = await self._records.get(id)

    async def _attempt(
        self, workload: Workload, number: int, reader: _Reader, follow: bool
    ) -> AsyncIterator[bytes]:
        copy = logs_key(workload, number)
        sent = 0
        while True:
            if (stat := await self._files.stat(copy)) is not None:
                begin = sent + reader.skip(stat.size_bytes - sent)
                if begin < stat.size_bytes:
                    async for chunk in self._files.read(copy, begin):
                        yield chunk
                return
            if workload.attempt == number and workload.handle is not None:
                start, reader.left = reader.left, 0
                output = self._runtime.logs(workload.handle, offset=sent + start, follow=follow)
                sent += start
                async with aclosing(output) as chunks:  # type: ignore[type-var]
                    async for chunk in chunks:
                        sent += len(chunk)
                        yield chunk
            if not follow or not await self._may_come(workload, number):
                return
            await self._records.changed(_NET_S, workload.id)
            fresh = await self._records.get(workload.id)
            if fresh is None:
                return
            workload = fresh

    async def _may_come(self, workload: Workload, number: int) -> bool:
        """Tell whether more of the attempt's output, or its copy, is still to come."""
        fresh = await self._records.get(workload.id)
        if fresh is None:
            return False
        ended = fresh.attempt > number or fresh.state.is_final
        return not ended or await self._files.stat(logs_key(workload, number)) is not None


class _Reader:
    """How many bytes a reader still wants to leave out."""

    def __init__(self, left: int) -> None:
        self.left = left

    def skip(self, available: int) -> int:
        """Leave out up to `available` bytes and return how many."""
        skipped = max(0, min(self.left, available))
        self.left -= skipped
        return skipped

    def text(self, piece: bytes) -> list[bytes]:
        """Return the wanted rest of a short piece as a list of none or one."""
        rest = piece[self.skip(len(piece)) :]
        return [rest] if rest else []
