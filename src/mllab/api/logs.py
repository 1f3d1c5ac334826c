"""Answers with a log: plain text, as it grows if the caller follows."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Annotated, Protocol

from fastapi import Query
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

from mllab.core.log_lines import find_lines, last_lines, window_start
from mllab.model.logs import LogLines, LogMatches
from mllab.runtimes.base import LogPart

Follow = Annotated[bool, Query(description="Go on until the workload has ended.")]
Offset = Annotated[int, Query(ge=0, le=1 << 62, description="Bytes to leave out at the beginning.")]


class OpenLog(Protocol):
    """Opens one log, for one caller; authorises."""

    async def __call__(self, *, offset: int, follow: bool) -> AsyncIterator[LogPart]:
        """Return the log's parts from byte `offset` on."""
        ...


class LinesQuery(BaseModel):
    """Which lines of a log: the last ones, or the last before a byte."""

    lines: int = Field(default=1000, ge=1, le=10_000, description="How many lines at most.")
    before: int | None = Field(
        default=None, ge=0, le=1 << 62, description="Lines that lie before this byte."
    )

    async def of(self, log: OpenLog) -> LogLines:
        """Return those lines."""
        parts = await log(offset=window_start(self.before), follow=False)
        return await last_lines(parts, self.lines, self.before)


class SearchQuery(BaseModel):
    """What to look for in a log, and from where on."""

    q: str = Field(min_length=1, max_length=200, description="Text in a line, in whatever case.")
    offset: int = Field(default=0, ge=0, le=1 << 62, description="Byte to begin at.")
    limit: int = Field(default=100, ge=1, le=1000, description="How many lines at most.")

    async def of(self, log: OpenLog) -> LogMatches:
        """Return the lines that hold the text."""
        parts = await log(offset=self.offset, follow=False)
        return await find_lines(parts, self.q, offset=self.offset, limit=self.limit)


WhichLines = Annotated[LinesQuery, Query()]
Sought = Annotated[SearchQuery, Query()]

LOG_RESPONSES: dict[int | str, dict[str, object]] = {
    200: {"content": {"text/plain": {"schema": {"type": "string"}}}}
}
"""What the OpenAPI document says of a route that answers with a log."""


async def log_response(log: OpenLog, offset: int, *, follow: bool) -> StreamingResponse:
    """Return a log from byte `offset` on, as it comes.

    `X-Lab-Offset` is the place of the first byte that is sent: what a runtime dropped before
    it is left out. Where a reader is so slow that more is dropped meanwhile, the answer ends.
    """
    parts = await log(offset=offset, follow=False)
    first = await anext(parts, LogPart(offset, b""))
    if follow:  # its first part may be long in coming, so what is there was looked at apart
        await parts.aclose()  # type: ignore[attr-defined]
        first, parts = LogPart(first.offset, b""), await log(offset=offset, follow=True)
    headers = {
        "X-Lab-Offset": str(first.offset),
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox",
        "Cache-Control": "no-store",
    }
    chunks = _unbroken(first, parts)
    return StreamingResponse(chunks, media_type="text/plain; charset=utf-8", headers=headers)


async def _unbroken(first: LogPart, parts: AsyncIterator[LogPart]) -> AsyncIterator[bytes]:
    """Yield the first part, then those that follow it without a gap."""
    async with aclosing(parts):  # type: ignore[type-var]
        if first.data:
            yield first.data
        place = first.end
        async for part in parts:
            if part.offset != place:
                return
            yield part.data
            place = part.end
