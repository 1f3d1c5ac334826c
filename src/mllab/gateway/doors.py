"""What nginx asks the gateway: may this pass, what to say if not, a token for a cookie.

Only nginx reaches these; it maps no public path to them. Each takes what it needs from
`X-Lab-*` headers, which nginx drops from outside requests and sets itself.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from mllab.errors import BackendFailed, InvalidInput, LabError, NotSignedIn, Unavailable
from mllab.gateway.access import Gatekeeper, NotReady, TooSlow
from mllab.gateway.answers import PAGE_HEADERS, fault, is_visit
from mllab.gateway.apps import sent_back, sign_in_first
from mllab.gateway.routing import is_local, without_token
from mllab.gateway.sessions import base_of, give_session
from mllab.gateway.starting import visit

ASK = "/_gateway/ask"
_EMPTY = [(b"content-length", b"0")]


class Asking:
    """Answers nginx's most frequent question before all else of the application."""

    def __init__(self, app: ASGIApp, keeper: Gatekeeper) -> None:
        self._app = app
        self._keeper = keeper

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 204 with the decision, or 403; `refused` then says why."""
        if scope["type"] != "http" or scope["path"] != ASK:
            await self._app(scope, receive, send)
            return
        given = dict(scope["headers"])
        credential, workload = given[b"x-lab-credential"], given[b"x-lab-workload"]
        try:
            decision = await self._keeper.decide(credential.decode(), workload.decode())
        except LabError:
            await send({"type": "http.response.start", "status": 403, "headers": _EMPTY})
        else:
            headers = [(b"x-lab-decision", decision.packed().encode())]
            await send({"type": "http.response.start", "status": 204, "headers": headers})
        await send({"type": "http.response.body"})


async def refused(request: Request) -> Response:
    """Say why a request does not reach its workload, looking again: it may have changed."""
    keeper: Gatekeeper = request.app.state.keeper
    credential, workload = request.headers["x-lab-credential"], request.headers["x-lab-workload"]
    on_own_host = bool(request.headers.get("x-lab-app"))
    try:
        decision = await keeper.decide(credential, workload)
    except NotReady as missing:
        if on_own_host:
            return sent_back(request) if is_visit(request) else fault(request, missing)
        return await visit(request, await keeper.caller(credential), missing)
    except NotSignedIn as error:
        if on_own_host and is_visit(request):
            return sent_back(request)
        return sign_in_first(request, error)
    except LabError as error:
        return fault(request, error)
    tried = request.headers.get("x-lab-unanswered", "").encode("latin-1").decode(errors="replace")
    if tried == decision.address:
        return fault(request, _unanswered(request.headers.get("x-lab-failure", "")))
    return fault(request, Unavailable("It has just started; try again."))


def _unanswered(failure: str) -> LabError:
    if failure == "504":
        return TooSlow("It runs, but was silent for too long. See its log.")
    return BackendFailed("It runs, but does not answer at this port. See its log.")


async def exchange(request: Request) -> Response:
    """Turn the URL's `lab_token` into a session, and send the browser to the URL without it."""
    target = without_token(request.headers["x-lab-target"])
    if not is_local(target, base_of(request)):
        return fault(request, InvalidInput("This address cannot be opened with a token in it."))
    try:
        session = await request.app.state.core.identity.exchange(request.headers["x-lab-token"])
    except (KeyError, LabError):
        return fault(request, NotSignedIn("The token in this address is not valid (any more)."))
    answer = RedirectResponse(
        target, 303, headers=PAGE_HEADERS | {"Referrer-Policy": "no-referrer"}
    )
    give_session(request, answer, session)
    return answer


routes = [
    Route("/_gateway/refused", refused),
    Route("/_gateway/exchange", exchange),
]
