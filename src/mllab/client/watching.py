"""Waits for states and follows logs, over connections that may break meanwhile."""

from __future__ import annotations

import codecs
import math
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import TypeVar

from mllab.client.http import Http
from mllab.errors import Unavailable
from mllab.model.logs import LogLines, LogMatch, LogMatches
from mllab.model.usage import WorkloadUsage
from mllab.model.work import Service, Workspace

T = TypeVar("T")
Used = TypeVar("Used", Service, Workspace)

_HELD_S = 5.0
"""How long a lab holds an answer at most (seconds)."""

_FIRST_PAUSE_S = 0.1
_TRIES = 15
"""How often a lab that cannot be reached is asked: over 10 s, as it may be being started again."""

_ATTEMPTS = 3


def wait_until(look: Callable[[float], T], done: Callable[[T], bool], timeout_s: float | None) -> T:
    """Ask until `done`, None for ever; the lab holds its answers back for the seconds it is told.

    Raises:
        Unavailable: it is not so after `timeout_s` seconds.
    """
    end = math.inf if timeout_s is None else time.monotonic() + timeout_s
    while True:
        left_s = end - time.monotonic()
        held_s = max(0.0, min(_HELD_S, left_s))
        if done(found := _steadily(partial(look, held_s))):
            return found
        if left_s <= 0:
            raise Unavailable(f"It is not so after {timeout_s:g} s; it goes on in the lab.")


def wait_for_use(look: Callable[[float], Used], timeout_s: float | None) -> Used:
    """Ask until it is ready to be used, ended instead, or ended three times in a row.

    Raises:
        Unavailable: it is not so after `timeout_s` seconds.
    """
    first = look(0.0).status.attempt

    def knows(found: Used) -> bool:
        status = found.status
        in_vain = status.is_between_attempts and status.attempt >= first + _ATTEMPTS
        return status.state.is_settled or in_vain

    return wait_until(look, knows, timeout_s)


def _steadily(look: Callable[[], T]) -> T:
    """Look; again while the lab cannot be reached."""
    for tries in range(1, _TRIES):
        try:
            return look()
        except Unavailable:
            time.sleep(_FIRST_PAUSE_S * tries)
    return look()


def read_log(http: Http, path: str, *, follow: bool, offset: int = 0) -> Iterator[str]:
    """Yield a log's text from byte `offset` on; with `follow` until the workload ended.

    A connection that breaks while following is opened anew where it broke.

    Raises:
        Unavailable: the lab cannot be reached any more.
    """
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    tries = 0
    while True:
        try:
            params = {"follow": follow, "offset": offset}
            with http.stream("GET", path, params=params) as response:
                for chunk in response.iter_bytes():
                    tries = 0
                    offset += len(chunk)
                    yield decoder.decode(chunk)
            break
        except Unavailable:
            tries += 1
            if not follow or tries >= _TRIES:
                raise
            time.sleep(_FIRST_PAUSE_S * tries)
    if rest := decoder.decode(b"", final=True):
        yield rest


def read_lines(http: Http, path: str, lines: int, before: int | None) -> LogLines:
    """Return a log's last lines, or the lines before byte `before`."""
    params = {"lines": lines} | ({} if before is None else {"before": before})
    return LogLines.model_validate(http.json("GET", f"{path}/lines", params=params))


def search_log(http: Http, path: str, text: str) -> Iterator[LogMatch]:
    """Yield the lines of a log that hold `text`, in whatever case."""
    offset: int | None = 0
    while offset is not None:
        params = {"q": text, "offset": offset, "limit": 1000}
        page = LogMatches.model_validate(http.json("GET", f"{path}/search", params=params))
        yield from page.items
        offset = page.next_offset


def read_usage(http: Http, url: str) -> WorkloadUsage | None:
    """Return what a workload uses now, None when it does not run."""
    found = http.json("GET", f"{url}/usage")
    return None if found is None else WorkloadUsage.model_validate(found)
