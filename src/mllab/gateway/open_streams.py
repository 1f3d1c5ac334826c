"""Notes the use of workloads by what is open: a stream is written down only when it ends.

Looks once in a while which workloads nginx holds a connection to. It keeps no idle one for
longer than a second, so one that lasts stands for a request under way: a WebSocket, an
event stream, a long transfer. Reads the kernel's tables of connections, never a byte of
what moves.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Set
from pathlib import Path

import psutil

from mllab.core.activity import Subject
from mllab.core.lab import LabCore
from mllab.errors import LabError
from mllab.gateway.nginx import strays
from mllab.model.workloads import Workload, WorkloadKind, WorkloadState

log = logging.getLogger("mllab.gateway")

Connection = tuple[str, str]
"""A workload's address as `Endpoint` has it, and what tells this connection from others."""

_EVERY_S = 30.0
_APART_S = 2.0
_UNIX_TABLE = Path("/proc/net/unix")
_CONNECTED = "03"
_USED = {WorkloadKind.SERVICE, WorkloadKind.WORKSPACE}


async def follow(run_dir: Path, core: LabCore) -> None:
    """Note for ever what is open."""
    while True:
        await asyncio.sleep(_EVERY_S)
        try:
            await note(run_dir, core)
        except (LabError, OSError) as exc:
            log.warning("open streams do not count as activity now: %s", exc)


async def note(run_dir: Path, core: LabCore, apart_s: float = _APART_S) -> None:
    """Note the use of every workload with a connection that lasts for `apart_s` seconds."""
    before = await asyncio.to_thread(connections, run_dir)
    await asyncio.sleep(apart_s)
    lasting = before & await asyncio.to_thread(connections, run_dir)
    addresses = {address for address, _ in lasting}
    if not addresses:
        return
    for workload in await core.workloads.open_ones():
        if workload.kind in _USED and workload.state is WorkloadState.RUNNING:
            if await _is_at(core, workload, addresses):
                core.activity.note_use(Subject.of(workload))


async def _is_at(core: LabCore, workload: Workload, addresses: Set[str]) -> bool:
    for port in workload.spec.ports:
        endpoint = await core.workloads.endpoint(workload, port)
        if endpoint is not None and endpoint.address in addresses:
            return True
    return False


def connections(run_dir: Path) -> set[Connection]:
    """Return what the nginx of this run folder is connected to, and all Unix sockets in use.

    Of a Unix socket only its own side has a name, so whoever is connected counts; those
    of workloads lie in folders that nobody else enters.
    """
    found = set(_unix_sockets())
    for process in strays.find(run_dir):
        try:
            tcp = process.net_connections("tcp")
        except psutil.Error:
            continue
        own = {each.laddr.port for each in tcp if each.status == psutil.CONN_LISTEN}
        found |= {
            (_address(*each.raddr), str(each.laddr))
            for each in tcp
            if each.status == psutil.CONN_ESTABLISHED and each.laddr.port not in own
        }
    return found


def _address(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _unix_sockets() -> set[Connection]:
    if not _UNIX_TABLE.exists():  # not Linux
        return set()
    rows = [line.split(maxsplit=7) for line in _UNIX_TABLE.read_text().splitlines()[1:]]
    return {(f"unix:{row[7]}", row[6]) for row in rows if len(row) == 8 and row[5] == _CONNECTED}
