"""Targets made of hostile pieces, against the real nginx: who got what."""

from __future__ import annotations

import random

import pytest
from gateway_room import ANN, Room

from mllab.core.workloads import Reach
from mllab.model.workloads import Status
from mllab.runtimes.base import Endpoint

PIECES = [
    *("/", "//", "..", ".", "/../", "%2e%2e", "..%2f", "%2F", "%5c", "\\", ";", "%00x", "%0a", "%"),
    *("?", "#", "&", "projects", "services", "workspaces", "alpha", "beta", "svc", "ann", "bob"),
    *("8080", "9090", "08080", "%61lpha", "ALPHA", "svc2", "_ask", "_gateway/ask", "api", "é", "*"),
    *("http://localhost", "@evil", ":80", "lab_token=x"),
]
PREFIXES = ["/projects/alpha/services/svc", "/projects/alpha/services/svc/8080"]
STARTS = [*PREFIXES, "/workspaces/ann", "/workspaces/bob", "/projects/beta", ""]


@pytest.mark.parametrize("room", ["", "/ml/lab"], indirect=True)
@pytest.mark.parametrize("seed", range(4))
async def test_only_what_was_decided_for_gets_anything(room: Room, seed: int) -> None:
    service, workspace, bobs = await room.service(), await room.workspace(), await room.upstream()
    room.core.workspaces["bob"] = Reach(Status(), "bob", Endpoint(bobs.address))
    chance = random.Random(seed)  # noqa: S311 - no secret is made of it
    starts = [*(room.base + start for start in STARTS), *STARTS, "/ml/../ml/lab", "/ml//lab"]
    for _ in range(80):
        sent = chance.choice(starts) + "".join(chance.choices(PIECES, k=chance.randint(0, 8)))
        before = service.connections, workspace.connections
        await room.raw(_request(sent))
        if service.connections > before[0]:
            assert sent in {f"{room.base}{prefix}{service.target}" for prefix in PREFIXES}
        if workspace.connections > before[1]:
            assert workspace.target == sent
    assert bobs.connections == 0
    assert service.connections > 0, "some of them are good"


def _request(target: str) -> bytes:
    lines = [f"GET {target or '/'} HTTP/1.1", "Host: localhost", "Connection: close"]
    return "\r\n".join([*lines, f"Authorization: Bearer {ANN}", "", ""]).encode("latin-1")
