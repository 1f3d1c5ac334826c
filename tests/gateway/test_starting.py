"""A workload that does not run: who starts it, and what everybody sees."""

from __future__ import annotations

from dataclasses import replace

import pytest
from gateway_room import ANN, Room

from mllab.core.workloads import Reach
from mllab.model.workloads import Status, WorkloadState

PATH = "/workspaces/ann/"


def _put(room: Room, state: WorkloadState, reason: str = "") -> None:
    room.core.workspaces["ann"] = Reach(Status(state=state, reason=reason), "ann", None)


async def test_first_visit_starts_the_workspace_and_says_so(room: Room) -> None:
    _put(room, WorkloadState.STOPPED)
    async with room.browser() as ann:
        answer = await ann.get(f"{PATH}lab")
    assert room.core.started == ["ann"]
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    assert "installing 12 packages" in answer.text
    assert '<noscript><meta http-equiv="refresh" content="2"></noscript>' in answer.text


@pytest.mark.parametrize(
    ("method", "accept"),
    [("GET", "*/*"), ("GET", "application/json"), ("POST", "text/html"), ("HEAD", "text/html")],
)
async def test_a_program_starts_nothing(room: Room, method: str, accept: str) -> None:
    _put(room, WorkloadState.STOPPED, "stopped by ann")
    async with room.browser(Accept=accept) as script:
        answer = await script.request(method, PATH)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    assert room.core.started == []


async def test_a_token_starts_nothing_and_gets_the_reason(room: Room) -> None:
    _put(room, WorkloadState.STOPPED, "idle for 2 hours")
    async with room.client(ANN) as ann:
        answer = await ann.get(PATH, headers={"Accept": "text/html"})
        wire = await ann.get(PATH)
    assert (answer.status_code, room.core.started) == (503, [])
    assert wire.json()["details"] == {"state": "stopped", "reason": "idle for 2 hours"}


async def test_somebody_elses_workspace_is_not_there(room: Room) -> None:
    _put(room, WorkloadState.STOPPED)
    async with room.browser("session-of-bob") as bob:
        assert (await bob.get(PATH)).status_code == 404
        assert (await bob.post(f"/_start{PATH}")).status_code == 404
        assert (await bob.get(f"/_start{PATH}")).status_code == 404
    assert room.core.started == []


async def test_failed_one_waits_for_the_button(room: Room) -> None:
    _put(room, WorkloadState.FAILED, "exit code 3: <b>no space</b>")
    room.core.log = b"".join(b"line %d\n" % n for n in range(100))
    async with room.browser() as ann:
        page = await ann.get(PATH)
        assert room.core.started == []
        assert "no space&lt;/b&gt;" in page.text
        assert "Start again" in page.text
        assert "line 80\nline 81" in page.text
        assert "line 79\n" not in page.text
        assert "refresh" not in page.text
        pressed = await ann.post(f"/_start{PATH}")
    assert (pressed.status_code, pressed.headers["Location"]) == (303, PATH)
    assert room.core.started == ["ann"]


async def test_the_button_of_another_sites_page_does_nothing(room: Room) -> None:
    _put(room, WorkloadState.FAILED)
    async with room.browser(Origin="http://evil.example") as ann:
        assert (await ann.post(f"/_start{PATH}")).status_code == 403
        assert (await ann.post(f"/_stop{PATH}")).status_code == 403
    assert room.core.started == []


async def test_page_asks_for_the_state_until_it_is_ready(room: Room) -> None:
    _put(room, WorkloadState.STARTING, "starting JupyterLab")
    async with room.browser() as ann:
        before = (await ann.get(f"/_start{PATH}")).json()
        assert before == {
            "ready": False,
            "state": "starting",
            "reason": "starting JupyterLab",
            "seconds": None,
        }
        await room.workspace()
        assert (await ann.get(f"/_start{PATH}")).json()["ready"] is True
        assert (await ann.get(PATH)).text == "ok"


async def test_ready_the_moment_it_is_and_gone_the_moment_it_is_not(room: Room) -> None:
    _put(room, WorkloadState.STARTING)
    async with room.client(ANN) as ann:
        assert (await ann.get(PATH)).status_code == 503
        upstream = await room.workspace()
        assert (await ann.get(PATH)).status_code == 200
        await upstream.close()
        _put(room, WorkloadState.STOPPED)
        assert (await ann.get(PATH)).status_code == 503


async def test_a_service_that_does_not_run_offers_to_start(room: Room) -> None:
    await room.service()
    running = room.core.services[("alpha", "svc", None)]
    stopped = replace(running, status=Status(state=WorkloadState.STOPPED), endpoint=None)
    room.core.services[("alpha", "svc", None)] = stopped
    async with room.browser() as ann:
        page = await ann.get("/projects/alpha/services/svc/")
    assert (page.status_code, "Service svc does not run" in page.text) == (503, True)
    assert 'action="/_start/projects/alpha/services/svc/"' in page.text
