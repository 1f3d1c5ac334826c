"""What the lab does to running processes: run one beside a workload, sum up, kill."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import time
from collections.abc import Sequence
from pathlib import Path

import psutil

from mllab.errors import Conflict
from mllab.runtimes.base import ExecResult, Usage
from mllab.runtimes.process import state

MARK = "LAB_ATTEMPT_ID"
"""Variable by which every process of an attempt is known, in whatever session it hides."""
_MOST_OUTPUT = 16 << 20
_KILL_S = 5.0


async def run_beside(pid: int, command: Sequence[str]) -> ExecResult:
    """Run `command` with the environment and folder of process `pid`.

    Output beyond 16 MiB ends the command. Cancelling ends it too.
    """
    try:
        environment, folder = _surroundings(pid)
    except OSError as exc:
        raise Conflict("The workload has just ended; start it first.") from exc
    path = environment.get(b"PATH", os.defpath.encode()).decode(errors="surrogateescape")
    if "/" not in command[0] and shutil.which(command[0], path=path) is None:
        return ExecResult(127, f"{command[0]}: not found\n".encode())
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            env=environment,
            cwd=folder,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
        )
    except (FileNotFoundError, NotADirectoryError):
        return ExecResult(127, f"{command[0]}: not found\n".encode())
    except PermissionError:
        return ExecResult(126, f"{command[0]}: cannot be executed\n".encode())
    try:
        return await _collect(process)
    finally:
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGKILL)
            await process.wait()


def _surroundings(pid: int) -> tuple[dict[bytes, bytes], str]:
    text = Path(f"/proc/{pid}/environ").read_bytes()
    pairs = (item.partition(b"=") for item in text.split(b"\0") if b"=" in item)
    return {name: value for name, _, value in pairs}, os.readlink(f"/proc/{pid}/cwd")


async def _collect(process: asyncio.subprocess.Process) -> ExecResult:
    assert process.stdout is not None  # noqa: S101 - asked for as a pipe
    output = bytearray()
    while part := await process.stdout.read(1 << 16):
        output += part
        if len(output) > _MOST_OUTPUT:
            return ExecResult(137, bytes(output) + b"\n[output is too long; ended]\n")
    code = await process.wait()
    return ExecResult(code if code >= 0 else 128 - code, bytes(output))


def usage(pid: int) -> Usage | None:
    """Sum resident memory and CPU time of `pid` and all below it; None if it is gone."""
    memory, cpu = 0, 0.0
    try:
        root = psutil.Process(pid)
        tree = [root, *root.children(recursive=True)]
    except psutil.Error:
        return None
    for process in tree:
        try:
            with process.oneshot():
                memory += process.memory_info().rss
                cpu += sum(process.cpu_times()[:4])  # with those of children that ended
        except psutil.Error:
            continue
    return Usage(memory, cpu)


def kill_tree(pid: int) -> None:
    """Kill everything below `pid`, then `pid` itself."""
    for _ in range(20):
        below = state.descendants(pid)
        if not below:
            break
        for one in below:
            state.send(one, signal.SIGKILL)
    state.send(pid, signal.SIGKILL)


def kill_marked(mark: str) -> None:
    """Kill what carries the attempt's mark in its environment, wherever it hangs.

    The last net: for what `exec` began, and for what outlived its supervisor.
    """
    end = time.monotonic() + _KILL_S
    killed: set[int] = set()
    while time.monotonic() < end:
        found = _marked(mark)
        for pid in found:
            state.send(pid, signal.SIGKILL)
        killed.update(found)
        # One that is ending shows no variables any more, but is there until it has ended.
        if not found and all(state.start_time(pid) is None for pid in killed):
            return
        time.sleep(0.01)


def _marked(mark: str) -> list[int]:
    wanted = f"{MARK}={mark}".encode()
    found = []
    for pid in state.parents():
        try:
            variables = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
        except OSError:
            continue
        if wanted in variables and pid != os.getpid():
            found.append(pid)
    return found
