"""The log of a workload as one text: copies of attempts that ended, then what runs.

Control copies an attempt's output into the file store before the runtime forgets it, so a
log outlives its workload. From the second attempt on a line `[attempt n]` precedes each.
Offsets count bytes of the whole text, those too that a runtime dropped as it grew large.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mllab.model.workloads import Workload, WorkloadKind
from mllab.runtimes.base import LogPart, Runtime
from mllab.stores.files import Files

if TYPE_CHECKING:
    from mllab.core.workloads import Workloads

KEPT_ATTEMPTS = 20
"""How many attempts of a service or workspace keep their log; a job run keeps all."""

_NET_S = 1.0
_NOTE = re.compile(rb"\[(\d{1,18}) bytes before this were dropped\]\n")
"""As runtimes write it (`runtimes/base.py`)."""
_LONGEST_NOTE = 64


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


async def text_of(parts: AsyncIterator[LogPart]) -> AsyncIterator[bytes]:
    """Return the bytes alone; the copy of a log keeps its places by the note at its head."""
    async with aclosing(parts):  # type: ignore[type-var]
        async for part in parts:
            yield part.data


class WorkloadLogs:
    """Reads logs; the records say which attempts there are."""

    def __init__(self, files: Files, runtime: Runtime, records: Workloads) -> None:
        self._files = files
        self._runtime = runtime
        self._records = records

    async def read(self, id: str, *, offset: int, follow: bool) -> AsyncIterator[LogPart]:
        """Return the text from byte `offset` on; with `follow` until the workload ended.

        A reader that follows misses nothing when an attempt ends and its output moves to
        the file store. Ends at once when there is no such workload.
        """
        workload = await self._records.get(id)
        number = first_attempt(workload) if workload else 1
        place = 0
        """Where the next piece begins in the whole text."""
        while workload is not None:
            if number <= workload.attempt:
                if number > first_attempt(workload):
                    head = f"\n[attempt {number}]\n".encode()
                    if place + len(head) > offset:
                        skipped = max(0, offset - place)
                        yield LogPart(place + skipped, head[skipped:])
                    place += len(head)
                end = 0
                output = self._attempt(workload, number, max(0, offset - place), follow)
                async with aclosing(output) as parts:  # type: ignore[type-var]
                    async for part in parts:
                        end = part.end
                        if part.data:
                            yield LogPart(place + part.offset, part.data)
                place += end
                number += 1
            elif follow and not workload.state.is_final:
                await self._records.changed(_NET_S)
            else:
                return
            workload = await self._records.get(id)

    async def _attempt(
        self, workload: Workload, number: int, at: int, follow: bool
    ) -> AsyncIterator[LogPart]:
        """Return an attempt's output from its byte `at` on; the last part, empty, is its end."""
        end = 0
        while True:
            if (copy := await _Copy.open(self._files, logs_key(workload, number))) is not None:
                async for part in copy.read(at):
                    yield part
                yield LogPart(copy.end, b"")
                return
            if workload.attempt == number and workload.handle is not None:
                output = self._runtime.logs(workload.handle, offset=at, follow=follow)
                async with aclosing(output) as parts:  # type: ignore[type-var]
                    async for part in parts:
                        at = end = part.end
                        yield part
            if not follow or not await self._may_come(workload, number):
                yield LogPart(end, b"")
                return
            await self._records.changed(_NET_S)
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


@dataclass(frozen=True)
class _Copy:
    """The copy of an attempt's output; its first byte was byte `begin` of what was written."""

    files: Files
    key: str
    begin: int
    end: int

    @classmethod
    async def open(cls, files: Files, key: str) -> _Copy | None:
        """Return the copy if it is there; a note at its head says what was dropped before."""
        stat = await files.stat(key)
        if stat is None:
            return None
        head = b""
        async with aclosing(files.read(key, 0)) as chunks:  # type: ignore[type-var]
            async for chunk in chunks:
                head = chunk[:_LONGEST_NOTE]
                break
        note = _NOTE.match(head)
        begin = max(0, int(note[1]) - note.end()) if note else 0
        return cls(files, key, begin, begin + stat.size_bytes)

    async def read(self, at: int) -> AsyncIterator[LogPart]:
        """Return its bytes from `at` on."""
        at = max(at, self.begin)
        if at < self.end:
            async for chunk in self.files.read(self.key, at - self.begin):
                yield LogPart(at, chunk)
                at += len(chunk)
