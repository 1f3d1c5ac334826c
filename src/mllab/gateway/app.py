"""The gateway's own application: nginx's questions, and the few pages that need no web app.

It listens on a Unix socket that only nginx and the lab can open. `pages` stand at public
paths; what begins with `/_gateway/` nginx asks for itself and never lets through.
"""

from __future__ import annotations

import logging

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from mllab.core.lab import LabCore
from mllab.errors import InvalidInput, LabError, NotFound
from mllab.gateway import accounts, doors, home, starting
from mllab.gateway.access import Gatekeeper
from mllab.gateway.answers import fault, request_id

log = logging.getLogger("mllab.gateway")


def create_gateway_app(core: LabCore) -> Starlette:
    """Return the application that serves `core`."""
    app = Starlette(
        routes=[*doors.routes, *accounts.routes, *starting.routes, *home.routes],
        exception_handlers={HTTPException: _http, LabError: _lab_error, Exception: _bug},
    )
    app.state.core = core
    app.state.keeper = Gatekeeper(core, core.context.settings.run_dir)
    return app


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
