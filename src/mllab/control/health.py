"""Does a workload answer yet? One HTTP request or one connection, never more than 2 s.

Used while a service or workspace starts; what it serves is none of our business.
"""

from __future__ import annotations

import asyncio

import httpx

from mllab.core.dialling import http_to, socket_of
from mllab.runtimes.base import Endpoint

_TIMEOUT_S = 2.0


async def answers(endpoint: Endpoint, health_path: str | None) -> bool:
    """Tell whether `health_path` answers with 2xx or 3xx, or without one a connection opens."""
    if health_path is None:
        return await _connects(endpoint.address)
    with http_to(endpoint.address, _TIMEOUT_S) as opened:
        async with opened as client:
            try:
                response = await client.get(health_path, headers=dict(endpoint.headers))
            except httpx.HTTPError:
                return False
    return response.status_code < 400


async def _connects(address: str) -> bool:
    host, _, port = address.rpartition(":")
    with socket_of(address) as unix:
        opening = (
            asyncio.open_unix_connection(unix) if unix else asyncio.open_connection(host, int(port))
        )
        try:
            async with asyncio.timeout(_TIMEOUT_S):
                _, writer = await opening
        except OSError:  # a timeout is one
            return False
    writer.close()
    return True
