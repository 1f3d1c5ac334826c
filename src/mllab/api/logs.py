"""Answers with a log: plain text, as it grows if the caller follows."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Query
from fastapi.responses import StreamingResponse

Follow = Annotated[bool, Query(description="Go on until the workload has ended.")]
Offset = Annotated[int, Query(ge=0, le=1 << 62, description="Bytes to leave out at the beginning.")]

LOG_RESPONSES: dict[int | str, dict[str, object]] = {
    200: {"content": {"text/plain": {"schema": {"type": "string"}}}}
}
"""What the OpenAPI document says of a route that answers with a log."""


def log_response(chunks: AsyncIterator[bytes], offset: int) -> StreamingResponse:
    """Return `chunks` as they come; `X-Lab-Offset` is the place of their first byte."""
    headers = {
        "X-Lab-Offset": str(offset),
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox",
        "Cache-Control": "no-store",
    }
    return StreamingResponse(chunks, media_type="text/plain; charset=utf-8", headers=headers)
