"""Calls that the Python client hides: older ones, the web page's, and races of writers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from people import PROJECT, Api, People

from mllab.core.lab import LabCore
from mllab.core.tracking.bodies import Changes, escape, unescape
from mllab.errors import Conflict, LabError, NotFound, Unavailable
from mllab.model.tracking import RunBatch
from mllab.stores.documents.base import Body

BASE = f"/api/projects/{PROJECT}/mlflow/api/2.0/mlflow"


@pytest.fixture
async def bob(api: Api) -> AsyncIterator[httpx.AsyncClient]:
    """An HTTP client of an editor, at the protocol's address."""
    async with api("bob") as http:
        http.base_url = httpx.URL(f"http://lab.test{BASE}/")
        yield http


async def answer(call: Any) -> Any:
    found = await call
    assert found.status_code == 200, found.text
    return found.json()


async def new_run(bob: httpx.AsyncClient, **more: Any) -> str:
    made = await answer(bob.post("runs/create", json={"experiment_id": "0", **more}))
    return str(made["run"]["info"]["run_id"])


async def test_points_of_several_runs_come_thinned_out(bob: httpx.AsyncClient) -> None:
    ids = [await new_run(bob) for _ in range(2)]
    for id in ids:
        points = [{"key": "m", "value": n, "timestamp": n, "step": n} for n in range(100)]
        await answer(bob.post("runs/log-batch", json={"run_id": id, "metrics": points}))
    ask: dict[str, Any] = {
        "run_ids": ids,
        "metric_key": "m",
        "max_results": 5,
        "start_step": 10,
        "end_step": 50,
    }
    found = await answer(bob.get("metrics/get-history-bulk-interval", params=ask))
    assert {one["run_id"] for one in found["metrics"]} == set(ids)
    assert [one["step"] for one in found["metrics"][:5]] == [10, 20, 30, 40, 50]
    backwards = await bob.get("metrics/get-history-bulk-interval", params=ask | {"start_step": 99})
    assert backwards.status_code == 400


async def test_history_comes_in_pages(bob: httpx.AsyncClient) -> None:
    id = await new_run(bob)
    points = [{"key": "m", "value": n, "timestamp": n} for n in range(5)]
    await answer(bob.post("runs/log-batch", json={"run_id": id, "metrics": points}))
    ask: dict[str, Any] = {"run_id": id, "metric_key": "m", "max_results": 3}
    first = await answer(bob.get("metrics/get-history", params=ask))
    ask["page_token"] = first["next_page_token"]
    rest = await answer(bob.get("metrics/get-history", params=ask))
    assert [m["value"] for m in first["metrics"] + rest["metrics"]] == [0, 1, 2, 3, 4]
    assert "next_page_token" not in rest


async def test_runs_are_found_by_the_data_that_they_read(bob: httpx.AsyncClient) -> None:
    id = await new_run(bob)
    await new_run(bob)
    context = {"key": "mlflow.data.context", "value": "train"}
    data = {"tags": [context], "dataset": {"name": "wine", "digest": "d1", "schema": "{}"}}
    for _ in range(2):
        await answer(bob.post("runs/log-inputs", json={"run_id": id, "datasets": [data]}))
    for filter in ("datasets.name = 'wine'", "dataset.context IN ('train')"):
        ask = {"experiment_ids": ["0"], "filter": filter}
        (found,) = (await answer(bob.post("runs/search", json=ask)))["runs"]
        assert found["inputs"]["dataset_inputs"] == [data]


async def test_older_clients_note_their_models_at_the_run(bob: httpx.AsyncClient) -> None:
    id = await new_run(bob)
    for name in ("first", "second"):
        ask = {"run_id": id, "model_json": json.dumps({"artifact_path": name})}
        await answer(bob.post("runs/log-model", json=ask))
    tags = (await answer(bob.get("runs/get", params={"run_id": id})))["run"]["data"]["tags"]
    (history,) = [t["value"] for t in tags if t["key"] == "mlflow.log-model.history"]
    assert [m["artifact_path"] for m in json.loads(history)] == ["first", "second"]


async def test_a_logged_model_takes_params_and_lists_its_files(bob: httpx.AsyncClient) -> None:
    made = await answer(bob.post("logged-models", json={"experiment_id": "0"}))
    info = made["model"]["info"]
    at = f"logged-models/{info['model_id']}"
    await answer(bob.post(f"{at}/params", json={"params": [{"key": "a.b", "value": "1"}]}))
    place = info["artifact_uri"].removeprefix("mlflow-artifacts:/")
    url = f"http://lab.test{BASE}-artifacts/artifacts/{place}/deep/MLmodel"
    await answer(bob.put(url, content=b"x"))
    ask = {"artifact_directory_path": "deep"}
    listed = await answer(bob.get(f"{at}/artifacts/directories", params=ask))
    assert listed["files"] == [{"path": "deep/MLmodel", "is_dir": False, "file_size": 1}]
    await answer(bob.delete(at))
    assert (await bob.get(at)).status_code == 404
    found = await answer(bob.get(at, params={"allow_deleted": "true"}))
    assert found["model"]["data"]["params"] == [{"key": "a.b", "value": "1"}]


async def test_a_runs_artifacts_are_listed_for_pages(bob: httpx.AsyncClient) -> None:
    id = await new_run(bob)
    url = f"http://lab.test{BASE}-artifacts/artifacts/0/{id}/artifacts/a/b.txt"
    await answer(bob.put(url, content=b"xy"))
    listed = await answer(bob.get("artifacts/list", params={"run_id": id, "path": "a"}))
    assert listed["files"] == [{"path": "a/b.txt", "is_dir": False, "file_size": 2}]


async def test_of_many_who_want_a_name_one_gets_it(core: LabCore, people: People) -> None:
    experiments = core.tracking.experiments
    made = await asyncio.gather(
        *[experiments.create(people["bob"], PROJECT, "wanted") for _ in range(8)],
        return_exceptions=True,
    )
    assert sorted(type(one).__name__ for one in made) == ["Conflict"] * 7 + ["Experiment"]


async def test_many_first_looks_make_one_default(core: LabCore, people: People) -> None:
    runs = core.tracking.runs
    made = await asyncio.gather(*[runs.create(people["bob"], PROJECT, "0") for _ in range(8)])
    assert {run.experiment_id for run in made} == {"0"}
    assert await core.context.documents.count("experiments") == 1


async def test_two_replicas_lose_no_batch(core: LabCore, people: People) -> None:
    """Two lab processes share nothing but the store: their locks do not help."""
    replicas = [core, LabCore(core.context, core.workloads.runtime)]
    run = await core.tracking.runs.create(people["bob"], PROJECT, "0")

    async def log(number: int) -> None:
        batch = RunBatch(params=[(f"p{number}", "v")])
        await replicas[number % 2].tracking.runs.log(people["bob"], PROJECT, run.id, batch)

    await asyncio.gather(*[log(number) for number in range(40)])
    found = await core.tracking.runs.get(people["bob"], PROJECT, run.id)
    assert len(found.params) == 40


async def test_a_change_gives_up_when_others_are_always_faster(core: LabCore) -> None:
    documents = core.context.documents
    await documents.put("runs", "alpha/r", {"n": 0})
    counted = 0

    def alter(body: Body) -> Body:
        nonlocal counted
        counted += 1
        return body | {"n": counted}

    class Hurried:
        """A store on which somebody else has always just written."""

        async def get(self, collection: str, id: str) -> Any:
            found = await documents.get(collection, id)
            await documents.put(collection, id, {"n": -1})
            return found

        put = documents.put

    changes: Any = Changes(Hurried())  # type: ignore[arg-type]
    with pytest.raises(Unavailable):
        await changes.apply("run", "runs", "alpha/r", alter)
    assert counted > 10


async def test_a_refused_change_writes_nothing(core: LabCore) -> None:
    await core.context.documents.put("runs", "alpha/r", {"n": 0})

    def refuse(body: Body) -> Body:
        raise Conflict("no")

    changes = Changes(core.context.documents)
    with pytest.raises(LabError):
        await changes.apply("run", "runs", "alpha/r", refuse)
    found = await core.context.documents.get("runs", "alpha/r")
    assert found
    assert (found.revision, found.body) == (1, {"n": 0})
    with pytest.raises(NotFound):
        await changes.apply("run", "runs", "alpha/none", refuse)


@pytest.mark.parametrize("key", ["a", "a.b", "$a", "a b/c:d", "ü.%2E", "%", '"quoted"', "a\x00"])
def test_keys_become_field_names_and_come_back(key: str) -> None:
    name = escape(key)
    assert "." not in name
    assert not name.startswith("$")
    assert unescape(name) == key
