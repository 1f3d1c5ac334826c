"""'Your workspace is starting': what a person sees until a workload is ready.

A visit starts a stopped workspace; one that failed waits for a press of the button, and
nothing is ever started for a program's request. The page reloads itself without script,
and asks for the state a little oftener with it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from mllab.errors import LabError, NotFound, NotSignedIn
from mllab.gateway.access import Gatekeeper, NotReady
from mllab.gateway.answers import PAGE_HEADERS, fault, page, wants_page
from mllab.gateway.routing import (
    ServiceTarget,
    Target,
    WorkspaceTarget,
    path_of,
    target_of,
)
from mllab.gateway.sessions import base_of, check_same_origin, cookie, core_of, visitor
from mllab.model.accounts import SESSION_COOKIE, Principal
from mllab.model.base import now
from mllab.model.workloads import Status, WorkloadState

_Act = Callable[[Request, Principal, Target], Awaitable[None]]

_RELOAD_S = 2
_LOG_BYTES = 16_384
_LOG_LINES = 20


async def visit(request: Request, who: Principal, missing: NotReady) -> Response:
    """Answer a request for a workload that does not run: the page, or 503 for a program."""
    is_visit = wants_page(request) and request.headers["x-lab-method"] == "GET"
    if not is_visit or not who.from_cookie:
        return fault(request, missing)
    target, status = missing.target, missing.reach.status
    if isinstance(target, WorkspaceTarget) and _sleeps(status):
        started = await core_of(request).workspaces.start(who, target.user)
        status = started.status
    return await _page(request, who, target, status)


def _sleeps(status: Status) -> bool:
    return status.state in {WorkloadState.STOPPED, WorkloadState.SUCCEEDED}


async def _page(request: Request, who: Principal, target: Target, status: Status) -> Response:
    failed = status.state is WorkloadState.FAILED
    waits = not status.state.is_final
    answer = page(
        request,
        "starting",
        503,
        name=_name(target),
        path=path_of(target),
        status=status,
        since=_since(status),
        waits=waits,
        reload_s=_RELOAD_S,
        failed=failed,
        log_url=_log_url(target),
        log_lines=await _last_lines(request, who, target) if failed else "",
    )
    if waits:
        answer.headers["Retry-After"] = str(_RELOAD_S)
    return answer


async def _last_lines(request: Request, who: Principal, target: Target) -> str:
    """Return the end of the workload's log; empty for whoever may not read it."""
    core = core_of(request)
    last = b""
    try:
        if isinstance(target, WorkspaceTarget):
            log = await core.workspaces.logs(who, target.user, offset=0, follow=False)
        else:
            log = await core.services.logs(
                who, target.project, target.service, offset=0, follow=False
            )
        async for part in log:
            last = (last + part.data)[-_LOG_BYTES:]
    except LabError:
        return ""
    return "\n".join(last.decode(errors="replace").splitlines()[-_LOG_LINES:])


def _log_url(target: Target) -> str:
    if isinstance(target, WorkspaceTarget):
        return f"/api/workspaces/{target.user}/logs"
    return f"/api/projects/{target.project}/services/{target.service}/logs"


def _name(target: Target) -> str:
    if isinstance(target, ServiceTarget):
        return f"Service {target.service}"
    return "Your workspace"


def _since(status: Status) -> int | None:
    """Return how long the start has been going on (whole seconds)."""
    if status.started_at is None or status.state.is_final:
        return None
    return max(0, int((now() - status.started_at).total_seconds()))


async def state(request: Request) -> Response:
    """Tell a starting page how far it is."""
    keeper: Gatekeeper = request.app.state.keeper
    credential = f"c:{cookie(request, SESSION_COOKIE)}"
    try:
        who = await keeper.caller(credential)
        own_host = bool(request.headers.get("x-lab-apps"))
        reach = await keeper.reach(who, _target(request), own_host=own_host)
    except LabError as error:
        return fault(request, error)
    seen = {
        "ready": reach.endpoint is not None,
        "state": str(reach.status.state),
        "reason": reach.status.reason,
        "seconds": _since(reach.status),
    }
    return JSONResponse(seen, headers={"Cache-Control": "no-store"})


async def start(request: Request) -> Response:
    """Start a workload at the press of a button, and go to it."""
    return await _pressed(request, _start, path_of)


async def stop(request: Request) -> Response:
    """Stop a workload at the press of a button."""
    return await _pressed(request, _stop, lambda _: "/app/")


async def _pressed(request: Request, act: _Act, leads_to: Callable[[Target], str]) -> Response:
    try:
        check_same_origin(request)
        who, target = await visitor(request), _target(request)
        await act(request, who, target)
    except NotSignedIn:
        return RedirectResponse(f"{base_of(request)}/sign-in", 303, headers=PAGE_HEADERS)
    except LabError as error:
        return fault(request, error)
    return RedirectResponse(f"{base_of(request)}{leads_to(target)}", 303, headers=PAGE_HEADERS)


async def _stop(request: Request, who: Principal, target: Target) -> None:
    core = core_of(request)
    if isinstance(target, WorkspaceTarget):
        await core.workspaces.stop(who, target.user)
    else:
        await core.services.stop(who, target.project, target.service)


async def _start(request: Request, who: Principal, target: Target) -> None:
    core = core_of(request)
    if isinstance(target, WorkspaceTarget):
        await core.workspaces.start(who, target.user)
    else:
        await core.services.start(who, target.project, target.service)


def _target(request: Request) -> Target:
    target = target_of(f"/{request.path_params['path']}")
    if target is None:
        raise NotFound("workload")
    return target


routes = [
    Route("/_start/{path:path}", state, methods=["GET"]),
    Route("/_start/{path:path}", start, methods=["POST"]),
    Route("/_stop/{path:path}", stop, methods=["POST"]),
]
