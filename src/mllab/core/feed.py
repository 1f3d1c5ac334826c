"""The changes of the whole lab in order: gathered for a moment, then told to all who listen.

Between lab processes a `Bus` carries them; one process needs none, so `LocalBus` hands
over at once. Whoever may see what is not known here.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from mllab.core.changes import Note
from mllab.model.changes import Change

GATHER_S = 0.25
"""How long changes are gathered, so that a thing that is written often is told of once."""

_KEPT = 512
"""How many changes are kept for readers who come back after a short break."""

Taker = Callable[[Sequence[Note]], None]


class Bus(Protocol):
    """Carries notes to every process of the lab, this one too, each once and in order."""

    def publish(self, notes: Sequence[Note]) -> None:
        """Send the notes; returns at once."""
        ...

    def subscribe(self, take: Taker) -> None:
        """Call `take` in this process's loop with what any process published."""
        ...


class LocalBus:
    """The bus of a lab that is one process."""

    def __init__(self) -> None:
        self._takers: list[Taker] = []

    def publish(self, notes: Sequence[Note]) -> None:
        """Hand the notes over."""
        for take in self._takers:
            take(notes)

    def subscribe(self, take: Taker) -> None:
        """Remember `take`."""
        self._takers.append(take)


@dataclass(frozen=True)
class Entry:
    """A change in its place in the order; `wire` is its server-sent event, encoded once."""

    number: int
    note: Note
    wire: bytes


Listener = Callable[[Entry], None]


class Feed:
    """Numbers what changed; a number means something in one life of one process only."""

    def __init__(self, bus: Bus | None = None, gather_s: float = GATHER_S) -> None:
        self._bus = bus or LocalBus()
        self._bus.subscribe(self._take)
        self._gather_s = gather_s
        self._life = secrets.token_hex(4)
        self._number = 0
        self._kept: deque[Entry] = deque(maxlen=_KEPT)
        self._gathered: dict[Note, None] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._listeners: dict[Listener, None] = {}
        self._editions: Counter[str | None] = Counter()

    def edition(self, project: str) -> int:
        """Return a number that is another one after each change in a project.

        For answers that are kept: one worked out at this edition still holds at it.
        """
        return self._editions[project]

    def tell(self, note: Note) -> None:
        """Gather one change. To be called in the loop."""
        self._editions[note.project] += 1
        if not self._gathered:
            self._timer = asyncio.get_running_loop().call_later(self._gather_s, self.flush)
        self._gathered[note] = None

    def flush(self) -> None:
        """Tell what was gathered now, not in a moment. Repeatable."""
        if self._timer is not None:
            self._timer.cancel()
        notes, self._gathered, self._timer = list(self._gathered), {}, None
        if notes:
            self._bus.publish(notes)

    @contextmanager
    def listening(self, listener: Listener) -> Iterator[None]:
        """Call `listener` with each change until the end of the block."""
        self._listeners[listener] = None
        try:
            yield
        finally:
            del self._listeners[listener]

    @property
    def here(self) -> str:
        """The place that the feed has come to, as the id of an event."""
        return self._place(self._number)

    def since(self, place: str) -> list[Entry] | None:
        """Return what came after `place`; None if that is not known (any more)."""
        life, _, number = place.partition("-")
        if life != self._life or not number.isdecimal():
            return None
        missed = self._number - int(number)
        if not 0 <= missed <= len(self._kept):
            return None
        return [entry for entry in self._kept if entry.number > int(number)]

    def _take(self, notes: Sequence[Note]) -> None:
        for note in notes:
            self._number += 1
            self._editions[note.project] += 1  # another process's write, or one of ours again
            change = Change(what=note.what, project=note.project, id=note.id)
            wire = server_sent("change", change.model_dump_json(), self.here)
            entry = Entry(self._number, note, wire)
            self._kept.append(entry)
            for listener in list(self._listeners):
                listener(entry)

    def _place(self, number: int) -> str:
        return f"{self._life}-{number}"


def server_sent(event: str, data: str, place: str) -> bytes:
    """Return one event as the HTML standard's `text/event-stream` has it; `data` is one line."""
    return f"id: {place}\nevent: {event}\ndata: {data}\n\n".encode()
