"""The lab's own REST, Python client and command line over experiments and models."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import httpx
import pytest
from people import PROJECT, Api, LiveLab, People

from mllab.core.lab import LabCore
from mllab.core.registry.versions import NewVersion
from mllab.core.tracking.logged_models import NewModel
from mllab.errors import Conflict, InvalidInput, NotFound
from mllab.model.tracking import Metric, Run, RunBatch

AT = f"/api/projects/{PROJECT}"


async def chunks(data: bytes) -> Any:
    yield data


async def trained(core: LabCore, people: People, experiment: str = "news") -> Run:
    """One run with a metric of 1,500 points, a file and a registered model `topics`."""
    bob, tracking = people["bob"], core.tracking
    made = await tracking.experiments.create(bob, PROJECT, experiment)
    run = await tracking.runs.create(bob, PROJECT, made.id, name="first", started_ms=1000)
    for part in range(2):
        points = [
            Metric(key="loss", value=1 / (n + 1), timestamp_ms=n, step=n)
            for n in range(part * 750, part * 750 + 750)
        ]
        await tracking.runs.log(bob, PROJECT, run.id, RunBatch(metrics=points))
    odd = Metric(key="odd", value=math.nan, timestamp_ms=1)
    batch = RunBatch(metrics=[odd], params=[("lr", "0.1")], tags=[("a.b", "c")])
    await tracking.runs.log(bob, PROJECT, run.id, batch)
    place = f"{made.id}/{run.id}/artifacts/model/requirements.txt"
    await tracking.artifacts.write(bob, PROJECT, place, chunks(b"numpy"))
    await core.registry.models.create(bob, PROJECT, "topics")
    source = f"runs:/{run.id}/model"
    await core.registry.versions.create(bob, PROJECT, NewVersion("topics", source))
    return await tracking.runs.get(bob, PROJECT, run.id)


async def get(http: httpx.AsyncClient, path: str, **params: Any) -> Any:
    answer = await http.get(f"{AT}{path}", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_experiments_and_runs_are_listed(core: LabCore, people: People, api: Api) -> None:
    run = await trained(core, people)
    async with api("vera") as http:
        listed = await get(http, "/experiments")
        assert [one["name"] for one in listed["items"]] == ["news", "Default"]
        runs = f"/experiments/{run.experiment_id}/runs"
        (found,) = (await get(http, runs, filter="metrics.loss < 1", order_by="start_time"))[
            "items"
        ]
        assert (found["id"], found["params"], found["tags"]["a.b"]) == (run.id, {"lr": "0.1"}, "c")
        assert found["started_at"] == "1970-01-01T00:00:01.000000Z"
        assert found["metrics"]["odd"]["value"] == "NaN"
        assert (await get(http, runs, filter="metrics.loss > 1"))["items"] == []
        assert (await http.get(f"{AT}/experiments/77/runs")).status_code == 404


async def test_points_come_in_pages_or_as_a_sample(core: LabCore, people: People, api: Api) -> None:
    run = await trained(core, people)
    async with api("vera") as http:
        path = f"/runs/{run.id}/metrics/loss"
        first = await get(http, path)
        second = await get(http, path, cursor=first["next_cursor"])
        assert [len(first["items"]), len(second["items"])] == [1000, 500]
        assert second["next_cursor"] is None
        sample = (await get(http, path, sample=10))["items"]
        assert (len(sample), sample[0]["step"], sample[-1]["step"]) == (10, 0, 1499)


async def test_artifacts_are_listed_and_downloaded(core: LabCore, people: People, api: Api) -> None:
    run = await trained(core, people)
    async with api("vera") as http:
        (folder,) = (await get(http, f"/runs/{run.id}/artifacts"))["items"]
        assert folder == {"path": "model", "is_folder": True, "size_bytes": None}
        for base in (f"/runs/{run.id}/artifacts/model", "/registry/topics/versions/1/artifacts"):
            answer = await http.get(f"{AT}{base}/requirements.txt")
            assert answer.content == b"numpy"
            assert answer.headers["content-disposition"].startswith("attachment")
        answer = await http.get(f"{AT}/runs/{run.id}/artifacts", params={"path": "../.."})
        assert answer.status_code == 422


async def test_an_outsider_sees_no_run(core: LabCore, people: People, api: Api) -> None:
    run = await trained(core, people)
    async with api("charlie") as http:
        for path in ("/experiments", f"/runs/{run.id}", "/registry", "/registry/topics"):
            assert (await http.get(f"{AT}{path}")).status_code == 404


async def test_models_and_versions_are_described(core: LabCore, people: People, api: Api) -> None:
    await trained(core, people)
    async with api("bob") as http:
        for path in (f"{AT}/registry/topics", f"{AT}/registry/topics/versions/1"):
            body = {"description": "# Topics", "tags": {"a.b": "c", "gone": None}}
            found = (await http.patch(path, json=body)).json()
            assert (found["description"], found["tags"]) == ("# Topics", {"a.b": "c"})
            found = (await http.patch(path, json={"tags": {"a.b": None}})).json()
            assert (found["description"], found["tags"]) == ("# Topics", {})
            assert (await http.patch(path, json={"tags": {"": "x"}})).status_code == 422
        assert (await http.patch(f"{AT}/registry/none", json={})).status_code == 404
    async with api("vera") as http:
        assert (await http.patch(f"{AT}/registry/topics", json={})).status_code == 403


async def test_a_viewer_changes_nothing(core: LabCore, people: People, api: Api) -> None:
    run = await trained(core, people)
    async with api("vera") as http:
        for path in (f"/experiments/{run.experiment_id}", f"/runs/{run.id}", "/registry/topics"):
            assert (await http.delete(f"{AT}{path}")).status_code == 403


def test_the_client_reads_and_tidies_up(live: LiveLab, tmp_path: Path) -> None:
    run = live.call(trained(live.core, live.people))
    project = live.client("bob").project(PROJECT)
    experiments = project.experiments
    assert experiments.get("news").id == run.experiment_id
    found = experiments.runs("news", "metrics.loss < 1", ["metrics.loss DESC"], limit=1)
    assert [one.id for one in found] == [run.id]
    assert math.isnan(experiments.run(run.id).metrics["odd"].value)
    assert len(experiments.metric(run.id, "loss")) == 1500
    artifacts = experiments.artifacts(run.id)
    (file,) = artifacts.walk()
    assert artifacts.download(file, tmp_path / "deep" / "file").read_bytes() == b"numpy"
    assert artifacts.preview(file, rows=1).text == "numpy"
    experiments.delete_run(run.id)
    assert experiments.runs("news") == []
    experiments.delete("news")
    with pytest.raises(Conflict):
        experiments.create("news")
    assert experiments.restore(run.experiment_id).name == "news"


def test_the_client_reads_the_registry(live: LiveLab) -> None:
    live.call(trained(live.core, live.people))
    registry = live.client("bob").project(PROJECT).registry
    assert registry.set_alias("topics", "champion", 1).aliases == {"champion": "1"}
    assert registry.version("topics", 1).aliases == ["champion"]
    assert list(registry.artifacts("topics", 1).walk()) == ["requirements.txt"]
    assert registry.artifacts("topics", 1).preview("requirements.txt").text == "numpy"
    registry.delete_alias("topics", "champion")
    registry.delete_version("topics", 1)
    assert registry.versions("topics") == []
    registry.delete("topics")
    with pytest.raises(NotFound):
        registry.get("topics")


def test_the_command_line_shows_experiments(cli: Any, tmp_path: Path) -> None:
    run = cli.live.call(trained(cli.live.core, cli.live.people))
    ask = ("-p", PROJECT)
    assert [e["name"] for e in cli.json("experiment", "list", *ask)] == ["news", "Default"]
    assert cli.json("experiment", "get", "news", *ask)["id"] == run.experiment_id
    found = cli.json("experiment", "runs", "news", "--filter", "metrics.loss < 1", *ask)
    assert [one["id"] for one in found] == [run.id]
    assert cli.json("experiment", "run", run.id, *ask)["params"] == {"lr": "0.1"}
    assert len(cli.json("experiment", "metric", run.id, "loss", *ask)) == 1500
    assert cli.json("experiment", "artifacts", run.id, *ask)[0]["path"] == "model"
    cli.json("experiment", "artifacts", run.id, "--download", str(tmp_path / "down"), *ask)
    assert (tmp_path / "down/model/requirements.txt").read_bytes() == b"numpy"
    shown = ("experiment", "preview", run.id, "model/requirements.txt", *ask)
    assert cli.json(*shown)["text"] == "numpy"
    assert "numpy" in cli(*shown).output


def test_the_command_line_shows_models(cli: Any) -> None:
    cli.live.call(trained(cli.live.core, cli.live.people))
    ask = ("-p", PROJECT)
    assert cli.json("experiment", "alias", "topics", "champion", "1", *ask)["aliases"]
    assert cli.json("experiment", "models", *ask)[0]["name"] == "topics"
    assert cli.json("experiment", "model", "topics", *ask)["aliases"] == {"champion": "1"}
    assert "champion" in cli("experiment", "model", "topics", *ask).output


def test_the_command_line_edits_models(cli: Any) -> None:
    cli.live.call(trained(cli.live.core, cli.live.people))
    edit, ask = ("experiment", "edit-model", "topics"), ("-p", PROJECT)
    model = cli.json(*edit, "--description", "By topic.", "--tag", "team=news", *ask)
    assert (model["description"], model["tags"]) == ("By topic.", {"team": "news"})
    assert cli.json(*edit, "--tag", "team", *ask)["tags"] == {}
    version = cli.json(*edit, "--version", "1", "--description", "First.", "--tag", "a=b", *ask)
    assert (version["version"], version["description"]) == ("1", "First.")
    assert cli.json(*edit, "--version", "1", "--description", "", *ask)["tags"] == {"a": "b"}
    assert cli.json("experiment", "model-uses", "topics", *ask) == []


def test_the_command_line_makes_and_removes_experiments(cli: Any) -> None:
    ask = ("-p", PROJECT)
    made = cli.json("experiment", "create", "fresh", *ask)
    assert "restore" in cli("experiment", "delete", "fresh", *ask).output
    assert "fresh" in cli("experiment", "restore", made["id"], *ask).output


async def test_a_forgotten_project_leaves_nothing(core: LabCore, people: People) -> None:
    run = await trained(core, people)
    new = NewModel(run.experiment_id, source_run_id=run.id)
    await core.tracking.models.create(people["bob"], PROJECT, new)
    for part in (core.tracking, core.registry, core.tracking, core.registry):
        assert await part.forget_project(PROJECT)
    documents = core.context.documents
    for collection in ("experiments", "runs", "metrics", "logged_models", "names"):
        assert not (await documents.find(collection)).documents
    for collection in ("registered_models", "model_versions"):
        assert not (await documents.find(collection)).documents
    assert [stat async for stat in core.context.files.list(f"{PROJECT}/artifacts")] == []


async def test_a_name_whose_taker_died_is_given_to_the_next(core: LabCore, people: People) -> None:
    experiments = core.tracking.experiments
    made = await experiments.create(people["bob"], PROJECT, "lost")
    await core.context.documents.delete("experiments", f"{PROJECT}/{made.id}")
    again = await experiments.create(people["bob"], PROJECT, "lost")
    assert (await experiments.get_by_name(people["bob"], PROJECT, "lost")) == again
    with pytest.raises(Conflict):
        await experiments.create(people["bob"], PROJECT, "lost")


async def test_requirements_that_are_no_text_are_refused(core: LabCore, people: People) -> None:
    run = await trained(core, people)
    place = f"{run.experiment_id}/{run.id}/artifacts/model/requirements.txt"
    await core.tracking.artifacts.write(people["bob"], PROJECT, place, chunks(b"\xff\xfe"))
    with pytest.raises(InvalidInput):
        await core.registry.requirements(PROJECT, "topics", "1")
