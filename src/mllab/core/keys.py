"""Keys of services, for callers outside the lab: each opens one service and nothing else.

A key is no token: only the gateway asks here, so that neither the API nor anything else
that takes tokens knows of keys. It belongs to its service, and to this one alone, whatever
a later one is called: the service's workload, which stays the same over its life, stands in
the key. It outlives its maker's sign-out, membership and account, and dies with the service.

The secret is `lab_<key's id>_<256 random bits>`; only its sha256 is kept.
"""

from __future__ import annotations

import hmac
import re
import secrets
from contextlib import suppress
from datetime import timedelta
from functools import partial

from mllab.core.context import Context
from mllab.core.permissions import Access, Action
from mllab.core.times import from_text, to_text
from mllab.core.tokens import digest
from mllab.errors import LimitReached, NotFound, NotSignedIn
from mllab.model.accounts import KeyInUse, Principal, Scope
from mllab.model.base import Page, new_id
from mllab.model.keys import IssuedServiceKey, KeyRotation, NewServiceKey, ServiceKey
from mllab.stores.documents.base import Body, Document, RevisionConflict, change_document, eq

_SECRET = re.compile(r"lab_(key_[0-9a-f]{20})_[A-Za-z0-9_-]{43}")
_MOST_PER_SERVICE = 100


class Keys:
    """Keys of all services."""

    def __init__(self, context: Context, access: Access) -> None:
        self._documents = context.documents
        self._clock = context.clock
        self._access = access

    async def create(
        self, who: Principal, project: str, service: str, new: NewServiceKey
    ) -> IssuedServiceKey:
        """Make a key of the service.

        Raises:
            NotFound: no such service.
            LimitReached: it has very many keys already.
        """
        await self._access.require(who, Action.KEY_WRITE, project=project)
        workload = await self._workload(project, service)
        there = await self._documents.count("service_keys", eq("workload", workload))
        if there >= _MOST_PER_SERVICE:
            raise LimitReached(f"{service!r} has {_MOST_PER_SERVICE} keys. Revoke some first.")
        days, id, now = new.expires_in_days, new_id("key"), self._clock()
        key = ServiceKey(
            id=id,
            project=project,
            service=service,
            name=new.name,
            requests_per_minute=new.requests_per_minute,
            created_by=str(who.user),
            created_at=now,
            expires_at=now + timedelta(days=days) if days else None,
        )
        secret = _new_secret(id)
        await self._documents.put("service_keys", id, _body(key, workload, secret), if_revision=0)
        if await self._owner(project, service) != workload:  # deleted meanwhile
            await self._documents.delete("service_keys", id)
            raise NotFound("service", service)
        return IssuedServiceKey(key=key, secret=secret)

    async def list(
        self, who: Principal, project: str, service: str, *, limit: int, cursor: str | None
    ) -> Page[ServiceKey]:
        """Return the service's keys, newest first; expired ones stay until they are revoked."""
        await self._access.require(who, Action.KEY_READ, project=project)
        found = await self._documents.find(
            "service_keys",
            eq("workload", await self._workload(project, service)),
            order_by="created_at",
            descending=True,
            limit=limit,
            cursor=cursor,
        )
        items = [await self._seen(document.body) for document in found.documents]
        return Page(items=items, next_cursor=found.next_cursor)

    async def rotate(
        self, who: Principal, project: str, service: str, key: str, how: KeyRotation
    ) -> IssuedServiceKey:
        """Give the key a new secret; the one before ends now, or after `how.grace_s` seconds.

        Of a rotation during another's grace, the oldest secret ends at once.
        """
        await self._access.require(who, Action.KEY_WRITE, project=project)
        secret, now = _new_secret(key), self._clock()
        ends_at = now + timedelta(seconds=how.grace_s) if how.grace_s else None

        def renewed(body: Body) -> Body:
            return {
                "digest": digest(secret),
                "old_digest": body["digest"] if ends_at else None,
                "old_secret_until": to_text(ends_at) if ends_at else None,
                "rotated_at": to_text(now),
            }

        find = partial(self._document, project, service, key)
        _, body = await change_document(self._documents, "service_keys", find, renewed)
        return IssuedServiceKey(key=await self._seen(body), secret=secret)

    async def revoke(self, who: Principal, project: str, service: str, key: str) -> None:
        """End the key with all its secrets."""
        await self._access.require(who, Action.KEY_WRITE, project=project)
        await self._documents.delete(
            "service_keys", (await self._document(project, service, key)).id
        )

    async def principal(self, secret: str) -> Principal:
        """Return the caller that holds `secret`; no caller's rule: for the gateway.

        Raises NotSignedIn, with one and the same message whatever is wrong with it.
        """
        found = await self._find(secret)
        if found is None:
            raise NotSignedIn("This key is not valid here. Ask whoever gave it to you for another.")
        await self._note_use(found)
        body = found.body
        return Principal(
            user=None,
            scope=Scope(project=body["project"], service=body["service"]),
            key=KeyInUse(id=body["id_"], requests_per_minute=body["requests_per_minute"]),
        )

    async def forget_service(self, workload: str) -> None:
        """Delete the keys of a service that goes, by its workload. Repeatable."""
        await self._documents.delete_where("service_keys", eq("workload", workload))

    async def forget_project(self, project: str) -> bool:
        """Delete what is left of the project; True when nothing is. Repeatable."""
        await self._documents.delete_where("service_keys", eq("project", project))
        return True

    async def _find(self, secret: str) -> Document | None:
        id = _SECRET.fullmatch(secret)
        found = await self._documents.get("service_keys", id[1]) if id else None
        if found is None:
            return None
        body, now = found.body, self._clock()
        if body["expires_at"] and from_text(body["expires_at"]) <= now:
            return None
        good = [body["digest"]]
        if body["old_digest"] and from_text(body["old_secret_until"]) > now:
            good.append(body["old_digest"])
        if not any(hmac.compare_digest(each, digest(secret)) for each in good):
            return None
        lives = await self._owner(body["project"], body["service"]) == body["workload"]
        return found if lives else None

    async def _note_use(self, found: Document) -> None:
        """Write when the key was last used, at most once a minute."""
        now, last = self._clock(), found.body["last_used_at"]
        if last is not None and now - from_text(last) < timedelta(minutes=1):
            return
        body = found.body | {"last_used_at": to_text(now)}
        # A plain write could bring back a key that was revoked a moment ago.
        with suppress(RevisionConflict):
            await self._documents.put("service_keys", found.id, body, if_revision=found.revision)

    async def _owner(self, project: str, service: str) -> str | None:
        """Return the workload of the service that is called so now."""
        found = await self._documents.get("services", f"{project}/{service}")
        return str(found.body["workload"]) if found else None

    async def _workload(self, project: str, service: str) -> str:
        workload = await self._owner(project, service)
        if workload is None:
            raise NotFound("service", service)
        return workload

    async def _document(self, project: str, service: str, key: str) -> Document:
        workload = await self._workload(project, service)
        found = await self._documents.get("service_keys", key)
        if found is None or found.body["workload"] != workload:
            raise NotFound("key", key)
        return found

    async def _seen(self, body: Body) -> ServiceKey:
        fields = {name: body[name] for name in ServiceKey.model_fields if name in body}
        left = await self._has_left(body["project"], body["created_by"])
        return ServiceKey(**fields, id=body["id_"], maker_left=left)

    async def _has_left(self, project: str, user: str) -> bool:
        account = await self._documents.get("users", user)
        if account is None or not account.body["is_active"]:
            return True
        member = await self._documents.get("members", f"{project}/{user}")
        return member is None and not account.body["is_admin"]


def is_key(secret: str) -> bool:
    """Tell whether `secret` has the form of a key, rather than a token's."""
    return _SECRET.fullmatch(secret) is not None


def _new_secret(id: str) -> str:
    return f"lab_{id}_{secrets.token_urlsafe(32)}"


def _body(key: ServiceKey, workload: str, secret: str) -> Body:
    body = key.model_dump(mode="json", exclude={"maker_left"})
    body["id_"] = body.pop("id")
    return body | {"workload": workload, "digest": digest(secret), "old_digest": None}
