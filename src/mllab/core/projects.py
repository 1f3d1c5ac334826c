"""Projects: who sees which, their life from creation to the end of clean-up.

A deleted project is gone for everybody at once; control then lets every part forget it,
and this file last, so that the name becomes free when nothing is left.
"""

from __future__ import annotations

import builtins
from functools import partial

from mllab.core.context import Context
from mllab.core.members import Members
from mllab.core.permissions import Access, Action
from mllab.errors import Conflict, NotFound
from mllab.model.accounts import Principal
from mllab.model.base import Page
from mllab.model.projects import NewProject, Project, ProjectChange, ProjectState, Role
from mllab.stores.documents.base import (
    Body,
    Document,
    RevisionConflict,
    change_document,
    eq,
    find_all,
)


class Projects:
    """Projects and their life."""

    def __init__(self, context: Context, access: Access, members: Members) -> None:
        self._documents = context.documents
        self._clock = context.clock
        self._access = access
        self._members = members

    async def create(self, who: Principal, new: NewProject) -> Project:
        """Create a project that the caller owns.

        Raises Conflict when the name is taken, or its former project is still cleaned up.
        """
        await self._access.require(who, Action.PROJECT_CREATE)
        user = str(who.user)
        project = Project(
            name=new.name,
            title=new.title,
            description=new.description,
            created_by=user,
            created_at=self._clock(),
        )
        body = project.model_dump(mode="json", exclude={"role"})
        try:
            await self._documents.put("projects", new.name, body, if_revision=0)
        except RevisionConflict as exc:
            if not await self._is_half_made(new.name, user):
                raise Conflict(
                    f"The project name {new.name!r} is taken. Choose another one."
                ) from exc
        await self._members.write(new.name, user, Role.OWNER, by=user)
        return project.model_copy(update={"role": Role.OWNER})

    async def get(self, who: Principal, name: str) -> Project:
        """Return one project with the caller's role in it."""
        await self._access.require(who, Action.PROJECT_READ, project=name)
        found = await self._documents.get("projects", name)
        if found is None:
            raise NotFound("project", name)
        return await self._seen_by(who, found.body)

    async def list(self, who: Principal, *, limit: int, cursor: str | None) -> Page[Project]:
        """Return the caller's projects by name; a confined token sees its own only.

        A page may hold fewer than `limit`: projects that are being deleted are left out.
        """
        await self._access.require(who, Action.PROJECT_LIST)
        only = [eq("project", who.scope.project)] if who.scope.project else []
        found = await self._documents.find(
            "members", eq("user", who.user), *only, order_by="project", limit=limit, cursor=cursor
        )
        bodies = [await self._documents.get("projects", d.body["project"]) for d in found.documents]
        items = [await self._seen_by(who, d.body) for d in bodies if d and _is_active(d)]
        return Page(items=items, next_cursor=found.next_cursor)

    async def update(self, who: Principal, name: str, change: ProjectChange) -> Project:
        """Change the fields that are given."""
        await self._access.require(who, Action.PROJECT_UPDATE, project=name)
        body = await self._change(name, change.model_dump(mode="json", exclude_none=True))
        return await self._seen_by(who, body)

    async def delete(self, who: Principal, name: str) -> None:
        """Delete the project; clean-up goes on after this returned."""
        await self._access.require(who, Action.PROJECT_DELETE, project=name)
        await self._change(name, {"state": ProjectState.DELETING.value})

    async def deleting(self) -> builtins.list[str]:
        """Return the names of projects to clean up; no caller's rule: for control."""
        found = await find_all(
            self._documents, "projects", eq("state", ProjectState.DELETING.value)
        )
        return [document.id for document in found]

    async def forget_project(self, project: str) -> bool:
        """Remove members, then the project: its name is free again. Repeatable."""
        await self._members.forget_project(project)
        await self._documents.delete("projects", project)
        return True

    async def _change(self, name: str, fields: Body) -> Body:
        found = partial(self._active, name)
        _, body = await change_document(self._documents, "projects", found, lambda _: fields)
        return body

    async def _active(self, name: str) -> Document:
        found = await self._documents.get("projects", name)
        if found is None or not _is_active(found):
            raise NotFound("project", name)
        return found

    async def _is_half_made(self, name: str, user: str) -> bool:
        # A lab that died between the two writes of `create` left a project without members:
        # its creator may try again.
        found = await self._documents.get("projects", name)
        if found is None or not _is_active(found) or found.body["created_by"] != user:
            return False
        return await self._documents.count("members", eq("project", name)) == 0

    async def _seen_by(self, who: Principal, body: Body) -> Project:
        role = await self._access.member_role(who, body["name"])
        return Project(**body, role=role)


def _is_active(project: Document) -> bool:
    return bool(project.body["state"] == ProjectState.ACTIVE)
