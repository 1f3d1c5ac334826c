"""Search by name: what one may see, the best first, and nothing else."""

from __future__ import annotations

import pytest
from people import PROJECT, Api, People

from mllab.core.lab import LabCore
from mllab.model.finding import Noun
from mllab.model.projects import NewProject
from mllab.model.work import NewService, ServiceSpec


async def names(core: LabCore, people: People, who: str, text: str, limit: int = 20) -> list[str]:
    found = await core.finder.find(people[who], text, limit)
    return [f"{hit.noun}:{hit.project or ''}:{hit.name}" for hit in found.items]


@pytest.fixture
async def services(core: LabCore, people: People) -> None:
    spec = ServiceSpec(command="sleep 1")
    for name in ("churn", "old-churn", "churning", "prechurn", "other"):
        await core.services.create(people["alice"], PROJECT, NewService(name=name, spec=spec))


@pytest.mark.usefixtures("services")
async def test_the_best_comes_first(core: LabCore, people: People) -> None:
    assert await names(core, people, "vera", " Churn ") == [
        f"service:alpha:{name}" for name in ("churn", "churning", "old-churn", "prechurn")
    ]
    assert len(await names(core, people, "vera", "churn", limit=2)) == 2


@pytest.mark.usefixtures("services")
@pytest.mark.parametrize("text", ["churn", "alpha", "alice"])
async def test_strangers_find_nothing(core: LabCore, people: People, text: str) -> None:
    assert await names(core, people, "charlie", text) == []


async def test_admins_find_every_project_and_user(core: LabCore, people: People) -> None:
    await core.projects.create(people["charlie"], NewProject(name="secret-plans"))
    assert await names(core, people, "dana", "plans") == ["project::secret-plans"]
    assert await names(core, people, "dana", "alice") == ["user::alice"]
    assert await names(core, people, "alice", "alice") == []


@pytest.mark.parametrize("text", ["", "   ", "(", "a.*", "\\", "%"])
async def test_any_text_is_only_text(core: LabCore, people: People, text: str) -> None:
    assert await names(core, people, "dana", text) == []


async def test_each_noun_is_found(api: Api) -> None:
    url, job = "/api/projects/alpha", {"command": "true"}
    for kind in ("datasets", "models"):
        await api("bob").put(f"{url}/{kind}/alpha.csv", content=b"1")
    for kind in ("jobs", "services"):
        await api("bob").post(f"{url}/{kind}", json={"name": "alpha", "spec": job})
    for kind in ("experiments", "registered-models"):
        await api("bob").post(f"{url}/mlflow/api/2.0/mlflow/{kind}/create", json={"name": "alpha"})
    found = (await api("vera").get("/api/search", params={"q": "alpha"})).json()["items"]
    assert {hit["noun"] for hit in found} == {*Noun} - {Noun.USER}


async def test_experiments_are_found_by_name_and_lead_to_their_id(
    core: LabCore, people: People
) -> None:
    made = await core.tracking.experiments.create(people["alice"], PROJECT, "churn study")
    gone = await core.tracking.experiments.create(people["alice"], PROJECT, "churn of old")
    await core.tracking.experiments.delete(people["alice"], PROJECT, gone.id)
    (hit,) = (await core.finder.find(people["vera"], "churn", 20)).items
    assert (hit.noun, hit.project, hit.id, hit.name) == (
        Noun.EXPERIMENT,
        PROJECT,
        made.id,
        "churn study",
    )
