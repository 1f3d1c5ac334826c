"""Reads what nginx notes of each request to a workload, and has core count it.

nginx writes one short line for each request that was let through, in batches, to a file in
the run folder: time, workload's key, status, bytes in and out, seconds to the first byte;
never an address, a path or a header. The file is read once a second, in small bites, so
that nobody waits for it. It is put aside when it has grown, and read to its end before it
goes. A lab that was killed reads what is there again: lines say when they were written.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime
from functools import lru_cache
from io import FileIO
from pathlib import Path
from time import monotonic

from mllab.core.activity import Subject
from mllab.core.lab import LabCore
from mllab.core.tallies import Tally
from mllab.errors import LabError, NotFound
from mllab.gateway.nginx.process import ACTIVITY_FILE, Nginx
from mllab.gateway.routing import ServiceTarget, read_key, read_label
from mllab.model.accounts import SYSTEM

log = logging.getLogger("mllab.gateway")

LARGEST_BYTES = 16 * 1024 * 1024
"""When the file is put aside. Together with its predecessor it never takes much more."""

_BITE = 64 * 1024
_REST_S = 1.0
_SETTLED_S = 3.0
"""After this nginx's processes have written what they held back, and opened a new file."""
_KNOWN_S = 30.0

_CLASSES = {b"%d" % number: f"{number}xx" for number in range(1, 6)}
_SWITCHED = b"101"


class Subjects:
    """Finds the workload that a key of nginx's means; an answer is good for half a minute."""

    def __init__(self, core: LabCore) -> None:
        self._core = core
        self._known: dict[str, tuple[float, Subject | None]] = {}

    async def find(self, key: str) -> Subject | None:
        """Return the workload, None when there is none (any more)."""
        known = self._known.get(key)
        if known is not None and known[0] > monotonic():
            return known[1]
        found = await self._look(key)
        now = monotonic()
        self._known = {name: each for name, each in self._known.items() if each[0] > now}
        self._known[key] = (now + _KNOWN_S, found)
        return found

    async def _look(self, key: str) -> Subject | None:
        label = read_label(key)
        target = read_key(key if label is None else await self._core.apps.key(label) or "")
        if target is None:
            return None
        with suppress(NotFound):
            if isinstance(target, ServiceTarget):
                service = await self._core.services.get(SYSTEM, target.project, target.service)
                if service.status.workload is not None:
                    return Subject(service.status.workload, target.service, target.project)
            else:
                workspace = await self._core.workspaces.get(SYSTEM, target.user)
                if workspace.status.workload is not None:
                    return Subject(workspace.status.workload, target.user)
        return None


class Notes:
    """nginx's file of notes, read from its beginning and then on."""

    def __init__(self, path: Path, take: Callable[[list[bytes]], Awaitable[None]]) -> None:
        """`take` is given whole lines."""
        self._path = path
        self._aside = path.with_suffix(".log.1")
        self._take = take
        self._file: FileIO | None = None
        self._rest = b""
        self._settled_at: float | None = None

    async def read_on(self) -> None:
        """Read all that came since."""
        self._file = self._file or self._open()
        while self._file is not None and (bite := self._file.read(_BITE)):
            *lines, self._rest = (self._rest + bite).split(b"\n")
            await self._take(lines)
            await asyncio.sleep(0)

    def put_aside(self, reopen: Callable[[], None]) -> None:
        """Put a file that grew large aside (`reopen` has nginx begin a new one), or drop it."""
        if self._file is None:
            return
        if self._settled_at is None:
            if self._file.tell() > LARGEST_BYTES:
                self._path.replace(self._aside)
                reopen()
                self._settled_at = monotonic() + _SETTLED_S
        elif monotonic() > self._settled_at:
            self.close()
            self._aside.unlink(missing_ok=True)

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            self._file.close()
        self._file, self._rest, self._settled_at = None, b"", None

    def _open(self) -> FileIO | None:
        if self._aside.exists():  # a lab was killed while nginx went over to a new one
            self._settled_at = monotonic()
            return FileIO(self._aside)
        return FileIO(self._path) if self._path.exists() else None


async def follow(nginx: Nginx, core: LabCore, rest_s: float = _REST_S) -> None:
    """Have core count what nginx notes, for ever; when cancelled, what is there is kept."""
    subjects = Subjects(core)

    async def take(lines: list[bytes]) -> None:
        await count(core, subjects, lines)

    notes = Notes(nginx.run_dir / ACTIVITY_FILE, take)
    try:
        while True:
            await _round(notes, nginx, core)
            await asyncio.sleep(rest_s)
    finally:
        notes.close()


async def _round(notes: Notes, nginx: Nginx, core: LabCore) -> None:
    try:
        await notes.read_on()
        notes.put_aside(nginx.reopen_logs)
        await core.activity.keep()
    except (LabError, OSError) as exc:
        log.warning("what moves to and from workloads is not counted now: %s", exc)


async def count(core: LabCore, subjects: Subjects, lines: list[bytes]) -> None:
    """Have core count what lines of nginx's say."""
    for (time, key), ended in _tallies(lines).items():
        try:
            at, name = _seconds(time), key.decode()
        except ValueError:
            continue
        subject = await subjects.find(name)
        if subject is not None:
            core.activity.count(subject, at, ended)


def _tallies(lines: list[bytes]) -> dict[tuple[bytes, bytes], Tally]:
    """Add up the requests of each second and key; equal lines, frequent, are read once.

    All that happens for each line under load happens here: no regular expression, few calls.
    """
    found: dict[tuple[bytes, bytes], Tally] = {}
    for line, times in Counter(lines).items():
        try:
            time, key, status, bytes_in, bytes_out, latency = line.split(b"|")
            code_class, moved = _CLASSES[status[:1]], (_bytes(bytes_in), int(bytes_out))
        except (ValueError, KeyError):
            continue
        tally = found.get((time, key))
        if tally is None:
            tally = found[time, key] = Tally()
        tally.add(code_class, *moved, None if status == _SWITCHED else _ms(latency), times)
    return found


def _bytes(sent: bytes) -> int:
    """Read what went to the workload: `120`, or `0, 120` of several tries, `0 : 310` of a fault."""
    if sent.isdigit():
        return int(sent)
    return sum(int(part) for part in sent.partition(b" : ")[0].split(b", ") if part.isdigit())


@lru_cache(maxsize=4096)
def _ms(seconds: bytes) -> int | None:
    """Read nginx's `0.012`: of several tries (`-, 0.012`) the last, and before ` : ` (a fault)."""
    last = seconds.partition(b" : ")[0].rpartition(b", ")[2].replace(b".", b"")
    return int(last) if last.isdigit() else None


@lru_cache(maxsize=64)
def _seconds(time: bytes) -> int:
    return int(datetime.fromisoformat(time.decode()).timestamp())
