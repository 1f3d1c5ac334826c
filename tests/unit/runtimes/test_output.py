"""Output on disk: offsets that stay true, bounded size, and how it is read."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest
from process_machine import Machine

from mllab.errors import InvalidInput, Unavailable
from mllab.runtimes.process import state
from mllab.runtimes.process.events import listen
from mllab.runtimes.process.folders import make_private, safe, short_folder
from mllab.runtimes.process.logs import read_output
from mllab.runtimes.process.output import Output


async def read(folder: Path, offset: int = 0) -> bytes:
    return b"".join([part.data async for part in read_output(folder, offset, None)])


async def test_files_are_named_by_offset_and_the_two_newest_stay(tmp_path: Path) -> None:
    output = Output(str(tmp_path), 10)
    output.write(b"0123456789" * 3 + b"tail")
    assert sorted(map(int, os.listdir(tmp_path))) == [20, 30]
    assert await read(tmp_path, 25) == b"56789tail"


async def test_what_was_dropped_is_said_once(tmp_path: Path) -> None:
    output = Output(str(tmp_path), 50)
    output.write(b"0123456789" * 15)
    note = b"[45 bytes before this were dropped]\n"
    assert await read(tmp_path, 5) == note + b"0123456789" * 10
    places = [part.offset async for part in read_output(tmp_path, 5, None)]
    assert places == [50 - len(note), 50, 100]  # the note stands in place of what it is about


async def test_reading_beyond_the_end_or_nothing_gives_nothing(tmp_path: Path) -> None:
    Output(str(tmp_path), 10).write(b"12")
    assert await read(tmp_path, 99) == b""
    assert await read(tmp_path / "nowhere") == b""


async def test_a_workload_that_writes_much_keeps_its_newest_output(machine: Machine) -> None:
    machine.runtime = machine.open(log_bytes=10_000)
    handle = await machine.start("seq 1 20000; echo the end")
    await machine.end(handle)
    text = await machine.output(handle, whole=True)
    assert text.startswith("[")
    assert "bytes before this were dropped]" in text
    assert text.endswith("20000\nthe end\n")
    assert len(text) < 21_000


async def test_following_gets_all_while_files_rotate(machine: Machine) -> None:
    machine.runtime = machine.open(log_bytes=100_000)
    handle = await machine.start("for i in 1 2 3 4 5 6; do seq 1 5000; sleep 0.3; done")
    parts = [part.data async for part in machine.runtime.logs(handle, follow=True)]
    lines = [line for line in b"".join(parts).decode().splitlines() if not line.startswith("[")]
    assert len(lines) == 30_000


async def test_events_are_heard_by_every_lab_and_dead_ones_are_forgotten(tmp_path: Path) -> None:
    folder = tmp_path / "listeners"
    labs = [listen(folder) for _ in range(2)]
    heard = [asyncio.ensure_future(anext(lab)) for lab in labs]
    await asyncio.wait(heard, timeout=0.05)
    os.mkfifo(folder / "dead")
    state.notify(str(folder), "wl_1")
    async with asyncio.timeout(5):
        assert await asyncio.gather(*heard) == ["wl_1", "wl_1"]
    assert "dead" not in os.listdir(folder)
    for lab in labs:
        await lab.aclose()  # type: ignore[attr-defined]
    assert os.listdir(folder) == []


def test_sockets_of_a_long_path_lie_in_a_short_folder(tmp_path: Path) -> None:
    long = tmp_path / ("x" * 60)
    folder = short_folder(long, long)
    assert len(str(folder)) < 45
    assert short_folder(long, long) == folder != short_folder(long, tmp_path)
    assert short_folder(Path("/run/lab"), long) == Path("/run/lab")


def test_a_private_folder_is_closed_to_others_and_no_link(tmp_path: Path) -> None:
    make_private(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b").stat().st_mode & 0o077 == 0
    (tmp_path / "link").symlink_to(tmp_path / "a")
    with pytest.raises(Unavailable):
        make_private(tmp_path / "link")


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", ".a", "a\n", "-a", "x" * 200])
def test_names_that_could_lead_elsewhere_are_refused(name: str) -> None:
    with pytest.raises(InvalidInput):
        safe(name)
