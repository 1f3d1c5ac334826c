"""Where datasets, model files and registered models are used, and what job runs logged."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from people import PROJECT, Api, People

from mllab.core.lab import LabCore
from mllab.core.registry.versions import NewVersion
from mllab.model.accounts import Scope, TokenKind
from mllab.model.projects import Role
from mllab.model.tracking import DatasetInput, Run, RunBatch
from mllab.model.work import JobRun, JobSpec, NewJob, NewService, ServiceModel, ServiceSpec
from mllab.model.workloads import DatasetCode, Status

AT = f"/api/projects/{PROJECT}"
NEWS = f"{AT}/datasets/news.csv"
CODE = DatasetCode(key="news.csv")


async def uses(api: Api, url: str = NEWS, **params: Any) -> list[dict[str, Any]]:
    answer = await api("vera").get(f"{url}/uses", params=params)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def short(api: Api, url: str = NEWS, **params: Any) -> list[tuple[Any, ...]]:
    return [(u["by"], u["how"], u["name"], u["version"]) for u in await uses(api, url, **params)]


@pytest.fixture
async def lab(core: LabCore, api: Api) -> LabCore:
    """A lab with two versions of `news.csv`."""
    for data in (b"one", b"two"):
        await api("bob").put(NEWS, content=data)
    return core


async def started(core: LabCore, people: People, code: DatasetCode | None = None) -> JobRun:
    spec = JobSpec(command="true", code=code)
    await core.jobs.create(people["bob"], PROJECT, NewJob(name="train", spec=spec))
    return await core.jobs.run(people["bob"], PROJECT, "train")


async def within(core: LabCore, api: Api, status: Status, project: str | None = PROJECT) -> Any:
    """Return a client with the token of a workload."""
    scope = Scope(project=project, role=Role.EDITOR if project else None, workload=status.workload)
    issued = await core.tokens.issue("bob", TokenKind.WORKLOAD, scope=scope)
    return api.bearing(issued.secret)


async def begun(core: LabCore, people: People, name: str = "first") -> Run:
    return await core.tracking.runs.create(people["bob"], PROJECT, "0", name=name)


async def log(core: LabCore, people: People, run: Run, source: object, kind: str) -> None:
    read = DatasetInput(name="x", digest="1", source_type=kind, source=json.dumps(source))
    await core.tracking.runs.log_uses(people["bob"], PROJECT, run.id, datasets=[read])


async def test_what_nobody_uses_has_no_uses(lab: LabCore, api: Api) -> None:
    assert await uses(api) == []
    assert (await api("vera").get(f"{AT}/datasets/other/uses")).status_code == 404
    assert (await api("vera").get(f"{NEWS}/uses", params={"version": 9})).status_code == 404
    assert (await api("charlie").get(f"{NEWS}/uses")).status_code == 404
    assert (await api("vera").get(f"{NEWS}/uses?cursor=9.x")).status_code == 422


async def test_a_download_by_a_job_run_is_a_use(lab: LabCore, people: People, api: Api) -> None:
    run = await started(lab, people)
    job = await within(lab, api, run.status)
    for _ in range(2):
        assert (await job.get(NEWS)).content == b"two"
    await job.get(f"{NEWS}?version=1")
    assert sorted(await short(api)) == [
        ("job-run", "read", "train", 1),
        ("job-run", "read", "train", 2),
    ]
    (use,) = await uses(api, version=2)
    assert (use["number"], use["user"], use["state"]) == (1, "bob", "pending")


async def test_a_person_who_downloads_is_no_use(lab: LabCore, api: Api) -> None:
    await api("bob").get(NEWS)
    assert await uses(api) == []


async def test_a_job_run_that_uploads_made_the_version(
    lab: LabCore, people: People, api: Api
) -> None:
    run = await started(lab, people)
    job = await within(lab, api, run.status)
    made = (await job.put(NEWS, content=b"three")).json()["version"]
    assert await short(api, version=made) == [("job-run", "made", "train", made)]
    await lab.jobs.delete_run(people["bob"], PROJECT, "train", 1)
    assert await short(api, version=made) == []


async def test_a_workspace_is_named_after_its_user(lab: LabCore, people: People, api: Api) -> None:
    workspace = await lab.workspaces.start(people["bob"], "bob")
    inside = await within(lab, api, workspace.status, None)
    await inside.get(NEWS)
    assert await short(api) == [("workspace", "read", "bob", 2)]


async def test_services_and_jobs_whose_code_it_is(lab: LabCore, people: People, api: Api) -> None:
    await started(lab, people, DatasetCode(key="news.csv", version=1))
    spec = ServiceSpec(command="true", code=CODE)
    await lab.services.create(people["bob"], PROJECT, NewService(name="web", spec=spec))
    assert await short(api) == [("service", "code", "web", None), ("job", "code", "train", 1)]
    assert [u[0] for u in await short(api, version=2)] == ["service"]
    await lab.jobs.delete(people["bob"], PROJECT, "train")
    assert [u[0] for u in await short(api)] == ["service"]


@pytest.mark.parametrize(
    ("kind", "source", "version"),
    [
        ("mllab", {"key": "datasets/news.csv", "version": 1}, 1),
        ("http", {"url": f"http://lab/x{NEWS}?version=1"}, 1),
        ("http", {"url": f"https://lab{NEWS}"}, 2),
        ("mllab", {"key": "models/news.csv", "version": 1}, None),
        ("mllab", {"key": "datasets/news.csv", "version": 7}, None),
        ("mllab", {"key": "datasets/../x", "version": 1}, None),
        ("mllab", {"key": ["odd"], "version": "1"}, None),
        ("http", {"url": "http://lab/api/projects/beta/datasets/news.csv"}, None),
        ("http", {"url": "http://[::1/api"}, None),
        ("local", {"uri": "news.csv"}, None),
        ("local", "no object", None),
    ],
)
async def test_what_a_run_says_it_read(
    lab: LabCore, people: People, api: Api, kind: str, source: object, version: int | None
) -> None:
    run = await begun(lab, people)
    await log(lab, people, run, source, kind)
    await log(lab, people, run, source, kind)
    expected = [] if version is None else [("run", "read", "first", version)]
    assert await short(api) == expected


async def test_a_run_comes_with_the_models_made_of_it(
    lab: LabCore, people: People, api: Api
) -> None:
    run = await begun(lab, people)
    await log(lab, people, run, {"key": "datasets/news.csv", "version": 2}, "mllab")
    await lab.registry.models.create(people["bob"], PROJECT, "topics")
    version = NewVersion("topics", f"runs:/{run.id}/model")
    await lab.registry.versions.create(people["bob"], PROJECT, version)
    (use,) = await uses(api)
    assert use["models"] == [{"name": "topics", "version": "1"}]
    assert (use["run_id"], use["experiment_id"], use["state"]) == (run.id, "0", "running")
    await lab.tracking.runs.delete(people["bob"], PROJECT, run.id)
    assert await uses(api) == []


async def test_what_a_run_says_it_made(lab: LabCore, people: People, api: Api) -> None:
    run = await begun(lab, people)
    await api("bob").put(f"{AT}/models/odd.v2", content=b"x")
    keys = ["datasets/news.csv.v2", "models/odd.v2", "nothing", 3]
    batch = RunBatch(tags=[("lab.outputs", json.dumps(keys)), ("other", "[")])
    await lab.tracking.runs.log(people["bob"], PROJECT, run.id, batch)
    assert await short(api) == [("run", "made", "first", 2)]
    assert await short(api, f"{AT}/models/odd.v2") == [("run", "made", "first", 1)]
    broken = RunBatch(tags=[("lab.outputs", "no list")])
    await lab.tracking.runs.log(people["bob"], PROJECT, run.id, broken)


async def test_pages_go_on_from_one_question_to_the_next(
    lab: LabCore, people: People, api: Api
) -> None:
    spec = ServiceSpec(command="true", code=CODE)
    for name in ("one", "two"):
        await lab.services.create(people["bob"], PROJECT, NewService(name=name, spec=spec))
    await started(lab, people, CODE)
    for name in ("a", "b"):
        run = await begun(lab, people, name)
        await log(lab, people, run, {"key": "datasets/news.csv", "version": 2}, "mllab")
    seen, cursor, http = [], None, api("vera")
    while True:
        page = await http.get(
            f"{NEWS}/uses", params={"limit": 1} | ({"cursor": cursor} if cursor else {})
        )
        seen += [each["name"] for each in page.json()["items"]]
        cursor = page.json()["next_cursor"]
        if cursor is None:
            break
    assert (seen[:3], sorted(seen[3:])) == (["one", "two", "train"], ["a", "b"])


async def test_a_job_run_lists_the_runs_that_it_logged(
    lab: LabCore, people: People, api: Api
) -> None:
    run = await started(lab, people)
    job = await within(lab, api, run.status)
    call = {"experiment_id": "0", "run_name": "from the job", "start_time": 1000}
    made = (await job.post(f"{AT}/mlflow/api/2.0/mlflow/runs/create", json=call)).json()
    id = made["run"]["info"]["run_id"]
    logged = (await api("vera").get(f"{AT}/jobs/train/runs/1/logged")).json()["items"]
    assert [(each["id"], each["name"]) for each in logged] == [(id, "from the job")]
    found = (await api("vera").get(f"{AT}/runs/{id}")).json()
    origin = {"workload": run.status.workload, "kind": "job", "name": "train", "number": 1}
    assert found["origin"] == origin
    assert (await api("vera").get(f"{AT}/jobs/train/runs/9/logged")).status_code == 404


async def test_a_run_of_a_person_has_no_origin(lab: LabCore, people: People) -> None:
    assert (await begun(lab, people)).origin is None


async def test_the_services_that_serve_a_registered_model(
    lab: LabCore, people: People, api: Api
) -> None:
    run, bob = await begun(lab, people), people["bob"]
    await lab.registry.models.create(bob, PROJECT, "topics")
    for _ in range(2):
        await lab.registry.versions.create(
            bob, PROJECT, NewVersion("topics", f"runs:/{run.id}/model")
        )
    await lab.registry.models.set_alias(bob, PROJECT, "topics", "champion", 1)
    for name, alias in (("by-alias", "champion"), ("newest", None)):
        spec = ServiceSpec(model=ServiceModel(name="topics", alias=alias))
        await lab.services.create(bob, PROJECT, NewService(name=name, spec=spec))
    found = await uses(api, f"{AT}/registry/topics")
    assert [(u["name"], u["version"], u["alias"]) for u in found] == [
        ("by-alias", 1, "champion"),
        ("newest", 2, None),
    ]
    assert {u["how"] for u in found} == {"serves"}
    assert (await api("vera").get(f"{AT}/registry/none/uses")).status_code == 404


async def test_a_deleted_project_leaves_no_notes(lab: LabCore, people: People, api: Api) -> None:
    run = await started(lab, people)
    job: httpx.AsyncClient = await within(lab, api, run.status)
    await job.get(NEWS)
    assert await lab.lineage.forget_project(PROJECT)
    assert await lab.context.documents.count("uses") == 0


async def test_a_key_that_ends_in_uses_is_refused(api: Api) -> None:
    assert (await api("bob").put(f"{NEWS}/uses", content=b"x")).status_code == 422
