"""`/app/`: what a person can open, until the web app takes this place."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from mllab.errors import LabError, NotSignedIn
from mllab.gateway.answers import PAGE_HEADERS, fault, page
from mllab.gateway.sessions import core_of, visitor


async def home(request: Request) -> Response:
    """Show projects, workspace and services."""
    try:
        who = await visitor(request)
    except NotSignedIn:
        return RedirectResponse("/sign-in?next=/app/", 303, headers=PAGE_HEADERS)
    except LabError as error:
        return fault(request, error)
    projects = await core_of(request).projects.list(who, limit=200, cursor=None)
    return page("home", who=who, projects=projects.items)


routes = [Route("/app/", home)]
