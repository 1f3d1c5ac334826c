"""Tokens and sessions: random, prefixed `lab_`, stored hashed, expiring, revocable, scoped.

One collection and one code path for browser sessions, API tokens, workload tokens and the
one-time admin URL. Only the sha256 of a secret is kept; it is the document's id.
"""

from __future__ import annotations

from datetime import datetime

from mllab.core.context import Context
from mllab.core.permissions import Access
from mllab.model.accounts import IssuedToken, Scope, TokenKind


class Tokens:
    """Tokens of all kinds."""

    def __init__(self, context: Context, access: Access) -> None:
        self._context = context
        self._access = access

    async def issue(
        self,
        user: str,
        kind: TokenKind,
        *,
        scope: Scope | None = None,
        name: str = "",
        expires_at: datetime | None = None,
    ) -> IssuedToken:
        """Make a token; no caller's rule: for identity and control."""
        raise NotImplementedError

    async def revoke_workload(self, workload: str) -> None:
        """Revoke every token tied to the workload. Repeatable."""
        raise NotImplementedError

    async def forget_project(self, project: str) -> bool:
        """Delete what is left of the project; True when nothing is. Repeatable."""
        raise NotImplementedError
