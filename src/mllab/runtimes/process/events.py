"""How supervisors tell the lab that something changed: a named pipe per listening lab.

Costs nothing while nothing happens, needs no short path, and a lab that is down is simply
not told. Old pipes of dead labs are removed by whoever finds nobody reading.
"""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import AsyncIterator
from pathlib import Path


async def listen(folder: Path) -> AsyncIterator[str]:
    """Return ids of workloads as their supervisors report changes."""
    path, pipe = _make_pipe(folder)
    heard = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_reader(pipe, heard.set)
    try:
        rest = b""
        while True:
            await heard.wait()
            heard.clear()
            *lines, rest = (rest + _read(pipe)).split(b"\n")
            for line in dict.fromkeys(lines):
                yield line.decode(errors="replace")
    finally:
        loop.remove_reader(pipe)
        os.close(pipe)
        _remove(path)


def _make_pipe(folder: Path) -> tuple[Path, int]:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Made outside of the folder, opened, then moved in: a pipe in there has a reader.
    path = folder.parent / f".{secrets.token_hex(6)}.pipe"
    os.mkfifo(path, 0o600)
    # Open for writing too, or the pipe would end whenever the last supervisor closes it.
    pipe = os.open(path, os.O_RDWR | os.O_NONBLOCK)
    return path.rename(folder / path.name), pipe


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)


def _read(pipe: int) -> bytes:
    try:
        return os.read(pipe, 1 << 16)
    except BlockingIOError:
        return b""
