"""The gateway's own application: nginx's questions, and the few pages that need no web app.

It listens on a Unix socket that only nginx and the lab can open. `pages` stand at public
paths; what begins with `/_gateway/` nginx asks for itself and never lets through.
"""

from __future__ import annotations

import logging

from starlette.applications import Starlette
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mllab.core.lab import LabCore
from mllab.errors import InvalidInput, LabError, NotFound
from mllab.gateway import accounts, apps, doors, explorer, metrics, starting
from mllab.gateway.access import Gatekeeper
from mllab.gateway.answers import fault, request_id

log = logging.getLogger("mllab.gateway")


_PARTS = (doors, apps, accounts, starting, explorer, metrics)


def create_gateway_app(core: LabCore) -> Starlette:
    """Return the application that serves `core`."""
    app = Starlette(
        routes=[route for part in _PARTS for route in part.routes],
        exception_handlers={HTTPException: _http, LabError: _lab_error, Exception: _bug},
    )
    app.add_middleware(AppsInPolicy)
    app.add_middleware(Below, base=core.context.settings.base_url)
    app.state.core = core
    app.state.keeper = Gatekeeper(core, core.context.settings.run_dir)
    app.add_middleware(doors.Asking, keeper=app.state.keeper)
    return app


class Below:
    """Tells the routes below which path the lab is: they know nothing of it."""

    def __init__(self, app: ASGIApp, base: str) -> None:
        self._app = app
        self._base = base

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on as one below `base`."""
        scope["root_path"] = self._base
        await self._app(scope, receive, send)


class AppsInPolicy:
    """Lets a page's form lead to a workload's own host: browsers hold redirects to that too."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Widen the policy of what is answered by the domain that nginx names."""
        headers = Headers(scope=scope) if scope["type"] == "http" else Headers()
        domain = headers.get("x-lab-apps")
        if not domain:
            await self._app(scope, receive, send)
            return
        _, colon, port = headers["host"].rpartition(":")
        hosts = f"*.{domain}{colon}{port}" if colon else f"*.{domain}"

        async def widened(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer = MutableHeaders(scope=message)
                policy = answer.get("content-security-policy", "")
                if "form-action 'self'" in policy:
                    wider = f"form-action 'self' {hosts}"
                    answer["content-security-policy"] = policy.replace("form-action 'self'", wider)
            await send(message)

        await self._app(scope, receive, widened)


async def _http(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    if status == 404:
        return fault(request, NotFound("page"))
    answer = fault(request, InvalidInput(f"{request.method} is not possible here."))
    answer.status_code = status
    return answer


async def _lab_error(request: Request, error: Exception) -> Response:
    return fault(request, error if isinstance(error, LabError) else LabError(str(error)))


async def _bug(request: Request, error: Exception) -> Response:
    log.error("request %s failed: %s", request_id(request), request.url.path, exc_info=error)
    text = f"The lab failed on this request; its log says more under {request_id(request)}."
    return fault(request, LabError(text))
