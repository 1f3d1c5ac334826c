"""Keeps a few answers for a while, so that reading on in a long table costs little.

Only what may be somewhat old is taken from here: the pages after the first of a table, and
the catalogue of keys. Bounded by what the answers weigh together.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class _Entry(Generic[T]):
    value: T
    weight: int
    until: datetime


class Kept(Generic[T]):
    """Answers under the question that they answer; the longest unused go first."""

    def __init__(self, clock: Callable[[], datetime], most: int) -> None:
        self._clock = clock
        self._most = most
        self._entries: OrderedDict[Hashable, _Entry[T]] = OrderedDict()
        self._weight = 0

    def get(self, question: Hashable) -> T | None:
        """Return the answer if it is here and not too old."""
        entry = self._entries.get(question)
        if entry is None:
            return None
        if entry.until < self._clock():
            self._drop(question)
            return None
        self._entries.move_to_end(question)
        return entry.value

    def put(self, question: Hashable, value: T, *, weight: int, most_s: float) -> None:
        """Keep an answer for `most_s` seconds at most; one heavier than all allowed is not."""
        self._drop(question)
        if weight > self._most:
            return
        until = self._clock() + timedelta(seconds=most_s)
        self._entries[question] = _Entry(value, weight, until)
        self._weight += weight
        while self._weight > self._most:
            self._drop(next(iter(self._entries)))

    def _drop(self, question: Hashable) -> None:
        entry = self._entries.pop(question, None)
        self._weight -= entry.weight if entry else 0
