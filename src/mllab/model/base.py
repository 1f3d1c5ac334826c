"""What all records share: strictness, time, names and ids.

Knows no record of its own; everything in `model/` builds on it.
"""

from __future__ import annotations

import re
import secrets
from datetime import UTC, datetime
from typing import Annotated, Generic, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, PlainSerializer, StringConstraints


class Record(BaseModel):
    """A record: unknown fields are refused, values never change in place."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def now() -> datetime:
    """Return the time now, UTC-aware. Pass a clock where a test must steer it."""
    return datetime.now(UTC)


def _iso(value: datetime) -> str:
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


Timestamp = Annotated[datetime, PlainSerializer(_iso, when_used="json")]
"""UTC-aware; in JSON always ISO-8601 with six decimals and `Z`, so text order is time order."""

T = TypeVar("T")


class Page(BaseModel, Generic[T]):
    """One page of a list; `next_cursor` is None on the last."""

    items: list[T]
    next_cursor: str | None = None


def new_id(kind: str) -> str:
    """Return an opaque id such as `run_6f1c…` (80 random bits)."""
    return f"{kind}_{secrets.token_hex(10)}"


NAME_PATTERN = r"^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$"
NAME_FORM = "a-z, 0-9 and -, at most 40, neither first nor last a -"
Name = Annotated[str, StringConstraints(pattern=NAME_PATTERN, max_length=40)]
"""A name that can stand in URLs, host labels and container names: `a-z 0-9 -`, 1 to 40."""


def is_name(text: str) -> bool:
    """Tell whether `text` is a `Name`."""
    return re.fullmatch(NAME_PATTERN, text) is not None


ProjectName = Name
UserName = Name
ServiceName = Name
JobName = Name

VARIABLE_PATTERN = r"^[A-Za-z_][A-Za-z0-9_]{0,127}$"
VARIABLE_FORM = "A-Z, a-z, 0-9 and _, at most 128, the first no digit"
VariableName = Annotated[str, StringConstraints(pattern=VARIABLE_PATTERN, max_length=128)]
"""A name of an environment variable or secret."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
# Halves of a pair, and what servers make of bytes that are not UTF-8: other keys would meet.
_NO_TEXT = re.compile("[\ud800-\udfff\ufffd]")


def check_file_key(key: str) -> str:
    """Return `key` if it is a relative path that means one thing on every store.

    Raises:
        ValueError: empty, over 400 bytes, not UTF-8, a control character, a backslash, or a
            part that is empty, `.`, `..` or over 200 bytes.
    """
    parts = key.split("/")
    if len(key.encode(errors="surrogatepass")) > 400:
        raise ValueError("a key has at most 400 bytes")
    if _NO_TEXT.search(key):
        raise ValueError("a key is UTF-8 text")
    if _CONTROL.search(key) or "\\" in key:
        raise ValueError("a key has no control characters and no backslash")
    if any(part in {"", ".", ".."} or len(part.encode()) > 200 for part in parts):
        raise ValueError("a key is a path without empty, '.', '..' or over-long parts")
    return key


FileKey = Annotated[str, AfterValidator(check_file_key)]


def _one_line(text: str) -> str:
    if _CONTROL.search(text):
        raise ValueError("control characters are not allowed here")
    return text


Title = Annotated[str, StringConstraints(max_length=200), AfterValidator(_one_line)]
"""One line of free text, at most 200 characters."""

Text = Annotated[str, StringConstraints(max_length=10_000)]
"""Free text of some paragraphs."""
