"""How often something may be tried: counters in the document store, so replicas share them.

A counter lives for a fixed window and is then forgotten. An attempt is counted *before*
it is made, so that many at once cannot slip through, and given back when it succeeds.
"""

from __future__ import annotations

import hashlib
import ipaddress
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from mllab.core.context import Context
from mllab.core.times import from_text, to_text
from mllab.errors import LimitReached
from mllab.stores.documents.base import RevisionConflict, Where

_TRIES = 20


@dataclass(frozen=True)
class Rule:
    """At most `limit` attempts in `window` for each value of a key."""

    name: str
    limit: int
    window: timedelta


class Attempts:
    """Counts attempts under rules."""

    def __init__(self, context: Context) -> None:
        self._documents = context.documents
        self._clock = context.clock
        self._swept_at: datetime | None = None

    async def count(self, keys: Sequence[tuple[Rule, str]]) -> None:
        """Count one attempt under every rule, in order.

        Raises:
            LimitReached: one is used up; the rules after it were not counted.
        """
        await self._sweep()
        for rule, key in keys:
            await self._count(rule, key)

    async def give_back(self, keys: Sequence[tuple[Rule, str]]) -> None:
        """Take the attempt off again: it was a good one."""
        for rule, key in keys:
            await self._change(rule, key, -1)

    async def reset(self, rule: Rule, key: str) -> None:
        """Forget what was counted."""
        await self._documents.delete("attempts", _id(rule, key))

    async def _count(self, rule: Rule, key: str) -> None:
        if not await self._change(rule, key, 1):
            raise LimitReached("Too many attempts. Wait a little, then try again.", retry_after_s=1)

    async def _change(self, rule: Rule, key: str, by: int) -> bool:
        for _ in range(_TRIES):
            try:
                await self._change_once(rule, key, by)
            except RevisionConflict:
                continue
            return True
        return False

    async def _change_once(self, rule: Rule, key: str, by: int) -> None:
        now = self._clock()
        found = await self._documents.get("attempts", _id(rule, key))
        tried, ends_at = 0, now + rule.window
        if found is not None and from_text(found.body["ends_at"]) > now:
            tried, ends_at = found.body["tried"], from_text(found.body["ends_at"])
        if by > 0 and tried >= rule.limit:
            wait_s = max(1, math.ceil((ends_at - now).total_seconds()))
            raise LimitReached(
                f"Too many attempts. Try again in {wait_s} seconds.", retry_after_s=wait_s
            )
        body = {"tried": max(0, tried + by), "ends_at": to_text(ends_at)}
        revision = found.revision if found else 0
        await self._documents.put("attempts", _id(rule, key), body, if_revision=revision)

    async def _sweep(self) -> None:
        now = self._clock()
        if self._swept_at is None or now - self._swept_at > timedelta(minutes=1):
            self._swept_at = now
            await self._documents.delete_where("attempts", Where("ends_at", "lt", to_text(now)))


def network(address: str) -> str:
    """Return what counts as one client: an IPv4 address, or the /64 of an IPv6 address."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if parsed.version == 4:
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, 64), strict=False))


def _id(rule: Rule, key: str) -> str:
    # A key may hold anything that a stranger typed as a user name.
    digest = hashlib.sha256(key.encode(errors="surrogatepass")).hexdigest()
    return f"{rule.name}/{digest}"
