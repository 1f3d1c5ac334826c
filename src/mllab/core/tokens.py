"""Tokens and sessions: random, prefixed `lab_`, stored hashed, expiring, revocable, scoped.

One collection and one code path for browser sessions, API tokens, workload tokens and the
one-time admin URL. Only the sha256 of a secret is kept; it is the document's id. A token
belongs to an *account*, not to a name: a later user of the same name does not inherit it.
"""

from __future__ import annotations

import hashlib
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from mllab.core.context import Context
from mllab.core.permissions import Access, Action
from mllab.core.times import from_text, to_text
from mllab.errors import InvalidInput, LimitReached, NotFound
from mllab.model.accounts import IssuedToken, NewToken, Principal, Scope, Token, TokenKind
from mllab.model.base import Page, new_id
from mllab.stores.documents.base import Body, Document, RevisionConflict, Where, eq

_LISTED = [TokenKind.API.value, TokenKind.SESSION.value, TokenKind.WORKLOAD.value]
_MOST_PER_USER = 500


@dataclass(frozen=True)
class Held:
    """A valid token as identity sees it: with the account and document that it belongs to."""

    token: Token
    account: str | None
    document: Document


class Tokens:
    """Tokens of all kinds."""

    def __init__(self, context: Context, access: Access) -> None:
        self._documents = context.documents
        self._clock = context.clock
        self._access = access
        self._swept_at: datetime | None = None

    async def create(self, who: Principal, new: NewToken) -> IssuedToken:
        """Make an API token for the caller, confined to `new.scope`.

        Raises:
            InvalidInput: a scope that makes no sense, or is wider than the caller's rights.
            NotFound: the scope names a project or service that the caller cannot see.
            LimitReached: the user has very many tokens already.
        """
        await self._access.require(who, Action.TOKEN_WRITE, user=who.user)
        await self._check_scope(who, new.scope)
        user = str(who.user)
        if await self._documents.count("tokens", eq("user", user)) >= _MOST_PER_USER:
            raise LimitReached(
                f"{user!r} has {_MOST_PER_USER} tokens and sessions. Delete some first."
            )
        days = new.expires_in_days
        expires_at = self._clock() + timedelta(days=days) if days else None
        return await self.issue(
            user, TokenKind.API, scope=new.scope, name=new.name, expires_at=expires_at
        )

    async def list(
        self, who: Principal, *, user: str | None = None, limit: int, cursor: str | None
    ) -> Page[Token]:
        """Return the tokens and sessions of `user` (the caller), newest first."""
        await self._access.require(who, Action.TOKEN_READ, user=user)
        found = await self._documents.find(
            "tokens",
            eq("user", user or who.user),
            Where("kind", "in", _LISTED),
            order_by="created_at",
            descending=True,
            limit=limit,
            cursor=cursor,
        )
        return Page(items=[_token(d.body) for d in found.documents], next_cursor=found.next_cursor)

    async def delete(self, who: Principal, token_id: str) -> None:
        """Revoke a token of the caller, or as an admin anyone's."""
        await self._access.require(who, Action.TOKEN_WRITE, user=who.user)
        found = await self._documents.find("tokens", eq("id_", token_id), limit=1)
        visible = [d for d in found.documents if who.is_admin or d.body["user"] == who.user]
        if not visible:
            raise NotFound("token", token_id)
        await self._documents.delete("tokens", visible[0].id)

    async def issue(
        self,
        user: str,
        kind: TokenKind,
        *,
        scope: Scope | None = None,
        name: str = "",
        expires_at: datetime | None = None,
        parent: Held | None = None,
    ) -> IssuedToken:
        """Make a token; no caller's rule: for identity and control.

        `parent` ties its life to another token. Raises NotFound when there is no `user`
        (a setup token needs none).
        """
        await self._sweep()
        token = Token(
            id=new_id("tok"),
            kind=kind,
            user=user,
            name=name,
            scope=scope or Scope(),
            created_at=self._clock(),
            expires_at=expires_at,
        )
        secret = f"lab_{secrets.token_urlsafe(32)}"
        body = _body(token) | {
            "account": None if kind is TokenKind.SETUP else await self._account(user),
            "parent": parent.document.id if parent else None,
        }
        await self._documents.put("tokens", digest(secret), body, if_revision=0)
        return IssuedToken(token=token, secret=secret)

    async def find(self, secret: str) -> Held | None:
        """Return the token that `secret` opens; None if unknown, expired or revoked."""
        found = await self._documents.get("tokens", digest(secret))
        if found is None or not await self._lives(found.body):
            return None
        return Held(_token(found.body), found.body["account"], found)

    async def note_use(self, held: Held) -> None:
        """Write when the token was last used, at most once a minute."""
        now, last = self._clock(), held.token.last_used_at
        if last is not None and now - last < timedelta(minutes=1):
            return
        body = held.document.body | {"last_used_at": to_text(now)}
        # A plain write could bring back a token that was revoked a moment ago.
        with suppress(RevisionConflict):
            await self._documents.put(
                "tokens", held.document.id, body, if_revision=held.document.revision
            )

    async def consume(self, held: Held) -> bool:
        """Delete the token; True for exactly one of several that try at once."""
        return await self._documents.delete("tokens", held.document.id)

    async def revoke(self, token_id: str) -> None:
        """Revoke one token by its public id. Repeatable."""
        await self._documents.delete_where("tokens", eq("id_", token_id))

    async def parent(self, held: Held) -> Held | None:
        """Return the token that `held` depends on, None if it has none that lives."""
        found = await self._documents.get("tokens", str(held.document.body["parent"]))
        if found is None or not await self._lives(found.body):
            return None
        return Held(_token(found.body), found.body["account"], found)

    async def revoke_apps(self, session: Held, name: str) -> None:
        """Revoke the session's earlier cookies for the workload `name`. Repeatable."""
        await self._documents.delete_where(
            "tokens",
            eq("user", session.token.user),
            eq("kind", TokenKind.APP.value),
            eq("parent", session.document.id),
            eq("name", name),
        )

    async def revoke_setup(self) -> None:
        """Revoke every one-time admin URL. Repeatable."""
        await self._documents.delete_where("tokens", eq("kind", TokenKind.SETUP.value))

    async def revoke_user(self, user: str) -> None:
        """Revoke everything that the user holds. Repeatable."""
        await self._documents.delete_where("tokens", eq("user", user))

    async def revoke_sessions(self, user: str, *, but: str | None) -> None:
        """End the sessions of the user, except the one with the public id `but`."""
        await self._documents.delete_where(
            "tokens",
            eq("user", user),
            eq("kind", TokenKind.SESSION.value),
            Where("id_", "ne", but or ""),
        )

    async def revoke_workload(self, workload: str) -> None:
        """Revoke every token tied to the workload. Repeatable."""
        await self._documents.delete_where("tokens", eq("scope.workload", workload))

    async def forget_project(self, project: str) -> bool:
        """Delete what is left of the project; True when nothing is. Repeatable."""
        await self._documents.delete_where("tokens", eq("scope.project", project))
        return True

    async def _lives(self, body: Body) -> bool:
        if body["expires_at"] and from_text(body["expires_at"]) <= self._clock():
            return False
        parent = body["parent"]
        if parent is None:
            return True
        found = await self._documents.get("tokens", parent)
        return found is not None and await self._lives(found.body)

    async def _account(self, user: str) -> str:
        found = await self._documents.get("users", user)
        if found is None:
            raise NotFound("user", user)
        return str(found.body["id_"])

    async def _check_scope(self, who: Principal, scope: Scope) -> None:
        if scope.workload is not None:
            raise InvalidInput("Tokens of workloads are made by the lab only; leave it out.")
        if scope.project is None:
            if scope.service is not None:
                raise InvalidInput("A token for a service needs the service's project too.")
            return
        role = await self._access.role(who, scope.project)
        if role is None:
            raise NotFound("project", scope.project, "It does not exist or you are no member.")
        if scope.role is not None and scope.role.rank > role.rank:
            raise InvalidInput(f"Your role in {scope.project!r} is {role}; a token has no more.")
        if scope.service is not None:
            service = f"{scope.project}/{scope.service}"
            if await self._documents.get("services", service) is None:
                raise NotFound("service", scope.service)

    async def _sweep(self) -> None:
        now = self._clock()
        if self._swept_at is None or now - self._swept_at > timedelta(hours=1):
            self._swept_at = now
            await self._documents.delete_where("tokens", Where("expires_at", "lt", to_text(now)))


def digest(secret: str) -> str:
    """Return the id under which a secret is kept: its sha256 in lower-case hex."""
    return hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()


def _body(token: Token) -> Body:
    body = token.model_dump(mode="json")
    body["id_"] = body.pop("id")
    return body


def _token(body: Body) -> Token:
    fields = {name: body[name] for name in Token.model_fields if name != "id"}
    return Token(id=body["id_"], **fields)
