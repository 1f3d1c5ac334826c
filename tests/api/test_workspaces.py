"""Workspaces over the API: one's own, an admin's view, and who may open one."""

from __future__ import annotations

import pytest
from people import Api, People

from mllab.control.loop import Control
from mllab.core.lab import LabCore
from mllab.errors import NotAllowed, NotFound

MINE = "/api/workspaces/bob"


async def test_a_workspace_is_there_before_its_first_visit(api: Api) -> None:
    answer = (await api("bob").get(MINE)).json()
    assert (answer["path"], answer["status"]["state"]) == ("/workspaces/bob/", "stopped")
    assert (await api("bob").post(f"{MINE}/stop")).json() == answer
    assert (await api("bob").get(f"{MINE}/logs")).text == ""


@pytest.mark.parametrize("verb", ["start", "restart", "reset"])
async def test_each_of_these_starts_it(api: Api, verb: str) -> None:
    answer = await api("bob").post(f"{MINE}/{verb}")
    assert (answer.status_code, answer.json()["status"]["state"]) == (200, "pending")


async def test_an_admin_sees_and_stops_it_but_does_not_open_it(
    api: Api, core: LabCore, people: People
) -> None:
    await api("bob").post(f"{MINE}/start")
    assert (await api("dana").get(MINE)).json()["status"]["state"] == "pending"
    assert (await api("dana").post(f"{MINE}/stop")).status_code == 200
    with pytest.raises(NotAllowed):
        await core.workspaces.reach(people["dana"], "bob")
    assert (await api("alice").get(MINE)).status_code == 404
    with pytest.raises(NotFound):
        await core.workspaces.reach(people["alice"], "bob")


async def test_nobody_has_no_workspace(api: Api) -> None:
    for verb in ("start", "stop", "restart", "reset"):
        assert (await api("dana").post(f"/api/workspaces/nobody/{verb}")).status_code == 404
    assert (await api("dana").get("/api/workspaces/nobody")).status_code == 404


async def test_its_user_reaches_it_under_its_own_path(
    api: Api, core: LabCore, people: People
) -> None:
    assert (await core.workspaces.reach(people["bob"], "bob")).status.state == "stopped"
    await api("bob").post(f"{MINE}/start")
    await Control(core, takeover=True).step()
    reach = await core.workspaces.reach(people["bob"], "bob")
    assert (reach.status.state, reach.owner, reach.endpoint, reach.stripped) == (
        "starting",
        "bob",
        None,
        "",
    )
