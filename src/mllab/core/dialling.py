"""How to open HTTP to a workload's endpoint: a port or a Unix socket, never anywhere else.

And how a Unix socket is named whose path is too long for the kernel.
"""

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
    with short_name(Path(address.removeprefix(_UNIX))) as path:
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
def short_name(path: Path) -> Iterator[str]:
    """Give a short name for a socket to bind or connect: its path may have 107 bytes at most."""
    try:
        folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError:
        yield str(path)
        return
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)
