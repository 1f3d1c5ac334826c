"""Places in a container's log while the Engine drops its oldest part."""

from __future__ import annotations

import asyncio
from pathlib import Path

from docker_machine import DockerMachine

from mllab.runtimes.base import Handle, LogPart
from mllab.runtimes.docker.runtime import DockerRuntime

# Steps wait for a file that the test makes, so that it is known what is written when.
STEP = 'while [ ! -e /tmp/go{0} ]; do sleep 0.05; done; seq -f "{0}-%060.0f" 1 10000; echo end{0}'
COMMAND = "; ".join(STEP.format(number) for number in (1, 2, 3)) + "; exec sleep 600"
LINE = 63
"""Bytes of each line of `seq`."""
WHOLE = 3 * (10_000 * LINE + len("end1\n"))


async def parts_of(runtime: DockerRuntime, handle: Handle, offset: int = 0) -> list[LogPart]:
    return [part async for part in runtime.logs(handle, offset=offset)]


async def write(runtime: DockerRuntime, handle: Handle, step: int) -> None:
    """Let one step be written, all of it."""
    await runtime.exec(handle, ["touch", f"/tmp/go{step}"])
    async with asyncio.timeout(60):
        async for part in runtime.logs(handle, follow=True):
            if part.data == f"end{step}\n".encode():
                return


async def test_places_stay_true_while_the_engine_drops_what_is_old(
    machine: DockerMachine, tmp_path: Path
) -> None:
    # A line takes 133 bytes of the Engine's file: two files hold two steps, not three.
    options = {"log_bytes": 1_500_000, "marks": tmp_path / "marks"}
    runtime = machine.open(**options)
    handle = await runtime.start(machine.spec(COMMAND), {})
    await write(runtime, handle, 1)
    place = 9_000 * LINE
    assert b"".join(p.data for p in await parts_of(runtime, handle, place)).startswith(b"1-")
    await runtime.tend()
    await write(runtime, handle, 2)
    await runtime.tend()
    await write(runtime, handle, 3)
    again = machine.open(**options)  # a lab that was started again counts as before
    for each in (runtime, again):
        note, first, *rest = await parts_of(each, handle)
        assert note.data == f"[{first.offset} bytes before this were dropped]\n".encode()
        assert note.end == first.offset > 10_000 * LINE
        assert rest[-1].end == WHOLE
        assert [p.offset for p in rest] == [first.end, *(p.end for p in rest[:-1])]
        late = WHOLE - 5 - 10 * LINE
        text = b"".join(p.data for p in await parts_of(each, handle, late)).decode()
        assert text.splitlines() == [f"3-{n:060}" for n in range(9_991, 10_001)] + ["end3"]
    for each in (runtime, again):
        await each.close()
