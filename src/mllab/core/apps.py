"""Origins of workloads: each one's label, and the ticket and cookie that open it.

A workload that a browser opens has a host of its own, `{label}.{apps domain}`. The label
ends in a hash of the workload's key and is looked up as a whole. A session buys a ticket,
good once and for a minute; the ticket buys a cookie, good for this workload alone. Both are
tokens with the session as parent, so what ends the session ends them. What a key looks
like is the gateway's business.
"""

from __future__ import annotations

import hashlib
import re
from contextlib import suppress
from datetime import timedelta

from mllab.core.context import Context
from mllab.core.identity import Identity
from mllab.core.tokens import Tokens
from mllab.errors import Conflict, NotSignedIn
from mllab.model.accounts import IssuedToken, Principal, TokenKind
from mllab.stores.documents.base import RevisionConflict

TICKET_LIFE = timedelta(seconds=60)
_NAMED = 40
_HASHED = 20


def app_label(key: str) -> str:
    """Return the label of the workload `key`: a word to recognise it by, and a hash."""
    words = [word for word in re.findall(r"[a-z0-9-]+", key) if not word.isdecimal()]
    word = words[-1][:_NAMED].strip("-")
    return f"{word}-{hashlib.sha256(key.encode()).hexdigest()[:_HASHED]}"


class Apps:
    """Labels of workloads, and what opens them in a browser."""

    def __init__(self, context: Context, identity: Identity, tokens: Tokens) -> None:
        self._documents = context.documents
        self._clock = context.clock
        self._identity = identity
        self._tokens = tokens

    async def label(self, key: str) -> str:
        """Return the label of the workload `key`, which can be found by it from now on."""
        label = app_label(key)
        if await self._documents.get("apps", label) is None:
            with suppress(RevisionConflict):
                await self._documents.put("apps", label, {"key": key}, if_revision=0)
        if await self.key(label) != key:
            raise Conflict(f"Two workloads share the label {label!r}. Rename one of them.")
        return label

    async def key(self, label: str) -> str | None:
        """Return the workload of exactly this label, None if there is none."""
        found = await self._documents.get("apps", label)
        return str(found.body["key"]) if found else None

    async def offer(self, session: str, key: str) -> str:
        """Return a ticket with which the session's browser enters the workload `key`.

        Raises NotSignedIn: no such session.
        """
        held = await self._identity.held(session, {TokenKind.SESSION})
        ticket = await self._tokens.issue(
            held.token.user,
            TokenKind.TICKET,
            scope=held.token.scope,
            name=key,
            expires_at=self._clock() + TICKET_LIFE,
            parent=held,
        )
        return ticket.secret

    async def enter(self, ticket: str, key: str) -> IssuedToken:
        """Return the cookie that the ticket for `key` buys; of several at once, one gets it.

        Raises NotSignedIn: used, expired, of an ended session, or for another workload.
        """
        held = await self._identity.held(ticket, {TokenKind.TICKET})
        if held.token.name != key or not await self._tokens.consume(held):
            raise NotSignedIn("This ticket is not valid (any more).")
        session = await self._tokens.parent(held)
        if session is None:
            raise NotSignedIn("This ticket is not valid (any more).")
        await self._tokens.revoke_apps(session, key)
        return await self._tokens.issue(
            held.token.user,
            TokenKind.APP,
            scope=held.token.scope,
            name=key,
            expires_at=session.token.expires_at,
            parent=session,
        )

    async def principal(self, secret: str, key: str) -> Principal:
        """Return who holds the cookie of the workload `key`. Raises NotSignedIn."""
        held = await self._identity.held(secret, {TokenKind.APP})
        if held.token.name != key:
            raise NotSignedIn("This cookie is another workload's.")
        return await self._identity.principal_of(held, from_cookie=True)
