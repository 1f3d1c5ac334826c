"""What tracking accepts: keys, values, artifact paths. Pure.

The rules of `mlflow.utils.validation`, with wider limits for values.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable

from mllab.errors import InvalidInput

_KEY = re.compile(r"[/\w.\- :]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ufffd]")
LONGEST_KEY = 250
LONGEST_VALUE = 100_000
LONGEST_NAME = 500
LONGEST_PATH = 900
MOST_METRICS, MOST_OTHERS = 1000, 100


def check_key(key: str, what: str = "key") -> str:
    """Return `key` if it can name a metric, parameter or tag."""
    if not _KEY.fullmatch(key) or len(key) > LONGEST_KEY:
        raise InvalidInput(
            f"Invalid {what} {key[:80]!r}: 1 to {LONGEST_KEY} letters, digits, spaces, _ - . : /"
        )
    normal = posixpath.normpath(key)
    if normal != key or normal == "." or normal.startswith(("..", "/")):
        raise InvalidInput(f"Invalid {what} {key!r}: as a path it would mean {normal!r}.")
    return key


def check_value(value: str, what: str = "value") -> str:
    """Return `value` if it is not over-long."""
    if len(value) > LONGEST_VALUE:
        raise InvalidInput(f"A {what} has at most {LONGEST_VALUE} characters.")
    return value


def check_pairs(pairs: Iterable[tuple[str, str]], what: str) -> None:
    """Check the keys and values of parameters or tags."""
    for key, value in pairs:
        check_key(key, what)
        check_value(value, what)


def check_name(name: str, what: str) -> str:
    """Return `name` if a thing can bear it."""
    if not name.strip() or len(name) > LONGEST_NAME or _CONTROL.search(name):
        raise InvalidInput(f"Invalid {what} name {name[:80]!r}: 1 to {LONGEST_NAME} characters.")
    return name


def check_path(path: str) -> str:
    """Return `path` if it is relative, clean and means one thing on every store."""
    parts = path.split("/")
    clean = not _CONTROL.search(path) and "\\" not in path
    short = len(path.encode(errors="replace")) <= LONGEST_PATH
    named = all(p not in {"", ".", ".."} and len(p.encode(errors="replace")) <= 250 for p in parts)
    if not (clean and short and named):
        raise InvalidInput(
            f"Invalid artifact path {path[:80]!r}: a relative path of at most {LONGEST_PATH} "
            "bytes without empty, '.' or '..' parts, control characters and backslashes."
        )
    return path
