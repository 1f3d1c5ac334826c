"""Password hashes (argon2id by its library), in threads and a few at a time.

One hash takes tens of milliseconds and 64 MiB on purpose, so the number that run at once
is bounded. Knows no users.
"""

from __future__ import annotations

import asyncio
import secrets
from functools import cached_property

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from pydantic import SecretStr

_AT_ONCE = 4


class Passwords:
    """Hashes and verifies; tests hand in a hasher with cheap parameters."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._turn = asyncio.Semaphore(_AT_ONCE)

    async def hash(self, password: SecretStr) -> str:
        """Return the hash to keep, in argon2's own text form with its parameters."""
        async with self._turn:
            return await asyncio.to_thread(self._hasher.hash, password.get_secret_value())

    async def verify(self, kept: str | None, password: SecretStr) -> bool:
        """Tell whether `password` belongs to the hash; None takes as long and is False."""
        async with self._turn:
            matches = await asyncio.to_thread(self._matches, kept or self._nobody, password)
        return matches and kept is not None

    def is_outdated(self, kept: str) -> bool:
        """Tell whether the hash was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(kept)

    @cached_property
    def _nobody(self) -> str:
        return self._hasher.hash(secrets.token_hex(16))

    def _matches(self, kept: str, password: SecretStr) -> bool:
        try:
            return self._hasher.verify(kept, password.get_secret_value())
        except (VerificationError, InvalidHashError):
            return False
