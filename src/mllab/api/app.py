"""Builds the REST API out of the routers; refuses one whose route declares no permission.

Request order: request id -> routing -> caller -> one core call -> error handler.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.routing import APIRoute
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mllab import __version__
from mllab.api.deps import refuse_broken_text
from mllab.api.errors import FAILURES, add_error_handlers, too_large
from mllab.api.mlflow import router as mlflow_router
from mllab.api.routes import (
    about,
    admin,
    auth,
    calls,
    code,
    events,
    experiments,
    files,
    finding,
    health,
    jobs,
    keys,
    members,
    overview,
    projects,
    registry,
    runs,
    services,
    tokens,
    uploads,
    users,
    workspaces,
)
from mllab.api.routes import secrets as secrets_routes
from mllab.core.lab import LabCore
from mllab.errors import TooLarge

_REQUEST_ID = re.compile(r"[\w-]{1,64}")

ROUTERS: list[APIRouter] = [
    health.router,
    about.router,
    auth.router,
    users.router,
    tokens.router,
    projects.router,
    members.router,
    secrets_routes.router,
    files.router,
    uploads.router,
    code.router,
    jobs.router,
    services.router,
    keys.router,
    calls.router,
    workspaces.router,
    runs.router,
    experiments.router,
    registry.router,
    events.router,
    overview.router,
    finding.router,
    admin.router,
    mlflow_router,
]

STREAMING: list[APIRouter] = [files.router, uploads.router, code.router, mlflow_router]
"""Routers that take bodies of any size, chunk by chunk."""

LARGEST_BODY = 4 * 1024 * 1024
"""Bytes of the largest JSON body; the largest that makes sense is a job's with its lists."""


def create_app(core: LabCore, *, base_url: str = "", nginx_sends_files: bool = False) -> FastAPI:
    """Return the application under `{base_url}/api` that serves `core`.

    `nginx_sends_files`: an nginx in front sends stored bytes itself; the store is a folder.
    """
    app = FastAPI(
        title="ML Lab",
        version=__version__,
        openapi_url="/api/openapi.json",
        docs_url=None,  # the explorer is a page of the gateway: FastAPI's asks another host
        redoc_url=None,
        swagger_ui_oauth2_redirect_url=None,
        responses=FAILURES,
        dependencies=[Depends(refuse_broken_text)],
    )
    app.state.core = core
    app.state.nginx_sends_files = nginx_sends_files
    app.add_middleware(RequestId, base_url=base_url)
    add_error_handlers(app)
    for router in ROUTERS:
        _check_declared(router.routes)
        most = None if router in STREAMING else LARGEST_BODY
        app.include_router(router, prefix="/api", max_body_size=most)
    return app


class RequestId:
    """Gives every request an id, nginx's own where it sent one, and names it in the answer.

    It also says below which path the API is: FastAPI's own parameter for that is deprecated
    for the server's, and uvicorn's is for paths that a proxy has cut.

    The framework's limit of a body's size answers in plain text, below every handler of
    errors: that answer is put into the wire form here.
    """

    def __init__(self, app: ASGIApp, base_url: str) -> None:
        self._app = app
        self._base_url = base_url

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with its id."""
        scope["root_path"] = self._base_url
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        request_id = given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(8)
        scope.setdefault("state", {})["request_id"] = request_id

        replaced = False

        async def named(message: Message) -> None:
            nonlocal replaced
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = request_id
                plain = headers.get("content-type", "").startswith("text/plain")
                if message["status"] == TooLarge.status and plain:
                    replaced = True
                    await too_large(Request(scope))(scope, receive, send)
            if not replaced:
                await send(message)

        await self._app(scope, receive, named)


def _check_declared(routes: Iterable[object]) -> None:
    for route in routes:
        declared = isinstance(route, APIRoute) and (route.openapi_extra or {}).get("x-permission")
        if not declared:
            raise RuntimeError(f"{route} declares no permission: add **needs(Action.…)")
