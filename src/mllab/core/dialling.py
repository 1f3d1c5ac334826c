"""How to open HTTP to a workload's endpoint: a port or a Unix socket, never anywhere else."""

from __future__ import annotations

import os
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

_UNIX = "unix:"
# Endpoints speak plain HTTP; to load the system's certificates for nothing takes 80 ms.
_NO_CERTIFICATES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


@contextmanager
def socket_of(address: str) -> Iterator[str | None]:
    """Give the path of a Unix socket's endpoint, short enough to connect to; None for ports."""
    if not address.startswith(_UNIX):
        yield None
        return
    with _short(Path(address.removeprefix(_UNIX))) as path:
        yield path


@contextmanager
def http_to(address: str, timeout_s: float) -> Iterator[httpx.AsyncClient]:
    """Give a client whose every request goes to `address`; it follows no redirect and no proxy."""
    with socket_of(address) as unix:
        host = "localhost" if unix else address
        yield httpx.AsyncClient(
            base_url=f"http://{host}",
            transport=httpx.AsyncHTTPTransport(uds=unix, verify=_NO_CERTIFICATES),
            timeout=timeout_s,
            trust_env=False,
            follow_redirects=False,
        )


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
