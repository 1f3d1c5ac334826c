"""Which part of a file a request asks for, and whether it has it already (RFC 9110).

Pure functions over header values; sends nothing.
"""

from __future__ import annotations

import re
from datetime import datetime
from email.utils import parsedate_to_datetime

from mllab.errors import RangeNotSatisfiable

_ONE_RANGE = re.compile(r"bytes[ \t]*=[ \t]*(\d{0,20})-(\d{0,20})[ \t]*", re.IGNORECASE)


def parse_range(header: str | None, size: int) -> tuple[int, int] | None:
    """Return the asked part as (start, end before); None stands for the whole file.

    Several ranges, other units and malformed ones are answered with the whole file, as
    RFC 9110 allows.

    Raises:
        RangeNotSatisfiable: a well-formed range that lies outside the file.
    """
    found = _ONE_RANGE.fullmatch(header.strip()) if header else None
    if found is None or found.group(1) == found.group(2) == "":
        return None
    if found.group(1) == "":
        start, end = max(0, size - int(found.group(2))), size
    else:
        start = int(found.group(1))
        last = int(found.group(2)) if found.group(2) else size - 1
        if found.group(2) and last < start:
            return None
        end = min(last + 1, size)
    if start >= end:
        raise RangeNotSatisfiable(
            f"The file has {size} bytes; the range {header!r} lies outside.", size_bytes=size
        )
    return start, end


def names_etag(header: str, etag: str) -> bool:
    """Tell whether an If-None-Match or If-Match list names `etag` (weakly compared)."""
    named = [each.strip().removeprefix("W/") for each in header.split(",")]
    return "*" in named or etag in named


def is_unmodified_since(header: str, modified_at: datetime) -> bool:
    """Tell whether the file is no newer than the HTTP date in `header`."""
    try:
        date = parsedate_to_datetime(header)
    except ValueError:
        return False
    return date.tzinfo is not None and modified_at.replace(microsecond=0) <= date


def range_still_holds(if_range: str | None, etag: str, modified_at: datetime) -> bool:
    """Tell whether If-Range (an ETag or a date) lets the Range header count."""
    if if_range is None:
        return True
    if '"' in if_range:
        return if_range.strip() == etag
    return is_unmodified_since(if_range, modified_at)
