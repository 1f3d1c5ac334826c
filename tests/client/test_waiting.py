"""Waiting ends when it is in vain."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from mllab.client.http import Http
from mllab.client.jobs import Jobs
from mllab.client.services import Services
from mllab.client.workspaces import Workspace
from mllab.errors import BackendFailed, Unavailable
from mllab.model.work import Service
from mllab.model.work import Workspace as Record

RESTARTING = {"state": "pending", "reason": "restarting in 1 s", "exit_code": 3}
SERVICE = {
    "project": "alpha",
    "name": "web",
    "spec": {"command": "exit 3"},
    "path": "/projects/alpha/services/web/",
    "created_by": "alice",
    "created_at": "2026-01-01T00:00:00.000000Z",
    "updated_by": "alice",
}
WORKSPACE = {"user": "alice", "path": "/workspaces/alice/"}
RUN = {
    "project": "alpha",
    "job": "train",
    "number": 1,
    "spec": {"command": "true"},
    "started_by": "alice",
    "created_at": "2026-01-01T00:00:00.000000Z",
}


def failing(body: dict[str, Any], attempts: Iterator[int]) -> Http:
    """Return a connection to a lab in which a workload ends again and again."""

    def answer(_: httpx.Request) -> httpx.Response:
        status = RESTARTING | {"attempt": next(attempts)}
        return httpx.Response(200, json=body | {"status": status})

    return Http("http://lab", "", transport=httpx.MockTransport(answer))


def test_a_service_that_keeps_ending_is_not_waited_for() -> None:
    http = failing(SERVICE, iter([4, 4, 7]))
    with pytest.raises(BackendFailed, match="restarting in 1 s"):
        Services(http, "alpha").wait("web")


def test_a_workspace_that_keeps_ending_is_not_waited_for() -> None:
    http = failing(WORKSPACE, iter([0, 0, 3]))
    with pytest.raises(BackendFailed, match="restarting in 1 s"):
        Workspace(http, "alice").wait()


class Restarted:
    """A lab that is away for its first callers, then holds an answer until the run is over."""

    def __init__(self, away: int) -> None:
        self.away = away
        self.held: list[str | None] = []
        self.http = Http("http://lab", "", transport=httpx.MockTransport(self.answer))

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.away -= 1
        if self.away >= 0:
            raise httpx.ConnectError("refused", request=request)
        self.held.append(request.url.params.get("wait_s"))
        state = "running" if len(self.held) == 1 else "succeeded"
        return httpx.Response(200, json=RUN | {"status": {"state": state}})


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Let no time pass; give the pauses that were asked for."""
    found: list[float] = []
    monkeypatch.setattr(time, "sleep", found.append)
    return found


def test_a_lab_that_is_started_again_is_waited_for(pauses: list[float]) -> None:
    lab = Restarted(away=3)
    assert Jobs(lab.http, "alpha").wait("train", 1).status.state == "succeeded"
    assert lab.held == ["5.0", "5.0"]
    assert len(pauses) == 3


@pytest.mark.parametrize(
    ("wait", "body"),
    [
        (lambda http: Services(http, "alpha").wait("web"), SERVICE),
        (lambda http: Workspace(http, "alice").wait(), WORKSPACE),
    ],
)
def test_the_lab_holds_its_answer_until_something_is_ready(
    pauses: list[float], wait: Callable[[Http], Service | Record], body: dict[str, Any]
) -> None:
    states, held = iter(["pending", "starting", "running"]), []

    def answer(request: httpx.Request) -> httpx.Response:
        held.append(request.url.params.get("wait_s"))
        return httpx.Response(200, json=body | {"status": {"state": next(states)}})

    http = Http("http://lab", "", transport=httpx.MockTransport(answer))
    assert wait(http).status.state == "running"
    assert (held, pauses) == ([None, "5.0", "5.0"], [])


def test_a_lab_that_stays_away_is_told_of(pauses: list[float]) -> None:
    lab = Restarted(away=10**6)
    with pytest.raises(Unavailable, match="does not answer"):
        Jobs(lab.http, "alpha").wait("train", 1)
    assert 8 < sum(pauses) < 15
