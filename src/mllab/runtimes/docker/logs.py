"""A container's output by byte offsets, which the Engine does not know; see `marks.py`.

Offsets stay true while the Engine drops old output: what is left is placed by a mark that
is left. Containers are looked at now and then, so that there are marks though nobody reads.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Collection, Iterator
from contextlib import aclosing, contextmanager
from datetime import datetime
from pathlib import Path

from mllab.errors import Unavailable
from mllab.runtimes.base import LogPart, note_of_dropped
from mllab.runtimes.docker.engine import CONFLICT, Engine, Gone, Refused
from mllab.runtimes.docker.marks import AllMarks, Mark, Marks

_PAUSE_S = 0.1
_LONGEST_PAUSE_S = 1.0
_SHARE = 4.0
"""How many times as long as a look took nobody looks again."""


class Logs:
    """Reads output; `folder` takes the marks, None keeps them in memory only."""

    def __init__(self, engine: Engine, folder: Path | None) -> None:
        self._engine = engine
        self._marks = AllMarks(folder)
        self._newest: dict[str, str] = {}
        """When the last line was written that is counted, by container."""

    def forget(self, id: str) -> None:
        """Drop what is known of a container that is gone."""
        self._newest.pop(id, None)
        self._marks.forget(id)

    def keep_only(self, ids: Collection[str]) -> None:
        """Drop what is known of all other containers."""
        self._newest = {id: moment for id, moment in self._newest.items() if id in ids}
        self._marks.keep_only(ids)

    async def count(self, id: str) -> None:
        """Leave marks in what was written since the last time, if anything was."""
        newest = await self._newest_of(id)
        if newest > self._newest.get(id, ""):
            last = self._marks.of(id).last
            async with aclosing(self._once(id, last.offset if last else 0)) as parts:
                async for _ in parts:
                    pass
            self._newest[id] = newest

    async def read(self, id: str, offset: int, *, follow: bool) -> AsyncGenerator[LogPart]:
        """Return the output from byte `offset` on; ends at once when the container is gone.

        Whoever follows looks again and again: where the Engine itself follows a log, it may
        lose lines or stop when it begins a new file (https://github.com/moby/moby/pull/43294).
        """
        at, seen, pause_s = offset, "", _PAUSE_S
        while True:
            took_s = 0.0
            try:
                runs = follow and await self._runs(id)  # before: what it wrote last is there
                newest = await self._newest_of(id) if runs else ""
                if not runs or newest != seen:
                    begun = time.monotonic()
                    async with aclosing(self._once(id, at)) as parts:
                        async for part in parts:
                            yield part
                            at = part.end
                    seen, pause_s, took_s = newest, _PAUSE_S, time.monotonic() - begun
                if not runs:
                    return
            except Unavailable:  # the Engine is being started again
                if not follow:
                    raise
            # A large log is walked through from its first line, so it is looked at less often.
            await asyncio.sleep(max(pause_s, _SHARE * took_s))
            pause_s = min(_LONGEST_PAUSE_S, 1.5 * pause_s)

    async def _runs(self, id: str) -> bool:
        found = await self._engine.inspect(id)
        return found is not None and bool(found["State"]["Running"])

    async def _newest_of(self, id: str) -> str:
        """Return when the last line was written, as the Engine says it; empty if there is none."""
        newest = ""
        with _if_there():
            async with aclosing(self._engine.frames(id, tail=1)) as frames:
                async for frame in frames:
                    newest = _moment(frame)
        return newest

    async def _once(self, id: str, offset: int) -> AsyncGenerator[LogPart]:
        placer = Placer(self._marks.of(id), offset)
        at = offset
        with _if_there():
            async with aclosing(self._engine.frames(id, since=placer.since)) as frames:
                async for frame in frames:
                    for part in placer.take(_moment(frame), frame.partition(b" ")[2]):
                        if part.end <= at:
                            continue
                        if part.offset > at:
                            yield note_of_dropped(at, part.offset)
                        yield LogPart(max(at, part.offset), part.data[max(0, at - part.offset) :])
                        at = part.end


class Placer:
    """Finds the place of each frame that follows a mark, also where the mark's line is gone."""

    def __init__(self, marks: Marks, offset: int) -> None:
        self._marks = marks
        self._mark = marks.before(offset)
        self._known: Mark | None = None
        """The mark whose line shows where we are; None before the first frame."""
        self._waiting: list[bytes] = []
        self._at: int | None = None
        self._before = ""

    @property
    def since(self) -> str:
        """The time to ask the Engine for."""
        return _seconds(self._mark.moment) if self._mark else "0"

    def take(self, moment: str, data: bytes) -> Iterator[LogPart]:
        """Take the next frame; return what has a place now."""
        if self._known is None:
            self._known = self._first(moment)
        if self._at is None:
            if moment < self._known.moment:
                self._waiting.append(data)
                return
            self._at = self._known.offset - sum(map(len, self._waiting))
            for each in self._waiting:
                yield self._next(each)
            self._waiting.clear()
        if moment > self._before:  # the Engine could not tell it from the one before
            self._marks.note(self._at, moment)
        self._before = moment
        yield self._next(data)

    def _first(self, moment: str) -> Mark:
        mark = self._mark
        if mark is None:
            # Nobody has read before: what is there counts as all that was written.
            self._marks.note(0, moment)
            return Mark(0, moment)
        return (
            mark
            if mark.moment == moment
            else self._marks.since(moment) or self._marks.anchor(moment)
        )

    def _next(self, data: bytes) -> LogPart:
        at = self._at or 0
        self._at = at + len(data)
        return LogPart(at, data)


@contextmanager
def _if_there() -> Iterator[None]:
    """Take a container that is gone, or half removed, as one without output."""
    try:
        yield
    except Refused as exc:
        if not isinstance(exc, Gone) and exc.answer != CONFLICT:
            raise


def _moment(frame: bytes) -> str:
    return frame.partition(b" ")[0].decode()


def _seconds(moment: str) -> str:
    """Return `2026-01-02T03:04:05.678901234Z` as the Engine wants it: seconds and nanoseconds."""
    whole, _, fraction = moment.removesuffix("Z").partition(".")
    seconds = int(datetime.fromisoformat(f"{whole}+00:00").timestamp())
    return f"{seconds}.{fraction.ljust(9, '0')}"
