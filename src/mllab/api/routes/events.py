"""What changed, as it changes: one stream of server-sent events for each open page."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import StreamingResponse

from mllab.api.deps import Caller, Core, credential, needs
from mllab.core.permissions import Action
from mllab.model.base import ProjectName

router = APIRouter(prefix="/events", tags=["events"])

Narrow = Annotated[ProjectName | None, Query(description="Only what changes in this project.")]
After = Annotated[
    str | None,
    Header(alias="Last-Event-ID", max_length=100, description="Where a broken stream ended."),
]
MostS = Annotated[
    int | None, Query(ge=0, le=86_400, description="End the stream after so many seconds.")
]

_RESPONSES: dict[int | str, dict[str, object]] = {
    200: {"content": {"text/event-stream": {"schema": {"type": "object"}}}}
}
"""The schema is that of one event: id, name and data."""
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


@router.get("", response_class=StreamingResponse, responses=_RESPONSES, **needs(Action.EVENTS_READ))
async def stream_events(
    request: Request,
    who: Caller,
    core: Core,
    project: Narrow = None,
    most_s: MostS = None,
    after: After = None,
) -> StreamingResponse:
    """Tell what changes, until the caller leaves or the credential ends.

    `change` names a thing to ask for again: `{"what", "project", "id"}`. `reset` means that
    some were left out: ask for everything again. `hello` says that the stream is open.
    """
    secret, from_cookie = credential(request)
    look = partial(core.identity.look, secret, from_cookie=from_cookie)
    stream = await core.events.open(look, project=project, after=after, most_s=most_s)
    return StreamingResponse(stream, media_type="text/event-stream", headers=_HEADERS)
