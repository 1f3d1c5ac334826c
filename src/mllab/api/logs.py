"""Answers with a log: plain text, as it grows if the caller follows."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Query
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

from mllab.core.log_lines import find_lines, last_lines, window_start
from mllab.model.logs import LogLines, LogMatches

Follow = Annotated[bool, Query(description="Go on until the workload has ended.")]
Offset = Annotated[int, Query(ge=0, le=1 << 62, description="Bytes to leave out at the beginning.")]


class LinesQuery(BaseModel):
    """Which lines of a log: the last ones, or the last before a byte."""

    lines: int = Field(default=1000, ge=1, le=10_000, description="How many lines at most.")
    before: int | None = Field(
        default=None, ge=0, le=1 << 62, description="Lines that lie before this byte."
    )

    @property
    def start(self) -> int:
        """Return the offset at which to open the log."""
        return window_start(self.before)

    async def of(self, chunks: AsyncIterator[bytes]) -> LogLines:
        """Return the lines of a log that was opened at `start`."""
        return await last_lines(chunks, self.lines, self.before)


class SearchQuery(BaseModel):
    """What to look for in a log, and from where on."""

    q: str = Field(min_length=1, max_length=200, description="Text in a line, in whatever case.")
    offset: int = Field(default=0, ge=0, le=1 << 62, description="Byte to begin at.")
    limit: int = Field(default=100, ge=1, le=1000, description="How many lines at most.")

    async def of(self, chunks: AsyncIterator[bytes]) -> LogMatches:
        """Return the lines of a log that was opened at `offset`."""
        return await find_lines(chunks, self.q, offset=self.offset, limit=self.limit)


WhichLines = Annotated[LinesQuery, Query()]
Sought = Annotated[SearchQuery, Query()]

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
