"""Which workloads nginx keeps connections to: it does so only for addresses that it has names for.

A workload is reached by its address at once. Once it is in use its address gets a named
block, by a reload that many share; each worker process maps addresses to the names that
its own configuration has, so a reload never makes a decision wrong. A reload leaves old
workers behind for as long as they hold a WebSocket: with too many of these, names wait.
"""

from __future__ import annotations

import asyncio
import logging
import re
from dataclasses import replace
from time import monotonic

from mllab.errors import LabError
from mllab.gateway.nginx import strays
from mllab.gateway.nginx.process import Nginx

log = logging.getLogger("mllab.gateway")

MOST_NAMES = 200
"""Blocks are looked through one by one for each request: 200 cost 2 % (measured)."""

MOST_OLD_WORKERS = 8
_FORGET_AFTER_S = 600.0
_REST_S = 5.0
_PLAIN = re.compile(r"(?:[0-9.]+|\[[0-9a-f:]+\]):[0-9]+|unix:[A-Za-z0-9_./-]+:")


class Upstreams:
    """The addresses that decisions gave out, and when last."""

    def __init__(self) -> None:
        self._seen: dict[str, float] = {}

    def note(self, address: str) -> None:
        """Remember that a decision gave out this address."""
        if _PLAIN.fullmatch(address):
            self._seen[address] = monotonic()

    def wanted(self) -> tuple[str, ...]:
        """Return the addresses in use of late, the latest first where there are too many."""
        oldest = monotonic() - _FORGET_AFTER_S
        self._seen = {address: at for address, at in self._seen.items() if at > oldest}
        latest = sorted(self._seen, key=lambda address: -self._seen[address])
        return tuple(sorted(latest[:MOST_NAMES]))


async def follow(nginx: Nginx, upstreams: Upstreams, rest_s: float = _REST_S) -> None:
    """Give names to new addresses, at most once in `rest_s` seconds, for ever."""
    while True:
        await asyncio.sleep(rest_s)
        wanted = upstreams.wanted()
        if set(wanted) <= set(nginx.config.upstreams) or not nginx.alive():
            continue
        if len(strays.find(nginx.run_dir)) > 1 + nginx.config.workers + MOST_OLD_WORKERS:
            continue
        try:
            await nginx.reload(replace(nginx.config, upstreams=wanted))
        except LabError as exc:
            log.warning("nginx knows new workloads by address only: %s", exc.message)
