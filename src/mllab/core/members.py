"""Who is in a project, and that it always has an owner.

The last owner can be neither removed nor demoted. Two owners may remove each other at
one moment, so the check comes *after* the change and undoes it: both then see no owner
and both put the other back.
"""

from __future__ import annotations

import builtins

from mllab.core.context import Context
from mllab.core.permissions import Access, Action
from mllab.errors import Conflict, NotFound
from mllab.model.accounts import Principal
from mllab.model.base import Page
from mllab.model.projects import Member, ProjectState, Role
from mllab.stores.documents.base import Document, eq, find_all


class Members:
    """The members of projects."""

    def __init__(self, context: Context, access: Access) -> None:
        self._documents = context.documents
        self._clock = context.clock
        self._access = access

    async def list(
        self, who: Principal, project: str, *, limit: int, cursor: str | None
    ) -> Page[Member]:
        """Return the members of the project by name."""
        await self._access.require(who, Action.MEMBER_READ, project=project)
        found = await self._documents.find(
            "members", eq("project", project), limit=limit, cursor=cursor
        )
        items = [Member(**d.body) for d in found.documents]
        return Page(items=items, next_cursor=found.next_cursor)

    async def put(self, who: Principal, project: str, user: str, role: Role) -> Member:
        """Give the user this role, adding them if need be.

        Raises:
            NotFound: no such user.
            Conflict: the project would be left without an owner.
        """
        await self._access.require(who, Action.MEMBER_WRITE, project=project)
        if await self._documents.get("users", user) is None:
            raise NotFound("user", user)
        before = await self._documents.get("members", f"{project}/{user}")
        member = await self.write(project, user, role, by=str(who.user))
        if before is not None:
            await self._keep_an_owner(before)
        if await self._documents.get("users", user) is None:
            await self._documents.delete("members", f"{project}/{user}")
            raise NotFound("user", user)
        return member

    async def remove(self, who: Principal, project: str, user: str) -> None:
        """Remove a member; everybody may remove themselves.

        Raises Conflict when the project would be left without an owner.
        """
        own = user == who.user
        action = Action.MEMBER_LEAVE if own else Action.MEMBER_WRITE
        await self._access.require(who, action, project=project)
        before = await self._documents.get("members", f"{project}/{user}")
        if before is None:
            raise NotFound("member", user)
        await self._documents.delete("members", before.id)
        await self._keep_an_owner(before)

    async def write(self, project: str, user: str, role: Role, *, by: str) -> Member:
        """Write a membership; no caller's rule: for projects, whose creator is an owner."""
        member = Member(project=project, user=user, role=role, added_by=by, added_at=self._clock())
        body = member.model_dump(mode="json")
        await self._documents.put("members", f"{project}/{user}", body)
        return member

    async def check_not_sole_owner(self, user: str) -> None:
        """Raise Conflict naming the projects that only `user` owns."""
        await self._check_owned(await self._of_user(user), besides=1)

    async def forget_user(self, user: str) -> None:
        """Remove the user from all projects, or from none. Raises Conflict as above."""
        memberships = await self._of_user(user)
        for member in memberships:
            await self._documents.delete("members", member.id)
        try:
            await self._check_owned(memberships, besides=0)
        except Conflict:
            for member in memberships:
                await self._documents.put("members", member.id, member.body)
            raise

    async def forget_project(self, project: str) -> bool:
        """Remove all members of the project; True when none is left. Repeatable."""
        await self._documents.delete_where("members", eq("project", project))
        return True

    async def _of_user(self, user: str) -> builtins.list[Document]:
        return await find_all(self._documents, "members", eq("user", user))

    async def _check_owned(self, memberships: builtins.list[Document], *, besides: int) -> None:
        owned = [m.body["project"] for m in memberships if m.body["role"] == Role.OWNER]
        orphans = [p for p in owned if await self._is_left_alone(p, besides)]
        if orphans:
            raise Conflict(
                f"These projects would be left without an owner: {', '.join(orphans)}. "
                "Give each another owner first, or delete it.",
                projects=orphans,
            )

    async def _is_left_alone(self, project: str, besides: int) -> bool:
        found = await self._documents.get("projects", project)
        if found is None or found.body["state"] != ProjectState.ACTIVE:
            return False  # it is going anyway
        return await self._owners(project) <= besides

    async def _keep_an_owner(self, before: Document) -> None:
        project, user = before.body["project"], before.body["user"]
        if before.body["role"] != Role.OWNER or await self._owners(project):
            return
        await self._documents.put("members", before.id, before.body)
        raise Conflict(f"{user!r} is the last owner of {project!r}. Make somebody else one first.")

    async def _owners(self, project: str) -> int:
        owners = (eq("project", project), eq("role", Role.OWNER.value))
        return await self._documents.count("members", *owners)
