"""Sends an artifact as a download that a browser will not run; for both protocols."""

from __future__ import annotations

import mimetypes
from collections.abc import AsyncIterator
from typing import Annotated
from urllib.parse import quote

from fastapi import Query, Request, Response
from fastapi.responses import StreamingResponse

from mllab.api.ranges import parse_range
from mllab.api.transfer import by_nginx
from mllab.core.lab import LabCore
from mllab.model.accounts import Principal

ArtifactPath = Annotated[
    str, Query(min_length=1, max_length=2000, description="The artifact's path.")
]


async def send_artifact(
    request: Request, core: LabCore, who: Principal, at: tuple[str, str]
) -> Response:
    """Answer with the file `at` (project, path), or the part that a Range header asks for."""
    stat = await core.tracking.artifacts.stat(who, *at)
    part = parse_range(request.headers.get("range"), stat.size_bytes)
    start, end = part or (0, stat.size_bytes)
    name = at[1].rpartition("/")[2]
    headers = {
        "Content-Length": str(end - start),
        "Content-Type": mimetypes.guess_type(name)[0] or "application/octet-stream",
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "X-Content-Type-Options": "nosniff",
        "Accept-Ranges": "bytes",
    }
    if part:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{stat.size_bytes}"
    if end > start and (handed := by_nginx(request, stat.key, part, headers)):
        return handed
    chunks = core.tracking.artifacts.read(stat, start, end) if end > start else _nothing()
    return StreamingResponse(chunks, status_code=206 if part else 200, headers=headers)


async def _nothing() -> AsyncIterator[bytes]:
    for chunk in list[bytes]():
        yield chunk
