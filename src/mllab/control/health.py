"""Does a workload answer yet? One HTTP request or one connection, never more than 2 s.

Used while a service or workspace starts; what it serves is none of our business.
"""

from __future__ import annotations

import asyncio
import os
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from mllab.runtimes.base import Endpoint

_TIMEOUT_S = 2.0
_UNIX = "unix:"
# Endpoints speak plain HTTP; to load the system's certificates for nothing takes 80 ms.
_NO_CERTIFICATES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


async def answers(endpoint: Endpoint, health_path: str | None) -> bool:
    """Tell whether `health_path` answers with 2xx or 3xx, or without one a connection opens."""
    if not endpoint.address.startswith(_UNIX):
        return await _answers(endpoint, health_path, None)
    with _short(Path(endpoint.address.removeprefix(_UNIX))) as path:
        return await _answers(endpoint, health_path, path)


async def _answers(endpoint: Endpoint, health_path: str | None, unix: str | None) -> bool:
    if health_path is None:
        return await _connects(endpoint.address, unix)
    transport = httpx.AsyncHTTPTransport(uds=unix, verify=_NO_CERTIFICATES)
    host = "localhost" if unix else endpoint.address
    async with httpx.AsyncClient(
        transport=transport, timeout=_TIMEOUT_S, trust_env=False
    ) as client:
        try:
            response = await client.get(
                f"http://{host}{health_path}", headers=dict(endpoint.headers)
            )
        except httpx.HTTPError:
            return False
    return response.status_code < 400


async def _connects(address: str, unix: str | None) -> bool:
    host, _, port = address.rpartition(":")
    opening = (
        asyncio.open_unix_connection(unix) if unix else asyncio.open_connection(host, int(port))
    )
    try:
        _, writer = await asyncio.wait_for(opening, _TIMEOUT_S)
    except OSError:  # a timeout is one
        return False
    writer.close()
    return True


@contextmanager
def _short(path: Path) -> Iterator[str]:
    """Give a short name for a socket, whose path may not have more than 107 bytes."""
    try:
        folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError:
        yield str(path)
        return
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)
