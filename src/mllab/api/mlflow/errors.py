"""From the lab's errors to MLflow's: one body that both kinds of client understand.

`{"error_code", "message", "error", "details", "request_id"}`. MLflow's client retries 408,
429 and 5xx, so bad input is 400, 403 or 404.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from mllab.errors import (
    Conflict,
    InvalidInput,
    LabError,
    LimitReached,
    NotAllowed,
    NotFound,
    NotSignedIn,
    RangeNotSatisfiable,
    TooLarge,
    Unavailable,
)

_CODES: list[tuple[type[LabError], int, str]] = [
    (InvalidInput, 400, "INVALID_PARAMETER_VALUE"),
    (NotSignedIn, 401, "UNAUTHENTICATED"),
    (NotAllowed, 403, "PERMISSION_DENIED"),
    (NotFound, 404, "RESOURCE_DOES_NOT_EXIST"),
    (Conflict, 400, "RESOURCE_ALREADY_EXISTS"),
    (TooLarge, 413, "INVALID_PARAMETER_VALUE"),
    (RangeNotSatisfiable, 416, "INVALID_PARAMETER_VALUE"),
    (LimitReached, 429, "RESOURCE_EXHAUSTED"),
    (Unavailable, 503, "TEMPORARILY_UNAVAILABLE"),
]


def failure(request: Request, error: LabError, status: int, error_code: str) -> JSONResponse:
    """Return `error` in the form of both protocols."""
    body = {
        "error_code": error_code,
        "message": error.message,
        "error": error.code,
        "details": error.details,
        "request_id": getattr(request.state, "request_id", ""),
    }
    headers = {401: {"WWW-Authenticate": "Bearer"}, 503: {"Retry-After": "2"}}.get(status, {})
    if isinstance(error, LimitReached) and error.retry_after_s is not None:
        headers["Retry-After"] = str(error.retry_after_s)
    return JSONResponse(body, status_code=status, headers=headers)


class ProtocolRoute(APIRoute):
    """A route whose errors leave in MLflow's form."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler with its errors translated."""
        handle = super().get_route_handler()

        async def translated(request: Request) -> Response:
            try:
                return await handle(request)
            except LabError as exc:
                return _known(request, exc)
            except RequestValidationError as exc:
                return _known(request, _invalid(exc))
            except HTTPException as exc:
                return failure(
                    request, InvalidInput(str(exc.detail)), exc.status_code, "BAD_REQUEST"
                )

        return translated


def _known(request: Request, error: LabError) -> JSONResponse:
    found = next((row for row in _CODES if isinstance(error, row[0])), None)
    _, status, error_code = found or (LabError, error.status, "INTERNAL_ERROR")
    return failure(request, error, status, error_code)


def _invalid(error: RequestValidationError) -> InvalidInput:
    faults = [
        {"at": ".".join(str(part) for part in fault["loc"][1:]), "problem": str(fault["msg"])}
        for fault in error.errors()
    ]
    text = "; ".join(f"{fault['at']}: {fault['problem']}" for fault in faults[:5])
    return InvalidInput(f"Invalid value for parameter {text}", faults=faults[:20])
