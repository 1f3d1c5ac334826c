"""Workspaces, one per user."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import StreamingResponse

from mllab.api.deps import Caller, Core, WaitS, needs
from mllab.api.logs import (
    LOG_RESPONSES,
    Follow,
    Offset,
    OpenLog,
    Sought,
    WhichLines,
    log_response,
)
from mllab.core.permissions import Action
from mllab.model.activity import Activity
from mllab.model.base import UserName
from mllab.model.logs import LogLines, LogMatches
from mllab.model.usage import WorkloadUsage
from mllab.model.work import Workspace, WorkspaceSpec

router = APIRouter(prefix="/workspaces/{user}", tags=["workspaces"])


async def workspace_log(user: UserName, who: Caller, core: Core) -> OpenLog:
    """Return how to open a workspace's log."""
    return partial(core.workspaces.logs, who, user)


WorkspaceLog = Annotated[OpenLog, Depends(workspace_log)]


@router.get("", **needs(Action.WORKSPACE_READ))
async def get_workspace(user: UserName, who: Caller, core: Core, wait_s: WaitS = 0.0) -> Workspace:
    """Return a user's workspace with its state; with `wait_s` once it is ready or ended."""
    return await core.workspaces.get(who, user, wait_s=wait_s)


@router.put("", **needs(Action.WORKSPACE_WRITE))
async def update_workspace(
    user: UserName, spec: WorkspaceSpec, who: Caller, core: Core
) -> Workspace:
    """Replace what the workspace runs in; if it runs, it restarts with that. Files stay."""
    return await core.workspaces.update(who, user, spec)


@router.post("/start", **needs(Action.WORKSPACE_WRITE))
async def start_workspace(user: UserName, who: Caller, core: Core) -> Workspace:
    """Ask for the workspace to run."""
    return await core.workspaces.start(who, user)


@router.post("/stop", **needs(Action.WORKSPACE_WRITE))
async def stop_workspace(user: UserName, who: Caller, core: Core) -> Workspace:
    """Ask for the workspace to end; its files and environment stay."""
    return await core.workspaces.stop(who, user)


@router.post("/restart", **needs(Action.WORKSPACE_WRITE))
async def restart_workspace(user: UserName, who: Caller, core: Core) -> Workspace:
    """End what runs in the workspace and start it anew."""
    return await core.workspaces.restart(who, user)


@router.post("/reset", **needs(Action.WORKSPACE_WRITE))
async def reset_workspace(user: UserName, who: Caller, core: Core) -> Workspace:
    """Start the workspace with a new environment; its files stay."""
    return await core.workspaces.reset(who, user)


@router.get("/activity", **needs(Action.WORKSPACE_READ))
async def get_workspace_activity(user: UserName, who: Caller, core: Core) -> Activity:
    """Return when the workspace was last used, and what moved in the last hour."""
    return await core.activity.of_workspace(who, user)


@router.get("/usage", **needs(Action.WORKSPACE_READ))
async def get_workspace_usage(user: UserName, who: Caller, core: Core) -> WorkloadUsage | None:
    """Return what the workspace uses now; null when it does not run."""
    return await core.usage.of_workspace(who, user)


@router.get(
    "/logs",
    response_class=StreamingResponse,
    responses=LOG_RESPONSES,
    **needs(Action.WORKSPACE_READ),
)
async def get_workspace_logs(
    log: WorkspaceLog, offset: Offset = 0, follow: Follow = False
) -> StreamingResponse:
    """Return the output of the newest attempts."""
    return await log_response(log, offset, follow=follow)


@router.get("/logs/lines", **needs(Action.WORKSPACE_READ))
async def get_workspace_log_lines(log: WorkspaceLog, which: WhichLines) -> LogLines:
    """Return the log's last lines, or those before a byte; at most 1 MiB of them."""
    return await which.of(log)


@router.get("/logs/search", **needs(Action.WORKSPACE_READ))
async def search_workspace_log(log: WorkspaceLog, sought: Sought) -> LogMatches:
    """Return the lines from byte `offset` on that hold a text, and where to go on."""
    return await sought.of(log)
