"""Waiting ends when it is in vain."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from mllab.client.http import Http
from mllab.client.services import Services
from mllab.client.workspaces import Workspace
from mllab.errors import BackendFailed

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
