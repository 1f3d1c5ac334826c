"""From an error to the one wire form: `{"error", "message", "details", "request_id"}`.

One handler for the whole error tree; what is not ours becomes a 500 whose details stand
only in the log, under the request id.
"""

from __future__ import annotations

import json
import logging
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from mllab.errors import LabError, LimitReached, RangeNotSatisfiable, Unavailable
from mllab.model.base import NAME_FORM, NAME_PATTERN, VARIABLE_FORM, VARIABLE_PATTERN

log = logging.getLogger("mllab.api")

_BY_STATUS = {
    400: "invalid_input",
    404: "not_found",
    405: "method_not_allowed",
    412: "precondition_failed",
    413: "too_large",
    415: "invalid_input",
}


class WireError(BaseModel):
    """The body of every answer that is not 2xx."""

    error: str
    message: str
    details: dict[str, Any]
    request_id: str


FAILURES: dict[int | str, dict[str, Any]] = {
    "4XX": {"model": WireError, "description": "Refused; the body says why."},
    "5XX": {"model": WireError, "description": "Failed in the lab; the body says where."},
}
"""What the API's document says of failures, for every route."""


def wire_form(
    request: Request, status: int, code: str, message: str, details: dict[str, Any] | None = None
) -> Response:
    """Return the response of every failure.

    A route whose protocol wants headers on failures too has put them into
    `request.state.always_headers`.
    """
    request_id = getattr(request.state, "request_id", "")
    of_protocol: dict[str, str] = getattr(request.state, "always_headers", {})
    body = {
        "error": code,
        "message": message,
        "details": details or {},
        "request_id": request_id,
    }
    # Plain ASCII: what a caller sent may come back in it, and may not be encodable.
    return Response(
        json.dumps(body, default=str),
        status_code=status,
        media_type="application/json",
        headers={"X-Request-Id": request_id} | of_protocol,
    )


def too_large(request: Request) -> Response:
    """Return the refusal of a body over the limit of its route."""
    return wire_form(request, 413, "too_large", "The body is larger than what is taken here.")


async def _lab_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, LabError)
    response = wire_form(request, error.status, error.code, error.message, error.details)
    if isinstance(error, LimitReached) and error.retry_after_s is not None:
        response.headers["Retry-After"] = str(error.retry_after_s)
    elif isinstance(error, Unavailable):
        response.headers["Retry-After"] = "2"
    elif isinstance(error, RangeNotSatisfiable):
        response.headers["Content-Range"] = f"bytes */{error.details.get('size_bytes', '*')}"
    elif error.status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


_PROBLEMS = {
    "extra_forbidden": "is not known here",
    "model_attributes_type": "should be a JSON object",
    "model_type": "should be a JSON object",
    "json_invalid": "is not JSON",
}
_FORMS = {
    NAME_PATTERN: f"should be of {NAME_FORM}",
    VARIABLE_PATTERN: f"should be of {VARIABLE_FORM}",
}


def _problem(fault: dict[str, Any]) -> str:
    """Return what is wrong in words that do not need a regular expression to be read."""
    kind, context = fault["type"], fault.get("ctx", {})
    if kind == "string_pattern_mismatch":
        return str(_FORMS.get(context["pattern"], fault["msg"]))
    if kind in {"too_short", "too_long"} and isinstance(fault["input"], str):
        few = kind == "too_short"
        bound = context["min_length" if few else "max_length"]
        return f"should have at {'least' if few else 'most'} {bound} character{'s' * (bound != 1)}"
    return str(_PROBLEMS.get(kind, fault["msg"].removeprefix("Value error, ")))


async def _validation(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    faults = [
        {"at": ".".join(str(part) for part in fault["loc"]), "problem": _problem(fault)}
        for fault in error.errors()
    ]
    text = "; ".join(f"{fault['at']}: {fault['problem']}" for fault in faults[:5])
    return wire_form(request, 422, "invalid_input", f"Not valid: {text}", {"faults": faults})


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    code = _BY_STATUS.get(error.status_code, "http_error")
    text = f"{request.method} {request.url.path}: {error.detail}"
    response = wire_form(request, error.status_code, code, text)
    response.headers.update(error.headers or {})
    return response


async def _bug(request: Request, error: Exception) -> Response:
    request_id = getattr(request.state, "request_id", "")
    log.error("request %s failed: %s", request_id, request.url.path, exc_info=error)
    text = f"The lab failed on this request; its log says more under {request_id}."
    return wire_form(request, 500, "internal", text)


def add_error_handlers(app: FastAPI) -> None:
    """Register the handlers on `app`."""
    app.add_exception_handler(LabError, _lab_error)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _bug)
