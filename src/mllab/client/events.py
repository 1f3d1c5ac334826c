"""Hears what changes in a lab, over connections that may break meanwhile."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from typing import NamedTuple

from mllab.client.http import Http
from mllab.errors import Unavailable
from mllab.model.changes import Change

_PAUSE_S = 1.0
_TRIES = 10


def read_events(http: Http, *, project: str | None, most_s: int | None) -> Generator[Change | None]:
    """Yield None once it listens, then what changes; None again when changes were missed.

    Whoever reads a thing after a None and again after each of its changes is up to date.

    Raises:
        Unavailable: the lab cannot be reached any more.
        NotSignedIn: the token has ended.
    """
    params = {"project": project, "most_s": most_s}
    given = {name: value for name, value in params.items() if value is not None}
    place, tries = "", 0
    while True:
        headers = {"Last-Event-ID": place} if place else {}
        try:
            with http.stream("GET", "/events", params=given, headers=headers) as response:
                for event in _events(response.iter_lines()):
                    if event.name == "change":
                        yield Change.model_validate_json(event.data)
                    elif event.name == "reset" or not place:
                        yield None
                    place, tries = event.id, 0
        except Unavailable:
            tries += 1
            if tries >= _TRIES:
                raise
        if most_s is not None:
            return
        time.sleep(_PAUSE_S)


class _Event(NamedTuple):
    id: str
    name: str
    data: str


def _events(lines: Iterator[str]) -> Iterator[_Event]:
    """Yield the events of a stream; comments are left out."""
    fields: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(": ")
        if line:
            fields[name] = value
        elif "event" in fields:
            yield _Event(fields.get("id", ""), fields["event"], fields.get("data", ""))
            fields = {}
