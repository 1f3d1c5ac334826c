"""How a call of the protocol becomes a route: a row of method, path, permission and handler.

A handler takes the core, the caller, the project and the parsed question, asks core once
and returns the answer's JSON. What a client leaves out is empty; core says what is missing.
"""
# No `from __future__ import annotations`: FastAPI reads the annotations of `endpoint`, which
# name the row's own model.

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

from fastapi import APIRouter, Body, Query
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from mllab.api.deps import Caller, Core, needs
from mllab.core.lab import LabCore
from mllab.core.permissions import Action
from mllab.model.accounts import Principal
from mllab.model.base import ProjectName

READ, WRITE = Action.EXPERIMENT_READ, Action.EXPERIMENT_WRITE
Json = dict[str, Any]
Int64 = Annotated[int, Field(ge=-(2**63), lt=2**63)]


class Ask(BaseModel):
    """What a client sends; unknown fields are passed over, as newer clients send more."""

    model_config = ConfigDict(extra="ignore", frozen=True, protected_namespaces=())


class Pair(Ask):
    """A key with its value: a tag or a parameter."""

    key: str = ""
    value: str = ""

    @property
    def pair(self) -> tuple[str, str]:
        """Return key and value as core takes them."""
        return self.key, self.value


M = TypeVar("M", bound=Ask)


@dataclass(frozen=True)
class Of(Generic[M]):
    """Whom a call is from and what it asks."""

    core: LabCore
    who: Principal
    project: str
    ask: M


Handler = Callable[[Of[Any]], Awaitable[Json]]


@dataclass(frozen=True)
class Call:
    """One row of the protocol; `path` is relative to `/api/2.0/mlflow`."""

    method: str
    path: str
    action: Action
    model: type[Ask]
    handle: Handler


@dataclass(frozen=True)
class Plain:
    """A route that is no question and answer in JSON, or has ids in its path."""

    method: str
    path: str
    action: Action
    endpoint: Callable[..., Awaitable[Any]]


def add_plain(router: APIRouter, prefix: str, routes: list[Plain]) -> None:
    """Add routes below `prefix`."""
    for route in routes:
        router.add_api_route(
            f"/api/2.0/{prefix}{route.path}",
            route.endpoint,
            methods=[route.method],
            response_model=None,
            **needs(route.action),
        )


def add_calls(router: APIRouter, calls: list[Call]) -> None:
    """Add a route for each row."""
    for call in calls:
        router.add_api_route(
            f"/api/2.0/mlflow/{call.path}",
            _endpoint(call),
            methods=[call.method],
            name=f"mlflow {call.method} {call.path}",
            summary=(call.handle.__doc__ or call.path).partition("\n")[0],
            response_model=None,
            **needs(call.action),
        )


def _endpoint(call: Call) -> Callable[..., Awaitable[JSONResponse]]:
    if call.method == "GET":

        async def endpoint(
            project: ProjectName,
            who: Caller,
            core: Core,
            ask: Annotated[call.model, Query()],  # type: ignore[name-defined]
        ) -> JSONResponse:
            return JSONResponse(await call.handle(Of(core, who, project, ask)))

        return endpoint

    nothing = call.model()

    async def endpoint_with_body(
        project: ProjectName,
        who: Caller,
        core: Core,
        ask: Annotated[call.model, Body()] = nothing,  # type: ignore[name-defined]
    ) -> JSONResponse:
        return JSONResponse(await call.handle(Of(core, who, project, ask)))

    return endpoint_with_body
