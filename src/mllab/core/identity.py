"""From a credential to a principal: who calls, and how far this credential reaches.

The API, the gateway and the pages all ask here; nobody else reads a secret.
"""

from __future__ import annotations

from collections.abc import Set
from datetime import timedelta

from pydantic import SecretStr

from mllab.core.attempts import Attempts, Rule, network
from mllab.core.context import Context
from mllab.core.permissions import Access, Action
from mllab.core.tokens import Held, Tokens
from mllab.core.users import Users
from mllab.errors import Conflict, NotAllowed, NotFound, NotSignedIn
from mllab.model.accounts import (
    SYSTEM,
    Credentials,
    IssuedToken,
    Me,
    NewUser,
    Principal,
    Registration,
    Scope,
    TokenKind,
    User,
)
from mllab.stores.documents.base import Body, Document

# An address may fail often (an office behind one), a pair of user and address seldom. The
# limit of a user over all addresses has a short window, so that strangers who use it up
# do not lock the owner out for long; what the pair's limit refused does not count there.
_BY_ADDRESS = Rule("sign-in-address", 50, timedelta(minutes=15))
_BY_PAIR = Rule("sign-in-pair", 10, timedelta(minutes=15))
_BY_USER = Rule("sign-in-user", 30, timedelta(minutes=1))
_REGISTRATIONS = Rule("register-address", 10, timedelta(hours=1))

_BEARERS = {TokenKind.API, TokenKind.WORKLOAD}
_SETUP_LIFE = timedelta(hours=24)


class Identity:
    """Turns secrets into principals and passwords into sessions."""

    def __init__(self, context: Context, access: Access, users: Users, tokens: Tokens) -> None:
        self._access = access
        self._settings = context.settings
        self._clock = context.clock
        self._users = users
        self._tokens = tokens
        self._attempts = Attempts(context)

    async def principal(self, secret: str, *, from_cookie: bool = False) -> Principal:
        """Return who holds `secret` (a token, or with `from_cookie` a session).

        Raises NotSignedIn, with one and the same message whatever is wrong with it.
        """
        kinds = {TokenKind.SESSION} if from_cookie else _BEARERS
        return await self.principal_of(await self._found(secret, kinds), from_cookie=from_cookie)

    async def principal_of(self, held: Held, *, from_cookie: bool) -> Principal:
        """Return who holds a token that `held` has found. Raises NotSignedIn."""
        who = await self._principal(held, from_cookie)
        await self._tokens.note_use(held)
        return who

    async def look(self, secret: str, *, from_cookie: bool) -> Principal:
        """As `principal`, without counting as a use: for what stays open. Raises NotSignedIn."""
        kinds = {TokenKind.SESSION} if from_cookie else _BEARERS
        return await self._principal(await self._found(secret, kinds), from_cookie)

    async def _principal(self, held: Held, from_cookie: bool) -> Principal:
        account = await self._account(held)
        token = held.token
        carries_rights = token.kind is not TokenKind.WORKLOAD and token.scope == Scope()
        return Principal(
            user=token.user,
            is_admin=bool(account["is_admin"]) and carries_rights,
            scope=token.scope,
            token_id=token.id,
            from_cookie=from_cookie,
        )

    async def me(self, who: Principal) -> Me:
        """Return `who` with what the account says of them."""
        await self._access.require(who, Action.ME_READ)
        found = await self._users.find(str(who.user))
        return Me(**who.model_dump(), display_name=found.body["display_name"] if found else "")

    async def sign_in(self, credentials: Credentials, *, address: str) -> IssuedToken:
        """Return a new session. Raises NotSignedIn, or LimitReached after too many tries.

        A wrong user and a wrong password look and take the same. `address` is the
        client's, one of the keys of the rate limit.
        """
        account = await self._check(credentials, address)
        return await self._issue(account, TokenKind.SESSION)

    async def sign_in_for_token(
        self, credentials: Credentials, *, address: str, name: str, days: int | None
    ) -> IssuedToken:
        """Return a new API token of the whole user, for programs; otherwise as `sign_in`."""
        account = await self._check(credentials, address)
        return await self._issue(account, TokenKind.API, name=name, days=days)

    async def sign_out(self, who: Principal) -> None:
        """End the session or token that `who` came with."""
        await self._access.require(who, Action.ME_READ)
        if who.token_id is not None:
            await self._tokens.revoke(who.token_id)

    async def exchange(self, secret: str) -> IssuedToken:
        """Return a session for the token `secret`, with its scope; it ends when the token does.

        For the gateway's `?lab_token=`. Raises NotSignedIn.
        """
        held = await self.held(secret, _BEARERS)
        ends_at = self._clock() + timedelta(hours=self._settings.session_hours)
        if held.token.expires_at is not None:
            ends_at = min(ends_at, held.token.expires_at)
        return await self._tokens.issue(
            held.token.user,
            TokenKind.SESSION,
            scope=held.token.scope,
            name=held.token.name,
            expires_at=ends_at,
            parent=held,
        )

    async def register(self, new: Registration, *, address: str) -> User:
        """Create an account for a visitor, if this lab allows that.

        Raises NotAllowed, LimitReached, or Conflict when the name is taken.
        """
        if not self._settings.allow_self_registrations:
            raise NotAllowed("This lab takes no self-registrations. Ask an admin for an account.")
        await self._attempts.count([(_REGISTRATIONS, network(address))])
        user = NewUser(name=new.name, password=new.password, display_name=new.display_name)
        return await self._users.create(SYSTEM, user)

    async def offer_setup(self) -> IssuedToken | None:
        """Return a one-time secret for creating the first admin; None if there is one.

        It lives 24 hours; earlier ones are revoked.
        """
        if await self._users.has_admin():
            return None
        await self._tokens.revoke_setup()
        ends_at = self._clock() + _SETUP_LIFE
        return await self._tokens.issue("admin", TokenKind.SETUP, expires_at=ends_at)

    async def set_up(self, secret: str, username: str, password: SecretStr) -> IssuedToken:
        """Create the first admin with the one-time secret, which is then used up.

        Raises:
            NotSignedIn: the secret is unknown, expired or used up.
            Conflict: the user name is taken; the secret stays good.
        """
        held = await self._tokens.find(secret)
        if held is None or held.token.kind is not TokenKind.SETUP:
            raise _not_signed_in()
        if await self._users.find(username) is not None:
            raise Conflict(f"There is a user {username!r} already. Take another name.")
        if await self._users.has_admin() or not await self._tokens.consume(held):
            raise _not_signed_in()
        new = NewUser(name=username, password=password, is_admin=True)
        await self._users.create(SYSTEM, new)
        account = await self._users.find(username)
        if account is None:
            raise NotFound("user", username)
        return await self._issue(account, TokenKind.SESSION)

    async def held(self, secret: str, kinds: Set[TokenKind]) -> Held:
        """Return the valid token of one of `kinds` that `secret` opens. Raises NotSignedIn."""
        held = await self._found(secret, kinds)
        await self._account(held)
        return held

    async def _found(self, secret: str, kinds: Set[TokenKind]) -> Held:
        held = await self._tokens.find(secret)
        if held is None or held.token.kind not in kinds:
            raise _not_signed_in()
        return held

    async def _account(self, held: Held) -> Body:
        account = await self._users.find(held.token.user)
        if account is None or account.body["id_"] != held.account or not account.body["is_active"]:
            raise _not_signed_in()
        return account.body

    async def _check(self, credentials: Credentials, address: str) -> Document:
        client, user = network(address), credentials.username
        pair = (_BY_PAIR, f"{user}\n{client}")
        shared = [(_BY_ADDRESS, client), (_BY_USER, user)]
        await self._attempts.count([shared[0], pair, shared[1]])
        account = await self._users.check_password(user, credentials.password)
        if account is None:
            raise NotSignedIn("User name or password is wrong.")
        await self._attempts.give_back(shared)
        await self._attempts.reset(*pair)
        return account

    async def _issue(
        self, account: Document, kind: TokenKind, *, name: str = "", days: int | None = None
    ) -> IssuedToken:
        life = timedelta(days=days) if days else None
        if kind is TokenKind.SESSION:
            life = timedelta(hours=self._settings.session_hours)
        issued = await self._tokens.issue(
            account.id, kind, name=name, expires_at=self._clock() + life if life else None
        )
        # The password may have been changed, and the sessions ended, since it was checked.
        now = await self._users.find(account.id)
        if now is None or now.body["password_hash"] != account.body["password_hash"]:
            await self._tokens.revoke(issued.token.id)
            raise NotSignedIn("User name or password is wrong.")
        return issued


def _not_signed_in() -> NotSignedIn:
    return NotSignedIn("This credential is not valid here. Sign in again or use another token.")
