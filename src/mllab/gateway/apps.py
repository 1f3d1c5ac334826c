"""From the lab to a workload's own host, and in: how a browser opens a workload.

On the lab's host `visit` (a workload's path) and `reopen` (back from a host whose cookie
is missing) check that the caller may and that it runs, and send the browser to the
workload's host with a ticket. There `enter` turns the ticket into that host's cookie.
"""

from __future__ import annotations

from urllib.parse import parse_qs, quote, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from mllab.errors import LabError, NotAllowed, NotFound, NotSignedIn
from mllab.gateway import starting
from mllab.gateway.access import Gatekeeper, NotReady
from mllab.gateway.answers import PAGE_HEADERS, fault, is_visit
from mllab.gateway.routing import APP_PATH, Target, is_local, own_path, path_of, read_key
from mllab.gateway.sessions import base_of, core_of, give_app, is_secure
from mllab.model.accounts import Principal

_QUIET = PAGE_HEADERS | {"Referrer-Policy": "no-referrer"}


async def visit(request: Request) -> Response:
    """Answer a browser that asks for a workload by its path."""
    key = request.headers["x-lab-workload"]
    target = read_key(key)
    if target is None:
        return fault(request, NotFound("workload"))
    rest = own_path(target, request.headers["x-lab-target"], base_of(request))
    return await _open(request, key, target, rest)


async def reopen(request: Request) -> Response:
    """Answer a browser that a workload's own host sent back here."""
    url = urlsplit(request.headers["x-lab-target"])
    label = url.path.removeprefix(f"{base_of(request)}/_open/")
    key = await core_of(request).apps.key(label)
    target = read_key(key or "")
    if key is None or target is None:
        # Whoever is not signed in learns nothing about which labels there are.
        keeper: Gatekeeper = request.app.state.keeper
        try:
            await keeper.caller(request.headers["x-lab-credential"])
        except NotSignedIn as error:
            return sign_in_first(request, error)
        return fault(request, NotFound("workload"))
    return await _open(request, key, target, _parameter(url.query, "next"))


async def _open(request: Request, key: str, target: Target, rest: str) -> Response:
    keeper: Gatekeeper = request.app.state.keeper
    credential = request.headers["x-lab-credential"]
    try:
        who = await keeper.caller(credential)
        if not is_visit(request):
            raise NotAllowed(
                "A browser uses a workload on the workload's own host. Open "
                f"{base_of(request)}{path_of(target)} as a page; programs send "
                "'Authorization: Bearer <token>'."
            )
        reach = await keeper.reach(who, target, own_host=True)
        if reach.endpoint is None:
            return await starting.visit(request, who, NotReady(target, reach))
        return await _send_there(request, who, key, rest)
    except NotSignedIn as error:
        return sign_in_first(request, error)
    except LabError as error:
        return fault(request, error)


async def _send_there(request: Request, who: Principal, key: str, rest: str) -> Response:
    domain = request.headers.get("x-lab-apps", "")
    if not domain or not who.from_cookie:
        raise NotAllowed("By this address of the lab a browser opens no workload on its own host.")
    core = core_of(request)
    label = await core.apps.label(key)
    session = request.headers["x-lab-credential"].removeprefix("c:")
    ticket = await core.apps.offer(session, key)
    where = f"{scheme(request)}://{label}.{domain}{_port(request)}"
    query = f"ticket={ticket}&next={quote(_safe(rest), safe='')}"
    return RedirectResponse(f"{where}{APP_PATH}/enter?{query}", 303, headers=_QUIET)


async def enter(request: Request) -> Response:
    """Turn the ticket into this host's cookie. A ticket that is none changes nothing."""
    query = urlsplit(request.headers["x-lab-target"]).query
    answer = RedirectResponse(_safe(_parameter(query, "next")), 303, headers=_QUIET)
    apps = core_of(request).apps
    try:
        key = await apps.key(request.headers["x-lab-app"])
        cookie = await apps.enter(_parameter(query, "ticket"), key or "")
    except LabError:
        return answer
    give_app(request, answer, cookie)
    return answer


def sent_back(request: Request) -> Response:
    """Send a browser without a good cookie to the lab, which knows how to go on."""
    label, rest = request.headers["x-lab-app"], request.headers["x-lab-target"]
    lab = f"{request.headers['x-lab-origin']}{base_of(request)}"
    where = f"{lab}/_open/{label}?next={quote(rest, safe='')}"
    return RedirectResponse(where, 303, headers=_QUIET)


def sign_in_first(request: Request, error: NotSignedIn) -> Response:
    """Send a person to the form, and tell a program."""
    if not is_visit(request):
        return fault(request, error)
    target = quote(request.headers["x-lab-target"], safe="/")
    return RedirectResponse(f"{base_of(request)}/sign-in?next={target}", 303, headers=PAGE_HEADERS)


def scheme(request: Request) -> str:
    """Return how the browser came."""
    return "https" if is_secure(request) else "http"


def _port(request: Request) -> str:
    _, colon, port = request.headers["host"].rpartition(":")
    return f":{port}" if colon and port.isdecimal() else ""


def _safe(rest: str) -> str:
    return rest if is_local(rest) else "/"


def _parameter(query: str, name: str) -> str:
    return parse_qs(query, max_num_fields=10).get(name, [""])[0]


routes = [
    Route("/_gateway/app", visit),
    Route("/_gateway/open", reopen),
    Route("/_gateway/enter", enter),
]
