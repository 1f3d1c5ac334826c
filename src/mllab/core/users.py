"""User accounts and their password hashes.

A document is the `User` record with two more fields that never leave this file and
`identity.py`: `password_hash`, and `id_`, which tells two accounts of one name apart.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Protocol

from pydantic import SecretStr

from mllab.core.attempts import Attempts, Rule
from mllab.core.context import Context
from mllab.core.listing import Part, search
from mllab.core.members import Members
from mllab.core.passwords import Passwords
from mllab.core.permissions import Access, Action
from mllab.core.tokens import Tokens
from mllab.errors import Conflict, InvalidInput, NotFound
from mllab.model.accounts import SYSTEM, NewUser, Principal, User, UserChange
from mllab.model.base import Page, is_name, new_id
from mllab.stores.documents.base import Body, Document, RevisionConflict, change_document, eq

log = logging.getLogger("mllab.users")

_OWN_PASSWORD = Rule("own-password", 10, timedelta(minutes=15))


class UserPart(Protocol):
    """A resource that keeps things of a user and can forget them."""

    async def forget_user(self, user: str) -> None:
        """Delete, or ask control to delete, what is left of the user. Repeatable."""
        ...


class Users:
    """User accounts and their password hashes."""

    def __init__(
        self,
        context: Context,
        access: Access,
        tokens: Tokens,
        members: Members,
        passwords: Passwords,
    ) -> None:
        self._documents = context.documents
        self._clock = context.clock
        self._access = access
        self._tokens = tokens
        self._members = members
        self._passwords = passwords
        self._attempts = Attempts(context)
        self.parts: Sequence[UserPart] = ()

    async def create(self, who: Principal, new: NewUser) -> User:
        """Create an account. Raises Conflict when the name is taken."""
        await self._access.require(who, Action.USER_CREATE)
        user = User(
            name=new.name,
            display_name=new.display_name,
            is_admin=new.is_admin,
            created_at=self._clock(),
        )
        body = user.model_dump(mode="json") | {
            "id_": new_id("user"),
            "password_hash": await self._passwords.hash(new.password),
        }
        try:
            await self._documents.put("users", user.name, body, if_revision=0)
        except RevisionConflict as exc:
            raise Conflict(f"There is a user {user.name!r} already. Take another name.") from exc
        return user

    async def list(
        self, who: Principal, *, q: str = "", limit: int, cursor: str | None
    ) -> Page[User]:
        """Return users by name, all or those whose name or full name holds `q`."""
        await self._access.require(who, Action.USER_LIST)
        part = Part(q, ["name", "display_name"])
        found = await search(self._documents, "users", [], part, limit=limit, cursor=cursor)
        return Page(items=[_user(d.body) for d in found.documents], next_cursor=found.next_cursor)

    async def get(self, who: Principal, name: str) -> User:
        """Return one user."""
        await self._access.require(who, Action.USER_READ, user=name)
        return _user((await self._document(name)).body)

    async def update(self, who: Principal, name: str, change: UserChange) -> User:
        """Change the fields that are given; only an admin sets `is_admin` and `is_active`.

        Whoever changes their own password gives the current one too, however they signed
        in, so that a stolen token or an unlocked screen does not take the account over.
        A new password ends the user's other sessions; API tokens stay.

        Raises:
            InvalidInput: the current password is missing or wrong.
            Conflict: no active admin would be left.
            LimitReached: too many wrong current passwords.
        """
        rights = change.is_admin is not None or change.is_active is not None
        action = Action.USER_ADMINISTER if rights else Action.USER_UPDATE
        await self._access.require(who, action, user=name)
        found = await self._document(name)
        fields = change.model_dump(
            include={"display_name", "is_admin", "is_active"}, exclude_none=True
        )
        if change.password is not None:
            if who.user == name:
                await self._check_current(found, change.current_password)
            fields["password_hash"] = await self._passwords.hash(change.password)
        user = await self._change(name, fields)
        if change.password is not None:
            await self._tokens.revoke_sessions(name, but=who.token_id)
        if not user.is_active:
            await self._tokens.revoke_user(name)
        return user

    async def delete(self, who: Principal, name: str) -> None:
        """Delete an account with its tokens and memberships. Repeatable after a failure.

        Raises Conflict when no active admin would be left, or a project without an owner.
        """
        await self._access.require(who, Action.USER_ADMINISTER, user=name)
        before = await self._document(name)
        await self._members.check_not_sole_owner(name)
        await self._change(name, {"is_active": False})
        try:
            await self._members.forget_user(name)
        except Conflict:
            await self._change(name, {"is_active": before.body["is_active"]})
            raise
        await self._tokens.revoke_user(name)
        for part in self.parts:
            await part.forget_user(name)
        await self._documents.delete("users", name)

    async def ensure_admin(self, password: SecretStr) -> None:
        """Create user `admin` of an unattended install; one that exists stays as it is.

        No caller's rule: for `server.py`.
        """
        if await self._documents.get("users", "admin") is not None:
            log.info("user 'admin' exists; LAB_ADMIN_PASSWORD leaves its password as it is")
            return
        try:
            await self.create(SYSTEM, NewUser(name="admin", password=password, is_admin=True))
        except Conflict:
            log.info("another process of this lab created user 'admin' first")
            return
        log.info("created user 'admin' with the password of LAB_ADMIN_PASSWORD")

    async def has_admin(self) -> bool:
        """Tell whether somebody can administer the lab; no caller's rule: for identity."""
        admins = (eq("is_admin", True), eq("is_active", True))
        return await self._documents.count("users", *admins) > 0

    async def find(self, name: str) -> Document | None:
        """Return the account's document; no caller's rule: for identity."""
        return await self._documents.get("users", name)

    async def check_password(self, name: str, password: SecretStr) -> Document | None:
        """Return the active account that `password` opens; takes the same time if there is none.

        No caller's rule: for identity. A hash with old parameters is renewed.
        """
        found = await self._documents.get("users", name) if is_name(name) else None
        kept = found.body["password_hash"] if found else None
        if not await self._passwords.verify(kept, password) or found is None:
            return None
        if not found.body["is_active"]:
            return None
        if not self._passwords.is_outdated(found.body["password_hash"]):
            return found
        body = found.body | {"password_hash": await self._passwords.hash(password)}
        try:
            revision = await self._documents.put("users", name, body, if_revision=found.revision)
        except RevisionConflict:
            return found
        return Document(name, revision, body)

    async def _check_current(self, found: Document, given: SecretStr | None) -> None:
        if given is None:
            raise InvalidInput("Give `current_password` too to change your own password.")
        keys = [(_OWN_PASSWORD, found.id)]
        await self._attempts.count(keys)
        if not await self._passwords.verify(found.body["password_hash"], given):
            raise InvalidInput("`current_password` is not your password.")
        await self._attempts.give_back(keys)

    async def _change(self, name: str, fields: Body) -> User:
        before, after = await self._write(name, fields)
        if _administers(before.body) and not _administers(after):
            await self._keep_an_admin(before)
        return _user(after)

    async def _write(self, name: str, fields: Body) -> tuple[Document, Body]:
        found = partial(self._document, name)
        return await change_document(self._documents, "users", found, lambda _: fields)

    async def _keep_an_admin(self, before: Document) -> None:
        # Two admins who remove each other at one moment both see none left and both put
        # the other back: looking after the change is safe where looking before is not.
        if await self.has_admin():
            return
        rights = {name: before.body[name] for name in ("is_admin", "is_active")}
        await self._write(before.id, rights)
        raise Conflict(
            f"{before.id!r} is the last active admin. Make somebody else an admin first."
        )

    async def _document(self, name: str) -> Document:
        found = await self._documents.get("users", name)
        if found is None:
            raise NotFound("user", name)
        return found


def _administers(body: Body) -> bool:
    return bool(body["is_admin"] and body["is_active"])


def _user(body: Body) -> User:
    return User(**{name: body[name] for name in User.model_fields})
