"""The lab's two cookies, and who sent a form: what the pages share about signing in."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from mllab.core.cookies import cookie_name, is_https
from mllab.core.lab import LabCore
from mllab.core.origins import is_own_page
from mllab.errors import NotAllowed, NotSignedIn
from mllab.model.accounts import APP_COOKIE, SESSION_COOKIE, SETUP_COOKIE, IssuedToken, Principal
from mllab.model.base import now


def core_of(request: Request) -> LabCore:
    """Return the core that this application serves."""
    core: LabCore = request.app.state.core
    return core


def base_of(request: Request) -> str:
    """Return the path below which the lab is; empty for none."""
    base: str = request.scope.get("root_path", "")
    return base


def is_secure(request: Request) -> bool:
    """Tell whether the browser came over TLS."""
    return is_https(request.headers)


def cookie(request: Request, name: str) -> str:
    """Return the value of one of the lab's cookies, empty if there is none."""
    return request.cookies.get(_name(request, name), "")


def origin_of(request: Request) -> str:
    """Return the lab's address as this browser wrote it."""
    scheme = "https" if is_secure(request) else "http"
    return f"{scheme}://{request.headers.get('host', 'localhost')}{base_of(request)}"


def client_address(request: Request) -> str:
    """Return the client's address, as nginx saw it."""
    return request.headers.get("x-real-ip", "unknown")


async def visitor(request: Request) -> Principal:
    """Return who looks at a page. Raises NotSignedIn."""
    secret = cookie(request, SESSION_COOKIE)
    if not secret:
        raise NotSignedIn("Sign in first.")
    return await core_of(request).identity.principal(secret, from_cookie=True)


def check_same_origin(request: Request) -> None:
    """Refuse a form that was not sent from a page of this lab. Raises NotAllowed."""
    headers = request.headers
    site, host = headers.get("sec-fetch-site"), headers.get("host", "")
    if not is_own_page(headers.get("origin"), site, host, may_hide=True):
        raise NotAllowed("This form came from another site's page; it was refused.")


def give_session(request: Request, answer: Response, session: IssuedToken) -> None:
    """Set the session's cookie, for this lab alone; it ends with the session."""
    _give(request, answer, SESSION_COOKIE, session, base_of(request))


def give_app(request: Request, answer: Response, app: IssuedToken) -> None:
    """Set the cookie of a workload's own host; it ends with the session at the latest."""
    _give(request, answer, APP_COOKIE, app, "")


def _give(request: Request, answer: Response, name: str, issued: IssuedToken, base: str) -> None:
    ends_at = issued.token.expires_at
    answer.set_cookie(
        cookie_name(name, is_secure=is_secure(request), base=base),
        issued.secret,
        max_age=max(1, int((ends_at - now()).total_seconds())) if ends_at else None,
        path=f"{base}/",
        secure=is_secure(request),
        httponly=True,
        samesite="lax",
    )


def take_session(request: Request, answer: Response) -> None:
    """Remove the session's cookie."""
    name = _name(request, SESSION_COOKIE)
    answer.delete_cookie(name, path=f"{base_of(request)}/", secure=is_secure(request))


def give_setup(request: Request, answer: Response, secret: str) -> None:
    """Keep the one-time secret for the form: out of the address bar and of every script."""
    answer.set_cookie(
        _name(request, SETUP_COOKIE),
        secret,
        max_age=3600,
        path=_setup_path(request),
        secure=is_secure(request),
        httponly=True,
        samesite="strict",
    )


def take_setup(request: Request, answer: Response) -> None:
    """Remove the one-time secret's cookie."""
    name = _name(request, SETUP_COOKIE)
    answer.delete_cookie(name, path=_setup_path(request), secure=is_secure(request))


def _name(request: Request, name: str) -> str:
    return cookie_name(name, is_secure=is_secure(request), base=base_of(request))


def _setup_path(request: Request) -> str:
    """Return the form's path; but a name with `__Host-` must have the whole host."""
    base = base_of(request)
    return "/" if is_secure(request) and not base else f"{base}/setup"
