"""Builds the REST API out of the routers; refuses one whose route declares no permission.

Request order: request id -> routing -> caller -> one core call -> error handler.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Iterable

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.routing import APIRoute

from mllab import __version__
from mllab.api.errors import add_error_handlers
from mllab.api.mlflow import router as mlflow_router
from mllab.api.routes import (
    auth,
    code,
    experiments,
    files,
    health,
    jobs,
    members,
    projects,
    registry,
    services,
    tokens,
    users,
    workspaces,
)
from mllab.api.routes import secrets as secrets_routes
from mllab.core.lab import LabCore

ROUTERS: list[APIRouter] = [
    health.router,
    auth.router,
    users.router,
    tokens.router,
    projects.router,
    members.router,
    secrets_routes.router,
    files.router,
    code.router,
    jobs.router,
    services.router,
    workspaces.router,
    experiments.router,
    registry.router,
    mlflow_router,
]


def create_app(core: LabCore) -> FastAPI:
    """Return the application under `/api` that serves `core`."""
    app = FastAPI(
        title="ML Lab",
        version=__version__,
        openapi_url="/api/openapi.json",
        docs_url="/api/docs",
        redoc_url=None,
    )
    app.state.core = core
    app.middleware("http")(_request_id)
    add_error_handlers(app)
    for router in ROUTERS:
        _check_declared(router.routes)
        app.include_router(router, prefix="/api")
    return app


async def _request_id(
    request: Request, call_next: Callable[[Request], Awaitable[Response]]
) -> Response:
    request.state.request_id = request.headers.get("x-request-id") or secrets.token_hex(8)
    response = await call_next(request)
    response.headers["X-Request-Id"] = request.state.request_id
    return response


def _check_declared(routes: Iterable[object]) -> None:
    for route in routes:
        declared = isinstance(route, APIRoute) and (route.openapi_extra or {}).get("x-permission")
        if not declared:
            raise RuntimeError(f"{route} declares no permission: add **needs(Action.…)")
