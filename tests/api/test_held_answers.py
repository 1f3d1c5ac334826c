"""Answers about job runs, services and workspaces that are held until the state is known."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import httpx
import pytest
from people import Api

from mllab.control.loop import Control
from mllab.model.workloads import WorkloadState

PROJECT = "/api/projects/alpha"
RUN = f"{PROJECT}/jobs/train/runs/1"
SERVICE = f"{PROJECT}/services/web"
WORKSPACE = "/api/workspaces/bob"

Begin = Callable[[Api], Awaitable[None]]


async def start_run(api: Api) -> None:
    new = {"name": "train", "spec": {"command": "python train.py"}}
    await api("bob").post(f"{PROJECT}/jobs", json=new)
    await api("bob").post(f"{PROJECT}/jobs/train/runs")


async def deploy(api: Api, **spec: Any) -> None:
    new = {"name": "web", "spec": {"command": "serve", **spec}}
    await api("bob").post(f"{PROJECT}/services", json=new)


async def start_workspace(api: Api) -> None:
    await api("bob").post(f"{WORKSPACE}/start")


EACH = pytest.mark.parametrize(
    ("url", "begin", "awaited"),
    [
        (RUN, start_run, WorkloadState.SUCCEEDED),
        (SERVICE, deploy, WorkloadState.RUNNING),
        (WORKSPACE, start_workspace, WorkloadState.RUNNING),
    ],
)


async def state(api: Api, url: str, wait_s: float = 0.0) -> str:
    answer = await api("bob").get(url, params={"wait_s": wait_s})
    return str(answer.json()["status"]["state"])


async def held(api: Api, url: str, name: str = "bob") -> asyncio.Task[httpx.Response]:
    """Ask to be told of a state to come; the lab holds the answer already."""
    asked = asyncio.create_task(api(name).get(url, params={"wait_s": 5}))
    while api.core.workloads._changes.get(await workload(api, url)) is None:
        pass
    return asked


async def workload(api: Api, url: str) -> str:
    return str((await api("bob").get(url)).json()["status"]["workload"])


async def move(api: Api, url: str, to: WorkloadState) -> None:
    """Write a state, as control does."""
    change = {"state": to}
    id = await workload(api, url)
    await api.core.workloads.change(id, lambda kept: kept.model_copy(update=change))


@EACH
async def test_an_answer_is_held_until_the_state_is_the_awaited_one(
    api: Api, url: str, begin: Begin, awaited: WorkloadState
) -> None:
    await begin(api)
    asked = await held(api, url)
    await move(api, url, WorkloadState.STARTING)
    while api.core.workloads._changes.get(await workload(api, url)) is None:
        pass  # it was told, looked, and waits on
    assert not asked.done()
    await move(api, url, awaited)
    assert (await asked).json()["status"]["state"] == awaited
    assert await state(api, url, wait_s=5) == awaited  # which comes at once


@EACH
async def test_an_answer_is_not_held_for_ever(
    api: Api, url: str, begin: Begin, awaited: WorkloadState
) -> None:
    await begin(api)
    assert await state(api, url, wait_s=0.01) == "pending"
    asked = await held(api, url)
    api.core.workloads.close()
    assert (await asked).json()["status"]["state"] == "pending"
    assert (await api("bob").get(url, params={"wait_s": 6})).status_code == 422


@EACH
async def test_a_wait_that_is_cancelled_leaves_nothing_behind(
    api: Api, url: str, begin: Begin, awaited: WorkloadState
) -> None:
    await begin(api)
    asked = await held(api, url)
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    assert api.core.workloads._changes.get(await workload(api, url)) is None


@pytest.mark.parametrize(("url", "begin"), [(RUN, start_run), (SERVICE, deploy)])
async def test_who_loses_their_place_while_waiting_hears_nothing(
    api: Api, url: str, begin: Begin
) -> None:
    await begin(api)
    asked = await held(api, url, "vera")
    await api("alice").delete(f"{PROJECT}/members/vera")
    await api("bob").post(f"{url}/stop")
    await Control(api.core, takeover=True).step()
    assert (await asked).status_code == 404


@pytest.mark.parametrize(
    ("url", "begin"),
    [
        (RUN, start_run),
        (SERVICE, partial(deploy, restart=False, environment={"DUMMY_RUN_S": "1"})),
    ],
)
async def test_an_answer_comes_when_control_saw_the_end(api: Api, url: str, begin: Begin) -> None:
    await begin(api)
    asked = await held(api, url)
    control = Control(api.core, takeover=True)
    while not asked.done():
        await control.step()
    assert asked.result().json()["status"]["state"] == "succeeded"


async def test_each_end_of_what_starts_again_is_told_once(api: Api) -> None:
    await deploy(api, environment={"DUMMY_RUN_S": "1", "DUMMY_EXIT_CODE": "3"})
    control = Control(api.core, takeover=True)
    asked = await held(api, SERVICE)
    while not asked.done():
        await control.step()
    status = asked.result().json()["status"]
    assert (status["state"], status["attempt"], status["exit_code"]) == ("pending", 1, 3)
    assert await state(api, SERVICE, wait_s=0.01) == "pending"
    asked = await held(api, SERVICE)  # which is not answered at once: this end is known
    await api("bob").post(f"{SERVICE}/stop")
    await control.step()
    assert (await asked).json()["status"]["state"] == "stopped"


async def test_what_nobody_started_or_is_gone_is_not_waited_for(api: Api) -> None:
    assert await state(api, WORKSPACE, wait_s=5) == "stopped"
    await deploy(api)
    asked = await held(api, SERVICE)
    await api("bob").delete(SERVICE)
    await Control(api.core, takeover=True).step()
    assert (await asked).status_code == 404
