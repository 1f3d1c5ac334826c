"""One request to a service and its answer, as data: how a page of the lab tries a service."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from mllab.model.base import Record
from mllab.model.workloads import Port

LARGEST_CALL = 1024 * 1024
"""Most bytes of a request's body (its characters), and of an answer's that are kept."""

CallPath = Annotated[str, StringConstraints(pattern=r"^/[\x21-\x22\x24-\x7e]*$", max_length=4000)]
"""Path and query as they go on the wire: what is not ASCII is percent-encoded."""

HeaderName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,100}$")]
HeaderValue = Annotated[str, StringConstraints(pattern=r"^[\x20-\x7e]*$", max_length=4000)]


class Method(StrEnum):
    """What may be asked."""

    GET = "GET"
    HEAD = "HEAD"
    POST = "POST"
    PUT = "PUT"
    PATCH = "PATCH"
    DELETE = "DELETE"
    OPTIONS = "OPTIONS"


class ServiceCall(Record):
    """A request; `path` is the service's own, `port` None its first."""

    method: Method = Method.GET
    path: CallPath = "/"
    port: Port | None = None
    headers: dict[HeaderName, HeaderValue] = Field(default={}, max_length=50)
    body: str = Field(default="", max_length=LARGEST_CALL)


class ServiceAnswer(Record):
    """What the service answered.

    `text` None means that it is not UTF-8 text. `size_bytes` counts what was read;
    `is_whole` False says that there was more.
    """

    status: int
    headers: list[tuple[str, str]] = []
    text: str | None = None
    size_bytes: int = 0
    is_whole: bool = True
    duration_ms: float
