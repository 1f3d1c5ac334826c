"""How the gateway's own application answers: pages for browsers, the wire form for programs."""

from __future__ import annotations

from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from mllab.errors import LabError, LimitReached, Unavailable
from mllab.gateway.nginx.config import static_url
from mllab.gateway.routing import APP_PATH
from mllab.gateway.sessions import base_of

PAGE_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; font-src 'self'; "
        "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # `no-referrer` would make a form's Origin `null`
    "Cache-Control": "no-store",
}

_TITLES = {
    400: "Bad request",
    401: "Sign in first",
    403: "Not allowed",
    404: "Nothing here",
    409: "Not now",
    422: "Not valid",
    429: "Too many attempts",
    502: "No answer",
    503: "One moment",
    504: "No answer in time",
}

_pages = Environment(
    loader=PackageLoader("mllab.gateway", "templates"),
    undefined=StrictUndefined,
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
)
_pages.globals.update(static=static_url)


def page(request: Request, name: str, status: int = 200, /, **values: Any) -> HTMLResponse:
    """Return the page of the template `name`.

    `lab` begins the address of whatever the lab has, seen from where the page stands, and
    `files` that of the lab's own files there.
    """
    base = base_of(request)
    lab = request.headers.get("x-lab-origin", "") + base
    files = APP_PATH if request.headers.get("x-lab-app") else base
    text = _pages.get_template(f"{name}.html").render(lab=lab, files=files, **values)
    return HTMLResponse(text, status, headers=PAGE_HEADERS)


def wants_page(request: Request) -> bool:
    """Tell whether a person looks at the answer, rather than a program."""
    return "text/html" in request.headers.get("accept", "").lower()


def is_visit(request: Request) -> bool:
    """Tell whether a person opens an address, as nginx describes the request."""
    return wants_page(request) and request.headers["x-lab-method"] in {"GET", "HEAD"}


def request_id(request: Request) -> str:
    """Return the id that nginx gave to the request."""
    return request.headers.get("x-request-id", "")


def fault(request: Request, error: LabError) -> Response:
    """Return the answer that `error` means, in the form that the client asked for."""
    if wants_page(request):
        answer: Response = page(
            request,
            "fault",
            error.status,
            title=_TITLES.get(error.status, "Failed"),
            text=error.message,
            request_id=request_id(request),
            retries=error.retryable,
        )
    else:
        answer = wire_form(request, error)
    answer.headers.update(_hints(error))
    return answer


def wire_form(request: Request, error: LabError) -> JSONResponse:
    """Return the one form of every failure that programs see."""
    body = {
        "error": error.code,
        "message": error.message,
        "details": error.details,
        "request_id": request_id(request),
    }
    return JSONResponse(body, error.status, headers={"Cache-Control": "no-store"})


def _hints(error: LabError) -> dict[str, str]:
    if isinstance(error, LimitReached) and error.retry_after_s is not None:
        return {"Retry-After": str(error.retry_after_s)}
    if isinstance(error, Unavailable):
        return {"Retry-After": "2"}
    return {"WWW-Authenticate": "Bearer"} if error.status == 401 else {}
