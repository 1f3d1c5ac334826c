"""`/app/`: what a person can open, until the web app takes this place; and the API explorer."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TypeVar

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from mllab.core.lab import LabCore
from mllab.errors import NotAllowed, NotFound, NotSignedIn
from mllab.gateway.answers import PAGE_HEADERS, page
from mllab.gateway.sessions import base_of, core_of, origin_of, visitor
from mllab.model.accounts import Principal
from mllab.model.projects import Project
from mllab.model.work import Service

_MOST = 100

T = TypeVar("T")


async def home(request: Request) -> Response:
    """Show projects, workspace and services."""
    try:
        who = await visitor(request)
    except NotSignedIn:
        return _sign_in(request, "/app/")
    core = core_of(request)
    listed = await _if_allowed(core.projects.list(who, limit=_MOST, cursor=None))
    found = listed.items if listed else []
    return page(
        request,
        "home",
        me=await core.identity.me(who),
        workspace=await _if_allowed(core.workspaces.get(who, who.user or "")),
        projects=[(project, await _services(core, who, project)) for project in found],
        more=bool(listed and listed.next_cursor),
        origin=origin_of(request),
        shared=bool(request.headers.get("x-lab-apps")),
    )


async def _services(core: LabCore, who: Principal, project: Project) -> list[Service]:
    listed = await _if_allowed(core.services.list(who, project.name, limit=_MOST, cursor=None))
    return listed.items if listed else []


async def _if_allowed(wanted: Awaitable[T]) -> T | None:
    """Return what a confined session may see; a part that it may not is left out."""
    try:
        return await wanted
    except (NotAllowed, NotFound):
        return None


async def explorer(request: Request) -> Response:
    """Show the API's document and let a person try each call with their own session."""
    try:
        who = await visitor(request)
    except NotSignedIn:
        return _sign_in(request, "/api/docs")
    return page(request, "explorer", me=await core_of(request).identity.me(who))


def _sign_in(request: Request, where: str) -> Response:
    base = base_of(request)
    return RedirectResponse(f"{base}/sign-in?next={base}{where}", 303, headers=PAGE_HEADERS)


routes = [Route("/app/", home), Route("/api/docs", explorer)]
