"""`/api/docs`: the API's document as a page from which each call can be tried."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from mllab.errors import NotSignedIn
from mllab.gateway.answers import PAGE_HEADERS, page
from mllab.gateway.sessions import base_of, core_of, visitor


async def explorer(request: Request) -> Response:
    """Show the API's document and let a person try each call with their own session."""
    try:
        who = await visitor(request)
    except NotSignedIn:
        base = base_of(request)
        where = f"{base}/sign-in?next={base}/api/docs"
        return RedirectResponse(where, 303, headers=PAGE_HEADERS)
    return page(request, "explorer", me=await core_of(request).identity.me(who))


routes = [Route("/api/docs", explorer)]
