"""Finds and ends the nginx of an earlier lab on the same run folder.

A lab that is killed leaves its nginx behind, which goes on serving; a master that is
killed leaves its workers. They are known by their title and their working folder,
never by a pid alone: pids come back.
"""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Callable
from pathlib import Path

import psutil

log = logging.getLogger("mllab.gateway")

_POLL_S = 0.02


def find(run_dir: Path) -> list[psutil.Process]:
    """Return the nginx processes whose working folder is `run_dir`, masters first."""
    found = []
    for process in psutil.process_iter():
        try:
            if _is_nginx(process) and Path(process.cwd()) == run_dir.resolve():
                found.append(process)
        except psutil.Error:
            continue
    return sorted(found, key=_is_worker)


def _is_nginx(process: psutil.Process) -> bool:
    title = "".join(process.cmdline()[:1])
    return title.startswith("nginx: ") or "nginx" in Path(title).name


def _is_worker(process: psutil.Process) -> bool:
    try:
        return "worker process" in " ".join(process.cmdline())
    except psutil.Error:
        return True


def is_accepting(process: psutil.Process) -> bool:
    """Tell whether it still holds a listening socket."""
    try:
        listening = [c for c in process.net_connections() if c.status == psutil.CONN_LISTEN]
    except psutil.Error:
        return False
    return bool(listening)


async def send_away(run_dir: Path, patience_s: float = 5.0) -> None:
    """Make strays stop accepting; requests that they serve, and open WebSockets, go on.

    Whoever still accepts after `patience_s` seconds is ended.
    """
    strays = find(run_dir)
    if strays:
        log.warning("ending %d nginx processes that an earlier lab left", len(strays))
    _signal(strays, signal.SIGQUIT)
    if not await _until(lambda: not any(map(is_accepting, strays)), patience_s):
        await end(run_dir)


async def end(run_dir: Path, patience_s: float = 3.0) -> None:
    """End every nginx of the folder, by TERM and then by KILL. Waits."""
    _signal(find(run_dir), signal.SIGTERM)
    if not await _until(lambda: not find(run_dir), patience_s):
        _signal(find(run_dir), signal.SIGKILL)
        await _until(lambda: not find(run_dir), patience_s)


def _signal(processes: list[psutil.Process], number: signal.Signals) -> None:
    for process in processes:
        try:
            process.send_signal(number)
        except psutil.Error:
            continue


async def _until(condition: Callable[[], bool], patience_s: float) -> bool:
    loop = asyncio.get_running_loop()
    deadline = loop.time() + patience_s
    while not condition():
        if loop.time() > deadline:
            return False
        await asyncio.sleep(_POLL_S)
    return True
