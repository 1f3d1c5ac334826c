"""What an attempt's folder holds, as both sides see it: the lab and the supervisor.

Standard library only and quick to import: every workload pays for it. Knows nothing of
specs or of what runs. The files of an attempt:

    claim            who supervises it; made once, whatever happens
    status.json      phase, reason, exit code, times, pid, ports; replaced whole
    stop             seconds of grace, written before SIGTERM is sent to the supervisor
    log/<offset>     output; each file is named by the offset of its first byte
    work/            the working folder
"""

from __future__ import annotations

import json
import os
from _thread import get_ident

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypedDict

    class Status(TypedDict):
        """`status.json`; times are seconds since 1970."""

        phase: str
        reason: str
        exit_code: int | None
        started_at: float | None
        finished_at: float | None
        pid: int | None
        ports: dict[str, int]


def start_time(pid: int) -> int | None:
    """Return when `pid` started (ticks since boot), None if it does not run any more.

    Pid and start time together name a process; a pid alone may have been given anew.
    """
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            fields = file.read().rpartition(b") ")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if fields[0] in (b"Z", b"X") else int(fields[19])


def boot() -> str:
    """Return what names this run of the machine: ticks begin anew with each."""
    with open("/proc/sys/kernel/random/boot_id", encoding="utf-8") as file:
        return file.read().strip()


def parents() -> dict[int, int]:
    """Return pid -> parent's pid of everything that runs (no zombies)."""
    found = {}
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open(f"/proc/{name}/stat", "rb") as file:
                fields = file.read().rpartition(b") ")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if fields[0] not in (b"Z", b"X"):
            found[int(name)] = int(fields[1])
    return found


def descendants(pid: int) -> list[int]:
    """Return everything that runs below `pid`, without itself."""
    children: dict[int, list[int]] = {}
    for child, parent in parents().items():
        children.setdefault(parent, []).append(child)
    found: list[int] = []
    waiting = [pid]
    while waiting:
        below = children.get(waiting.pop(), [])
        found += below
        waiting += below
    return found


def send(pid: int, signal: int) -> None:
    """Send a signal; nothing happens if the process is gone or not ours."""
    try:
        os.kill(pid, signal)
    except (ProcessLookupError, PermissionError):
        pass


def write_whole(path: str, text: str) -> None:
    """Replace a file so that readers see the old text or the new, never a part."""
    part = f"{path}.{os.getpid()}.{get_ident()}"  # several labs may write at once
    with open(part, "w", encoding="utf-8") as file:
        file.write(text)
    os.rename(part, path)


def claim(folder: str, pid: int, start: int) -> bool:
    """Make `pid` the one that may start this attempt; False if another one did."""
    own = f"{folder}/claim.{pid}.{start}"
    with open(own, "w", encoding="utf-8") as file:
        file.write(f"{pid} {start} {boot()}")
    try:
        os.link(own, f"{folder}/claim")
    except FileExistsError:
        return False
    finally:
        os.unlink(own)
    return True


def claimed_by(folder: str) -> tuple[int, int] | None:
    """Return pid and start time of the supervisor, None if nobody claimed the attempt.

    Start time 0 is nobody's: it never runs, or ran before the machine was started again.
    """
    try:
        with open(f"{folder}/claim", encoding="utf-8") as file:
            pid, start, when = file.read().split()
    except FileNotFoundError:
        return None
    return int(pid), int(start) if when == boot() else 0


def read_status(folder: str) -> Status | None:
    """Return what the supervisor last wrote."""
    try:
        with open(f"{folder}/status.json", encoding="utf-8") as file:
            found: Any = json.load(file)
    except FileNotFoundError:
        return None
    status: Status = found
    return status


def notify(listeners: str, workload: str) -> None:
    """Tell every lab that listens that something changed; forget those that are gone."""
    try:
        names = os.listdir(listeners)
    except FileNotFoundError:
        return
    for name in names:
        path = f"{listeners}/{name}"
        try:
            pipe = os.open(path, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:
            _forget(path)  # nobody reads: that lab is gone
            continue
        try:
            os.write(pipe, f"{workload}\n".encode())
        except OSError:
            pass  # full: that lab has news enough, and polls beside it
        finally:
            os.close(pipe)


def _forget(path: str) -> None:
    try:
        os.unlink(path)
    except OSError:
        pass
