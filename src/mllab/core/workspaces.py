"""Workspaces, one per user: kept over stop, start and reset.

The document of a workspace only names its workload; it is made on the first visit, and
two visits at once find the same one.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import suppress

from mllab.core.context import Context
from mllab.core.permissions import Access, Action
from mllab.core.specs import Builder
from mllab.core.wishes import restart, stopped, wish
from mllab.core.workloads import Reach, Workloads, reach, settles
from mllab.errors import Conflict, NotFound
from mllab.model.accounts import Principal
from mllab.model.base import new_id
from mllab.model.work import Workspace, WorkspaceSpec
from mllab.model.workloads import Wanted, Workload
from mllab.runtimes.base import LogPart
from mllab.stores.documents.base import RevisionConflict

_RESET = "LAB_RESET"
"""Variable that names a reset: the workspace renews its environment once for each value."""


class Workspaces:
    """The workspaces of all users."""

    def __init__(self, context: Context, access: Access, workloads: Workloads) -> None:
        self._documents = context.documents
        self._clock = context.clock
        self._access = access
        self._workloads = workloads
        self._builder = Builder(context.settings, workloads.runtime.name)

    async def get(self, who: Principal, user: str, *, wait_s: float = 0.0) -> Workspace:
        """Return the workspace; when it is ready or ended, or after `wait_s` seconds as it is.

        One that was never visited is stopped.
        """
        await self._access.require(who, Action.WORKSPACE_READ, user=user)
        await self._check_user(user)
        workspace = await self._seen(user)
        if await self._workloads.held(workspace.status, settles(workspace.status), wait_s):
            return await self.get(who, user)
        return workspace

    async def update(self, who: Principal, user: str, spec: WorkspaceSpec) -> Workspace:
        """Replace what it runs in; if it runs, it restarts with that. Files stay.

        Raises:
            InvalidInput: an image that this lab can never run.
        """
        await self._access.require(who, Action.WORKSPACE_WRITE, user=user)
        await self._check_user(user)
        id = await self._made(user)
        draft = self._builder.workspace(user, workspace_path(user), id, self._clock())
        self._workloads.refuse(draft.spec.model_copy(update={"image": spec.image}))
        if await self._workloads.get(id) is None:
            await self._create(user, stopped(draft))
        await self._workloads.change(id, lambda workload: _with_image(workload, spec.image))
        return await self._seen(user)

    async def start(self, who: Principal, user: str) -> Workspace:
        """Ask for the workspace to run; repeatable."""
        return await self._run(who, user, lambda workload: wish(workload, Wanted.RUNNING))

    async def restart(self, who: Principal, user: str) -> Workspace:
        """End what runs in it and start it anew; files and environment stay."""
        return await self._run(who, user, restart)

    async def reset(self, who: Principal, user: str) -> Workspace:
        """Start it with a new environment; files stay."""
        return await self._run(who, user, _reset)

    async def stop(self, who: Principal, user: str) -> Workspace:
        """Ask for it to end; files and environment stay. Repeatable."""
        await self._access.require(who, Action.WORKSPACE_WRITE, user=user)
        await self._check_user(user)
        if (id := await self._workload_id(user)) is not None:
            await self._workloads.want(id, Wanted.STOPPED)
        return await self._seen(user)

    async def logs(
        self, who: Principal, user: str, *, offset: int, follow: bool
    ) -> AsyncIterator[LogPart]:
        """Return the output from byte `offset` on."""
        await self._access.require(who, Action.WORKSPACE_READ, user=user)
        await self._check_user(user)
        id = await self._workload_id(user)
        return self._workloads.logs(id or "", offset=offset, follow=follow)

    async def reach(self, who: Principal, user: str) -> Reach:
        """Return how `who` reaches the workspace of `user`: only its own user does."""
        await self._access.require(who, Action.WORKSPACE_OPEN, user=user)
        id = await self._workload_id(user)
        workload = await self._workloads.get(id) if id else None
        endpoint = None
        if workload is not None:
            endpoint = await self._workloads.endpoint(workload, workload.spec.ports[0])
        return reach(workload, endpoint, owner=user)

    async def forget_user(self, user: str) -> None:
        """Have the workspace removed with its files. Repeatable."""
        id = await self._workload_id(user)
        if id is None:
            return
        await self._workloads.want(id, Wanted.REMOVED)
        await self._documents.delete("workspaces", user)

    async def _run(
        self, who: Principal, user: str, change: Callable[[Workload], Workload]
    ) -> Workspace:
        await self._access.require(who, Action.WORKSPACE_WRITE, user=user)
        await self._check_user(user)
        id = await self._made(user)
        if await self._workloads.change(id, change) is None:
            workload = self._builder.workspace(user, workspace_path(user), id, self._clock())
            await self._create(user, workload)
        return await self._seen(user)

    async def _create(self, user: str, workload: Workload) -> None:
        await self._check_home_is_free(user)
        await self._workloads.create(workload)
        await self._check_still_there(user, workload.id)

    async def _made(self, user: str) -> str:
        """Return the id of the workload, chosen once for ever."""
        with suppress(RevisionConflict):
            body = {"workload": new_id("wl")}
            await self._documents.put("workspaces", user, body, if_revision=0)
        id = await self._workload_id(user)
        if id is None:
            raise NotFound("user", user)
        return id

    async def _workload_id(self, user: str) -> str | None:
        found = await self._documents.get("workspaces", user)
        return str(found.body["workload"]) if found else None

    async def _check_home_is_free(self, user: str) -> None:
        # A former user of this name: their files are about to go, and not for this one.
        for workload in await self._workloads.workspaces_of(user):
            if workload.wanted is Wanted.REMOVED:
                raise Conflict(
                    f"The workspace of a former user {user!r} is still being removed; "
                    "try again in a moment."
                )

    async def _check_still_there(self, user: str, id: str) -> None:
        # Looking after the write: a deletion of the user that begins later sees the workload.
        try:
            await self._check_user(user)
        except NotFound:
            await self._workloads.want(id, Wanted.REMOVED)
            await self._documents.delete("workspaces", user)
            raise

    async def _check_user(self, user: str) -> None:
        if await self._documents.get("users", user) is None:
            raise NotFound("user", user)

    async def _seen(self, user: str) -> Workspace:
        id = await self._workload_id(user)
        path = workspace_path(user)
        workload = await self._workloads.get(id) if id else None
        if workload is None:
            return Workspace(user=user, path=path)
        spec = WorkspaceSpec(image=workload.spec.image)
        return Workspace(
            user=user, path=path, spec=spec, status=self._workloads.status_of(workload)
        )


def workspace_path(user: str) -> str:
    """Return a workspace's address below the lab's own."""
    return f"/workspaces/{user}/"


def _with_image(workload: Workload, image: str | None) -> Workload:
    if workload.spec.image == image:
        return workload
    spec = workload.spec.model_copy(update={"image": image})
    changed = workload.model_copy(update={"spec": spec})
    return restart(changed) if workload.wanted is Wanted.RUNNING else changed


def _reset(workload: Workload) -> Workload:
    environment = workload.spec.environment | {_RESET: new_id("reset")}
    spec = workload.spec.model_copy(update={"environment": environment})
    return restart(workload.model_copy(update={"spec": spec}))
