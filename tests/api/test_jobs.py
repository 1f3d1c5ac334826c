"""Jobs over the API: definitions, runs, logs, and what is refused."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from people import Api

from mllab.control.loop import Control
from mllab.core.lab import LabCore

JOBS = "/api/projects/alpha/jobs"
SPEC: dict[str, Any] = {"command": "python train.py", "environment": {"DUMMY_LOG": "läuft\n"}}


async def define(api: Api, name: str = "train", **spec: Any) -> dict[str, Any]:
    answer = await api("bob").post(JOBS, json={"name": name, "spec": SPEC | spec})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def start(api: Api, name: str = "train") -> dict[str, Any]:
    answer = await api("bob").post(f"{JOBS}/{name}/runs")
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def test_a_job_is_defined_changed_and_deleted(api: Api) -> None:
    job = await define(api)
    assert (job["created_by"], job["spec"]["retries"]) == ("bob", 0)
    assert (await api("vera").get(f"{JOBS}/train")).json() == job
    changed = await api("bob").put(f"{JOBS}/train", json={"command": "other"})
    assert changed.json()["spec"]["command"] == "other"
    assert changed.json()["created_at"] == job["created_at"]
    assert [each["name"] for each in (await api("vera").get(JOBS)).json()["items"]] == ["train"]
    assert (await api("bob").delete(f"{JOBS}/train")).status_code == 204
    assert (await api("bob").delete(f"{JOBS}/train")).status_code == 404
    assert (await api("bob").get(f"{JOBS}/train")).status_code == 404


async def test_a_taken_name_is_a_conflict(api: Api) -> None:
    await define(api)
    answer = await api("bob").post(JOBS, json={"name": "train", "spec": SPEC})
    assert (answer.status_code, answer.json()["error"]) == (409, "conflict")


async def test_runs_count_from_one_and_come_newest_first(api: Api) -> None:
    await define(api)
    numbers = {run["number"] for run in await asyncio.gather(*[start(api) for _ in range(8)])}
    assert numbers == set(range(1, 9))
    page = (await api("vera").get(f"{JOBS}/train/runs", params={"limit": 3})).json()
    assert [run["number"] for run in page["items"]] == [8, 7, 6]
    rest = {"limit": 10, "cursor": page["next_cursor"]}
    page = (await api("vera").get(f"{JOBS}/train/runs", params=rest)).json()
    assert [run["number"] for run in page["items"]] == [5, 4, 3, 2, 1]


async def test_a_job_shows_how_its_newest_run_stands(api: Api) -> None:
    await define(api)
    assert (await api("vera").get(f"{JOBS}/train")).json()["newest_run"] is None
    await start(api)
    await start(api)
    listed = (await api("vera").get(JOBS)).json()["items"][0]["newest_run"]
    assert (listed["number"], listed["status"]["state"]) == (2, "pending")
    await api("bob").delete(f"{JOBS}/train/runs/2")
    assert (await api("vera").get(f"{JOBS}/train")).json()["newest_run"]["number"] == 1
    await api("bob").delete(f"{JOBS}/train/runs/1")
    assert (await api("vera").get(JOBS)).json()["items"][0]["newest_run"] is None


async def test_a_run_keeps_the_spec_that_it_began_with(api: Api) -> None:
    await define(api)
    await start(api)
    await api("bob").put(f"{JOBS}/train", json={"command": "other"})
    run = (await api("vera").get(f"{JOBS}/train/runs/1")).json()
    assert run["spec"]["command"] == "python train.py"


async def test_a_log_is_text_from_any_byte_on(api: Api, core: LabCore) -> None:
    await define(api)
    await start(api)
    control = Control(core, takeover=True)
    for _ in range(4):
        await control.step()
    url = f"{JOBS}/train/runs/1/logs"
    answer = await api("vera").get(url)
    assert answer.text == "läuft\n"
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["x-content-type-options"] == "nosniff"
    answer = await api("vera").get(url, params={"offset": 3, "follow": True})
    assert (answer.text, answer.headers["x-lab-offset"]) == ("uft\n", "3")
    assert (await api("vera").get(url, params={"offset": -1})).status_code == 422


async def test_a_run_is_stopped_and_deleted(api: Api, core: LabCore) -> None:
    await define(api)
    await start(api)
    assert (await api("bob").post(f"{JOBS}/train/runs/1/stop")).status_code == 200
    assert (await api("bob").delete(f"{JOBS}/train/runs/1")).status_code == 204
    assert (await api("bob").get(f"{JOBS}/train/runs/1")).status_code == 404
    await Control(core, takeover=True).step()
    assert await core.context.documents.count("workloads") == 0
    assert (await start(api))["number"] == 2


async def test_a_run_that_was_not_accepted_whole_says_so(api: Api, core: LabCore) -> None:
    await define(api)
    run = await start(api)
    await core.context.documents.delete("workloads", run["status"]["workload"])
    status = (await api("bob").get(f"{JOBS}/train/runs/1")).json()["status"]
    assert status["state"] == "failed"
    assert "never started" in status["reason"]


@pytest.mark.parametrize(
    "spec",
    [
        {"command": ""},
        {"command": "a\x00b"},
        {"command": "x", "requirements": ["-r other.txt"]},
        {"command": "x", "requirements": [""]},
        {"command": "x", "code": {"kind": "git", "url": "git+https://-x/y"}},
        {"command": "x", "code": {"kind": "dataset", "key": "../x"}},
        {"command": "x", "image": "python:3.11"},
        {"command": "x", "limits": {"gpus": 1}},
        {"command": "x", "environment": {"A=B": "x"}},
        {"command": "x", "environment": {"A": "\x00"}},
        {"command": "x", "timeout_s": 0},
        {"command": "x", "retries": -1},
        {"command": "x", "unknown": 1},
    ],
)
async def test_what_can_never_run_is_refused(api: Api, spec: dict[str, Any]) -> None:
    answer = await api("bob").post(JOBS, json={"name": "bad", "spec": spec})
    assert (answer.status_code, answer.json()["error"]) == (422, "invalid_input")
    await define(api)
    assert (await api("bob").put(f"{JOBS}/train", json=spec)).status_code == 422
    assert (await api("vera").get(f"{JOBS}/train")).json()["spec"]["command"] == "python train.py"


async def test_code_and_data_that_are_there_are_taken(api: Api) -> None:
    await api("bob").put("/api/projects/alpha/datasets/x.csv", content=b"1")
    headers = {"X-Lab-File-Name": "a.py"}
    code = await api("bob").post("/api/projects/alpha/code", content=b"1", headers=headers)
    await define(api, code={"kind": "upload", "id": code.json()["id"]})
    await define(api, "data", code={"kind": "dataset", "key": "x.csv", "version": 1})
    gone = {"command": "x", "code": {"kind": "dataset", "key": "x.csv", "version": 2}}
    answer = await api("bob").post(JOBS, json={"name": "gone", "spec": gone})
    assert answer.status_code == 404


@pytest.mark.parametrize("number", ["0", "-1", "x", "99999999999"])
async def test_a_number_that_is_none(api: Api, number: str) -> None:
    await define(api)
    assert (await api("bob").get(f"{JOBS}/train/runs/{number}")).status_code == 422
    assert (await api("bob").get(f"{JOBS}/train/runs/7")).status_code == 404
