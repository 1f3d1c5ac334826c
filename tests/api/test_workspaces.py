"""Workspaces over the API: one's own, an admin's view, and who may open one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from people import Api, LiveLab, People, open_core, settle

from mllab.control.loop import Control
from mllab.core.lab import LabCore
from mllab.errors import NotAllowed, NotFound
from mllab.runtimes.dummy import DummyRuntime

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


@pytest.fixture
async def containers(tmp_path: Path) -> AsyncIterator[Api]:
    """Callers of a lab whose runtime has images."""
    async with open_core(tmp_path, runtime=DummyRuntime(images=True)) as core:
        yield Api(core, (await settle(core)).tokens)


async def test_a_workspace_is_given_an_image_before_its_first_visit(containers: Api) -> None:
    found = (await containers("bob").put(MINE, json={"image": "team/tools:2"})).json()
    assert (found["spec"]["image"], found["status"]["state"]) == ("team/tools:2", "stopped")
    started = (await containers("bob").post(f"{MINE}/start")).json()
    assert (started["spec"]["image"], started["status"]["state"]) == ("team/tools:2", "pending")
    listed = (await containers("dana").get("/api/admin/workloads")).json()["items"]
    assert [each["image"] for each in listed] == ["team/tools:2"]


async def test_another_image_restarts_what_runs_and_the_same_does_not(containers: Api) -> None:
    await containers("bob").post(f"{MINE}/start")
    await Control(containers.core, takeover=True).step()
    assert (await containers("bob").put(MINE, json={})).json()["status"]["state"] == "starting"
    changed = (await containers("bob").put(MINE, json={"image": "team/tools:2"})).json()
    assert (changed["status"]["state"], changed["status"]["reason"]) == ("stopping", "restarting")
    back = (await containers("bob").put(MINE, json={"image": None})).json()
    assert back["spec"]["image"] is None


async def test_only_its_user_and_admins_choose_the_image(containers: Api) -> None:
    image = {"image": "team/tools:2"}
    assert (await containers("alice").put(MINE, json=image)).status_code == 404
    assert (await containers("dana").put(MINE, json=image)).status_code == 200
    assert (await containers("dana").put("/api/workspaces/nobody", json=image)).status_code == 404


async def test_a_runtime_without_images_refuses_one(api: Api) -> None:
    answer = await api("bob").put(MINE, json={"image": "team/tools:2"})
    assert (answer.status_code, "no images" in answer.json()["message"]) == (422, True)
    assert (await api("bob").get(MINE)).json()["spec"] == {"image": None}


def test_the_client_and_the_command_line_choose_the_lab_s_own(live: LiveLab, cli: Any) -> None:
    assert live.client("bob").workspace().update(image=None).status.state == "stopped"
    assert cli.json("workspace", "update", "--image", "", "--yes")["spec"] == {"image": None}
