"""Tests and sorts things by parsed searches, and cuts the result into pages.

Knows things only through a `Lookup`: what a kind and key mean for one of them.
Semantics are MLflow's: what a thing lacks meets no comparison, and sorts last.
"""

from __future__ import annotations

import base64
import json
import math
import operator
import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, TypeVar

from mllab.core.search import Condition, Kind, Order
from mllab.errors import InvalidInput

T = TypeVar("T")
Lookup = Callable[[T, Kind, str], Any]
"""Returns text, a number or None; for a dataset's key the list of its values."""


@lru_cache(maxsize=256)
def _pattern(text: str, flags: int) -> re.Pattern[str]:
    parts = re.split("([%_])", text)
    wild = {"%": ".*", "_": "."}
    return re.compile("".join(wild.get(p) or re.escape(p) for p in parts), flags | re.DOTALL)


_TESTS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "LIKE": lambda value, text: _pattern(text, 0).fullmatch(value) is not None,
    "ILIKE": lambda value, text: _pattern(text, re.IGNORECASE).fullmatch(value) is not None,
    "IN": lambda value, texts: value in texts,
    "NOT IN": lambda value, texts: value not in texts,
}


def is_match(thing: T, conditions: Sequence[Condition], lookup: Lookup[T]) -> bool:
    """Return whether all conditions hold for `thing`."""
    return all(_holds(c, lookup(thing, c.kind, c.key)) for c in conditions)


def _holds(condition: Condition, value: Any) -> bool:
    if condition.op in {"IS NULL", "IS NOT NULL"}:
        return (value is None) == (condition.op == "IS NULL")
    test = _TESTS[condition.op]
    if condition.kind is Kind.DATASET:
        return any(test(one, condition.operand) for one in value)
    return value is not None and test(value, condition.operand)


def sort(things: Sequence[T], orders: Sequence[Order], lookup: Lookup[T]) -> list[T]:
    """Return `things` by `orders`, the first weighing most; ties stay as they came.

    NaN comes after all numbers and what has no value last, in either direction.
    """
    found = list(things)
    for order in reversed(orders):
        found = _sort_once(found, order, lookup)
    return found


def _sort_once(things: list[T], order: Order, lookup: Lookup[T]) -> list[T]:
    groups: tuple[list[tuple[Any, T]], list[T], list[T]] = ([], [], [])
    for thing in things:
        value = lookup(thing, order.kind, order.key)
        if value is None:
            groups[2].append(thing)
        elif isinstance(value, float) and math.isnan(value):
            groups[1].append(thing)
        else:
            groups[0].append((value, thing))
    ranked = sorted(groups[0], key=operator.itemgetter(0), reverse=not order.ascending)
    return [thing for _, thing in ranked] + groups[1] + groups[2]


def cut_page(things: Sequence[T], limit: int, token: str | None) -> tuple[list[T], str | None]:
    """Return the page that `token` points to (None: the first) and the token of the next.

    Raises:
        InvalidInput: a token that this lab did not make.
    """
    start = _offset(token) if token else 0
    following = start + limit
    rest = following < len(things)
    return list(things[start:following]), _token(following) if rest else None


def _token(offset: int) -> str:
    return base64.urlsafe_b64encode(json.dumps({"offset": offset}).encode()).decode()


def _offset(token: str) -> int:
    try:
        body = json.loads(base64.urlsafe_b64decode(token.encode()))
        offset = body["offset"]
    except (ValueError, TypeError, KeyError) as exc:
        raise InvalidInput("Invalid page token: use the one of the page before.") from exc
    if not isinstance(offset, int) or not 0 < offset < 2**53:
        raise InvalidInput("Invalid page token: use the one of the page before.")
    return offset
