"""What routes are given: the core, the caller, the page asked for; and `needs`.

`needs(action)` declares a route's permission; `api/app.py` refuses to build an
application with a route that declares none. Core checks the action itself: the
declaration is what the document shows and what the test of every route walks.
"""

from __future__ import annotations

import json
import re
from typing import Annotated, Any, cast

from fastapi import Depends, Query, Request

from mllab.core.cookies import cookie_name, is_https
from mllab.core.lab import LabCore
from mllab.core.origins import is_own_page
from mllab.core.permissions import Action
from mllab.errors import InvalidInput, NotAllowed, NotSignedIn
from mllab.model.accounts import SESSION_COOKIE, Principal

PUBLIC = "public"
_HALF = re.compile(rb"\\u[dD][89a-fA-F]")
_READS = {"GET", "HEAD", "OPTIONS"}


def needs(action: Action | None) -> dict[str, Any]:
    """Return the route arguments that declare `action`; None is open to anybody."""
    return {"openapi_extra": {"x-permission": str(action) if action else PUBLIC}}


def core(request: Request) -> LabCore:
    """Return the core that this application serves."""
    return cast(LabCore, request.app.state.core)


Core = Annotated[LabCore, Depends(core)]


def credential(request: Request) -> tuple[str, bool]:
    """Return the secret that came along, bearer token first, and whether it is a cookie's.

    Raises:
        NotSignedIn: none came, or none of a form that is understood here.
    """
    header = request.headers.get("authorization", "")
    if header:
        kind, _, secret = header.partition(" ")
        if kind.lower() == "bearer":
            return secret.strip(), False
        raise NotSignedIn("Only 'Authorization: Bearer <token>' is understood here.")
    base = core(request).context.settings.base_url
    name = cookie_name(SESSION_COOKIE, is_secure=is_https(request.headers), base=base)
    cookie = request.cookies.get(name)
    if not cookie:
        raise NotSignedIn("Sign in first: send 'Authorization: Bearer <token>'.")
    return cookie, True


async def caller(request: Request, lab: Core) -> Principal:
    """Return who calls.

    Raises:
        NotSignedIn: no credential, or not a good one.
        NotAllowed: a browser sent the cookie from another site's page.
    """
    secret, from_cookie = credential(request)
    if from_cookie and request.method not in _READS:
        check_same_origin(request)
    return await lab.identity.principal(secret, from_cookie=from_cookie)


def check_same_origin(request: Request) -> None:
    """Refuse a cookie-borne write that did not come from a page of this host."""
    headers = request.headers
    site, host = headers.get("sec-fetch-site"), headers.get("host", "")
    if not is_own_page(headers.get("origin"), site, host):
        raise NotAllowed("This write came from another site's page; it was refused.")


async def refuse_broken_text(request: Request) -> None:
    """Refuse a JSON body with half of a surrogate pair: no store can keep such text.

    FastAPI has parsed the body by now; a body that a route streams is not touched.
    """
    body: bytes = getattr(request, "_body", b"")
    if _HALF.search(body) and hasattr(request, "_json"):
        try:
            json.dumps(await request.json(), ensure_ascii=False).encode()
        except UnicodeEncodeError as exc:
            raise InvalidInput("The body holds half of a surrogate pair; send whole text.") from exc


Caller = Annotated[Principal, Depends(caller)]


def client_address(request: Request) -> str:
    """Return the client's address, one of the keys of the rate limits.

    `X-Real-IP` is believed because nobody but our nginx reaches the Unix socket on which
    this application listens, and nginx sets it on every request.
    """
    return request.headers.get("x-real-ip", "")


ClientAddress = Annotated[str, Depends(client_address)]

Limit = Annotated[int, Query(ge=1, le=1000, description="Most items on one page.")]
# No longer than a revoked token may still be good for.
WaitS = Annotated[
    float, Query(ge=0, le=5, description="Hold the answer back for so many seconds at most.")
]
Rows = Annotated[int, Query(ge=1, le=500, description="Most rows of a table in a preview.")]
NamePart = Annotated[str, Query(max_length=400, description="A part of the name; case aside.")]
Cursor = Annotated[
    str | None, Query(max_length=2000, description="`next_cursor` of the page before.")
]
