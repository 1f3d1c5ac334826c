"""The reading end of a workload's output; see `output.py` for the files."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from mllab.runtimes.base import LogPart, note_of_dropped

_PART = 1 << 18
_LOOK_S = 0.05
_LONGEST_LOOK_S = 0.4


def _read(folder: Path, offset: int) -> tuple[int, bytes]:
    """Return up to one part from `offset` on, or from where the files begin after it."""
    while True:
        try:
            files = sorted(folder.iterdir())
        except FileNotFoundError:
            return offset, b""
        if not files:
            return offset, b""
        fit = [file for file in files if int(file.name) <= offset] or files[:1]
        start = int(fit[-1].name)
        try:
            with fit[-1].open("rb") as file:
                file.seek(max(0, offset - start))
                data = file.read(_PART)
        except FileNotFoundError:
            continue  # rotation dropped it just now
        return max(start, offset), data


async def read_output(
    folder: Path, offset: int, ended: Callable[[], bool] | None
) -> AsyncIterator[LogPart]:
    """Return output from `offset` on; with `ended` go on until that is true and all is sent."""
    pause = _LOOK_S
    while True:
        last_look = ended is None or ended()  # before reading: what it wrote last is there
        began = offset
        while True:
            start, data = await asyncio.to_thread(_read, folder, offset)
            if not data:
                break
            if start > offset:
                yield note_of_dropped(offset, start)
            yield LogPart(start, data)
            offset = start + len(data)
        if last_look:
            return
        pause = _LOOK_S if offset > began else min(2 * pause, _LONGEST_LOOK_S)
        await asyncio.sleep(pause)
