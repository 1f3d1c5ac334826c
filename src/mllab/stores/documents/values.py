"""What values a document and a question may hold, the same on every back-end.

Refuses here, before any store is asked, what one of them could not keep: so bad input is
the caller's error (`InvalidInput`) and never a failure of the store.
"""

from __future__ import annotations

import json
import re
from typing import TypeGuard

from mllab.errors import InvalidInput, TooLarge
from mllab.stores.documents.base import Body

LONGEST_BODY = 16_000_000
"""Bytes of a body as JSON; MongoDB takes 16 MiB of BSON, so this fits every store."""

DEEPEST_BODY = 100
"""Levels of nesting, as MongoDB counts them."""

Scalar = None | bool | int | float | str
"""What a condition can compare with."""

_SUSPECT = re.compile(r"\d{19}|\\u0000")
"""What a body that breaks a rule has in its JSON; only then is the body looked through."""

_LARGEST = 2**63


def to_json(body: Body) -> str:
    """Return the body as compact JSON, fit to be stored.

    Raises:
        InvalidInput: no JSON value, a lone surrogate or U+0000, NaN or infinity, an integer
            beyond 64 bits, too deep.
        TooLarge: over `LONGEST_BODY` bytes.
    """
    try:
        text = json.dumps(body, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        size = len(text.encode())
    except (ValueError, TypeError, RecursionError) as exc:
        raise InvalidInput(f"The document cannot be stored: {_reason(exc)}.") from exc
    if size > LONGEST_BODY:
        raise TooLarge(f"A document has at most {LONGEST_BODY} bytes; this one has {size}.")
    if text.count("[") + text.count("{") > DEEPEST_BODY or _SUSPECT.search(text):
        _check(body, 1)
    return text


def _reason(exc: Exception) -> str:
    # An encoding error carries the whole text, which may hold a secret: only its class of fault.
    if isinstance(exc, UnicodeEncodeError):
        return "a text in it is not valid Unicode"
    if isinstance(exc, RecursionError):
        return "it is nested too deeply"
    return "a value in it is not JSON (NaN and infinity are not)"


def _check(value: object, level: int) -> None:
    if level > DEEPEST_BODY + 1:
        raise InvalidInput(f"A document is nested at most {DEEPEST_BODY} levels deep.")
    if isinstance(value, dict):
        for name, inner in value.items():
            _check(name, level)
            _check(inner, level + 1)
    elif isinstance(value, list | tuple):
        for inner in value:
            _check(inner, level + 1)
    elif not is_scalar(value):
        raise InvalidInput("The document holds an integer beyond 64 bits or a text with U+0000.")


def is_scalar(value: object) -> TypeGuard[Scalar]:
    """Tell whether every store can compare with the value."""
    if isinstance(value, str):
        return is_text(value)
    if isinstance(value, int):
        return -_LARGEST <= value < _LARGEST
    if isinstance(value, float):
        return value - value == 0
    return value is None


def is_text(value: object) -> TypeGuard[str]:
    """Tell whether the value is a text without lone surrogates and U+0000."""
    if not isinstance(value, str) or "\0" in value:
        return False
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def check_id(id: str) -> str:
    """Return `id` if it can be one. Raises InvalidInput."""
    if not is_text(id):
        raise InvalidInput("A document's id is a text of valid Unicode without U+0000.")
    return id
