"""Encrypts what must not lie in clear in the metadata store (Fernet: AES-CBC with HMAC).

The keys stand in a file that only the lab's user can read, one per line, the first one
encrypts and all decrypt: to rotate, put a new line on top. A lost file is never replaced
silently by a new key while secrets exist that need the old one: decryption says so.
"""

from __future__ import annotations

import asyncio
import os
import secrets
from contextlib import suppress
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from mllab.errors import BackendFailed


class Vault:
    """Encrypts and decrypts with the keys in a file, made when it is first needed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._fernet: MultiFernet | None = None

    async def encrypt(self, value: str) -> str:
        """Return the sealed form of `value`."""
        return (await self._keys()).encrypt(value.encode()).decode()

    async def decrypt(self, sealed: str) -> str:
        """Return what was sealed. Raises BackendFailed when no key opens it."""
        try:
            return (await self._keys()).decrypt(sealed).decode()
        except InvalidToken as exc:
            raise BackendFailed(
                f"A secret cannot be opened: it was sealed with a key that {self._path} does not "
                "hold. Restore that file from the backup, or set the secret again."
            ) from exc

    async def _keys(self) -> MultiFernet:
        if self._fernet is None:
            self._fernet = await asyncio.to_thread(_load, self._path)
        return self._fernet


def _load(path: Path) -> MultiFernet:
    if not path.exists():
        _create(path)
    try:
        return MultiFernet([Fernet(line) for line in path.read_text().split()])
    except ValueError as exc:
        raise BackendFailed(f"{path} holds no valid key. Restore it from the backup.") from exc


def _create(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(Fernet.generate_key() + b"\n")
        file.flush()
        os.fsync(file.fileno())
    # A link appears whole or not at all, and of two processes the first one wins.
    with suppress(FileExistsError):
        os.link(fresh, path)
    fresh.unlink()
