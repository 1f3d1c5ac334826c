"""A container's output by byte offsets, which the Engine does not know.

The Engine finds its place by time. So each reader leaves marks behind: the time at which a
line began and its offset. The next reader begins at the last mark before its offset instead
of at the first byte. Marks are a short cut and no memory: without them all is read.
"""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from datetime import datetime

from mllab.errors import Unavailable
from mllab.runtimes.docker.engine import CONFLICT, Engine, Gone, Refused

_EVERY = 1 << 18
_PAUSE_S = 0.2
_MOST_CONTAINERS = 1000
Mark = tuple[int, str]


class Logs:
    """Reads output; keeps marks of the containers that were read last."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._marks: OrderedDict[str, list[Mark]] = OrderedDict()

    def forget(self, id: str) -> None:
        """Drop the marks of a container that is gone."""
        self._marks.pop(id, None)

    async def read(self, id: str, offset: int, *, follow: bool) -> AsyncGenerator[bytes]:
        """Return the output from byte `offset` on; ends at once when the container is gone."""
        at = offset
        while follow:
            with suppress(Unavailable):  # the Engine is being started again
                async with aclosing(self._once(id, at, follow=True)) as pieces:
                    async for piece in pieces:
                        yield piece
                        at += len(piece)
                found = await self._engine.inspect(id)
                if found is None or not found["State"]["Running"]:
                    break
            await asyncio.sleep(_PAUSE_S)
        # Also after following: the Engine may end that before the last lines.
        async with aclosing(self._once(id, at, follow=False)) as pieces:
            async for piece in pieces:
                yield piece

    async def _once(self, id: str, offset: int, *, follow: bool) -> AsyncGenerator[bytes]:
        marks = self._marks_of(id)
        at, since = marks[bisect_right(marks, (offset, "\x7f")) - 1]
        before = ""
        frames = self._engine.frames(id, since=since, follow=follow)
        try:
            async with aclosing(frames):
                async for frame in frames:
                    stamp, _, data = frame.partition(b" ")
                    moment = stamp.decode()
                    if moment > before and at >= marks[-1][0] + _EVERY:
                        marks.append((at, _seconds(moment)))
                    before = moment
                    if at + len(data) > offset:
                        yield data[max(0, offset - at) :]
                    at += len(data)
        except Refused as exc:
            if not isinstance(exc, Gone) and exc.answer != CONFLICT:  # half removed
                raise

    def _marks_of(self, id: str) -> list[Mark]:
        found = self._marks.setdefault(id, [(0, "0")])
        self._marks.move_to_end(id)
        while len(self._marks) > _MOST_CONTAINERS:
            self._marks.popitem(last=False)
        return found


def _seconds(moment: str) -> str:
    """Return `2026-01-02T03:04:05.678901234Z` as the Engine wants it: seconds and nanoseconds."""
    whole, _, fraction = moment.removesuffix("Z").partition(".")
    seconds = int(datetime.fromisoformat(f"{whole}+00:00").timestamp())
    return f"{seconds}.{fraction.ljust(9, '0')}"
