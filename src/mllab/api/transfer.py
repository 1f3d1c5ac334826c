"""The one place where stored bytes come in and go out over HTTP.

`receive` gives a request's body piece by piece; `send` answers with a stored file, whole,
in part or not at all (304), always as a download that a browser will not run. Behind the
gateway `by_nginx` has nginx send the bytes, so that none of them passes through here.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import Any, Protocol
from urllib.parse import quote

from fastapi import Request, Response
from fastapi.responses import StreamingResponse
from starlette.requests import ClientDisconnect

from mllab.api.deps import needs
from mllab.api.ranges import is_unmodified_since, names_etag, parse_range, range_still_holds
from mllab.core.permissions import Action
from mllab.errors import InvalidInput

_ANY_TYPE = {"content": {"*/*": {"schema": {"type": "string", "format": "binary"}}}}
FILE_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"description": "The bytes, as an attachment."} | _ANY_TYPE,
    206: {"description": "The part that Range asked for."} | _ANY_TYPE,
    304: {"description": "The caller has these bytes already."},
}
"""What a route that ends in `send` answers, for the API's document."""


class Readable(Protocol):
    """A stored file whose bytes can be read."""

    @property
    def object(self) -> str:
        """Its key in the file store."""
        ...

    def read(self, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """Return the bytes `start` up to before `end`."""
        ...


@dataclass(frozen=True)
class FileFacts:
    """What an answer says about a stored file."""

    name: str
    size_bytes: int
    sha256: str
    content_type: str
    modified_at: datetime

    @property
    def etag(self) -> str:
        """Return the strong validator."""
        return f'"{self.sha256}"'


def takes_bytes(action: Action) -> dict[str, Any]:
    """Return the route arguments that declare `action` and a body of any bytes."""
    arguments = needs(action)
    arguments["openapi_extra"]["requestBody"] = {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
    return arguments


async def receive(request: Request) -> AsyncIterator[bytes]:
    """Yield the body as it arrives.

    Raises:
        InvalidInput: the connection ended before the body did.
    """
    try:
        async for chunk in request.stream():
            if chunk:
                yield chunk
    except ClientDisconnect as exc:
        raise InvalidInput("The upload was cut off half-way; nothing was kept.") from exc


def declared_size(request: Request) -> int | None:
    """Return the Content-Length, if there is one."""
    length = request.headers.get("content-length", "")
    return int(length) if length.isdecimal() and len(length) < 20 else None


def declared_sha256(request: Request) -> str | None:
    """Return the hash that the sender declares, as lower-case hex.

    `X-Content-SHA256: <hex>`, or `Repr-Digest: sha-256=:<base64>:` (RFC 9530).
    """
    plain = request.headers.get("x-content-sha256")
    if plain:
        return plain.strip().lower()
    for entry in request.headers.get("repr-digest", "").split(","):
        name, _, value = entry.strip().partition("=")
        if name.lower() == "sha-256":
            try:
                return base64.b64decode(value.strip(":"), validate=True).hex()
            except binascii.Error as exc:
                raise InvalidInput("Repr-Digest: sha-256 must be :<base64>:.") from exc
    return None


async def send(
    request: Request, file: Readable, facts: FileFacts, more: dict[str, str]
) -> Response:
    """Answer GET or HEAD with the file; `more` are further headers."""
    headers = _headers(facts) | more
    if _has_it_already(request, facts):
        return Response(status_code=304, headers=headers)
    part = None
    if range_still_holds(request.headers.get("if-range"), facts.etag, facts.modified_at):
        part = parse_range(request.headers.get("range"), facts.size_bytes)
    start, end = part or (0, facts.size_bytes)
    headers["Content-Length"] = str(end - start)
    if part:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{facts.size_bytes}"
    return await _body(request, file, (start, end), 206 if part else 200, headers)


async def _body(
    request: Request, file: Readable, part: tuple[int, int], status: int, headers: dict[str, str]
) -> Response:
    start, end = part
    if request.method == "HEAD" or start == end:
        return Response(status_code=status, headers=headers)
    if handed := by_nginx(request, file.object, part if status == 206 else None, headers):
        return handed
    chunks = file.read(start, end)
    # The first bytes before the status line: a lost object is an error, not a cut answer.
    first = await anext(chunks)
    return StreamingResponse(_chain(first, chunks), status_code=status, headers=headers)


def by_nginx(
    request: Request, key: str, part: tuple[int, int] | None, headers: dict[str, str]
) -> Response | None:
    """Return the answer that has nginx send the object `key`; None where it does not.

    What to send is decided by now: nginx only cuts `part` out of the file.
    """
    if not request.app.state.nginx_sends_files:
        return None
    own = {"Content-Length", "Content-Range", "" if part else "Accept-Ranges"}
    handed = {name: value for name, value in headers.items() if name not in own}
    handed["X-Accel-Redirect"] = f"/_files/{quote(key)}"
    if part:
        handed["X-Lab-Part"] = f"bytes={part[0]}-{part[1] - 1}"
    return Response(headers=handed)


async def _chain(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for chunk in rest:
        yield chunk


def _has_it_already(request: Request, facts: FileFacts) -> bool:
    if_none_match = request.headers.get("if-none-match")
    if if_none_match is not None:
        return names_etag(if_none_match, facts.etag)
    since = request.headers.get("if-modified-since")
    return since is not None and is_unmodified_since(since, facts.modified_at)


def _headers(facts: FileFacts) -> dict[str, str]:
    return {
        "Content-Type": facts.content_type,
        "ETag": facts.etag,
        "Last-Modified": format_datetime(facts.modified_at, usegmt=True),
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, no-cache",
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(facts.name, safe='')}",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "X-Content-Type-Options": "nosniff",
        "X-Content-SHA256": facts.sha256,
    }
