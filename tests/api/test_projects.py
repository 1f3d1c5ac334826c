"""Projects: who creates, sees, changes and deletes them."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from people import PROJECT, Api, LiveLab, People

from mllab.core.lab import LabCore
from mllab.errors import Conflict, NotFound
from mllab.model.accounts import SYSTEM
from mllab.model.projects import NewProject, Project
from mllab.stores.documents.base import eq


async def test_a_creator_owns_the_project(api: Api) -> None:
    answer = await api("charlie").post("/api/projects", json={"name": "beta", "title": "B"})
    assert answer.status_code == 201
    project = Project.model_validate(answer.json())
    assert (project.role, project.created_by, project.title) == ("owner", "charlie", "B")
    assert (await api("charlie").get("/api/projects/beta")).json() == answer.json()


async def test_a_taken_name_is_a_conflict_even_for_its_owner(api: Api) -> None:
    for name in ("alice", "charlie"):
        answer = await api(name).post("/api/projects", json={"name": "alpha"})
        assert answer.status_code == 409
    assert (await api("charlie").get("/api/projects/alpha")).status_code == 404


async def test_of_many_who_want_a_name_one_gets_it(core: LabCore, people: People) -> None:
    new = NewProject(name="beta")
    made = await asyncio.gather(
        *[core.projects.create(people[name], new) for name in ("alice", "bob", "vera")],
        return_exceptions=True,
    )
    assert sorted(type(result).__name__ for result in made) == ["Conflict", "Conflict", "Project"]


async def test_a_half_made_project_is_completed_by_its_creator(
    core: LabCore, people: People
) -> None:
    await core.context.documents.delete_where("members", eq("project", "alpha"))
    with pytest.raises(Conflict):
        await core.projects.create(people["bob"], NewProject(name="alpha"))
    again = await core.projects.create(people["alice"], NewProject(name="alpha"))
    assert again.role == "owner"


@pytest.mark.parametrize("name", ["", "A", "a" * 41, "-a", "a-", "a/b", "..", "a\u0000", "ä"])
async def test_a_bad_name_makes_nothing(api: Api, name: str) -> None:
    answer = await api("alice").post("/api/projects", json={"name": name})
    assert answer.status_code == 422
    assert len((await api("alice").get("/api/projects")).json()["items"]) == 1


async def test_everybody_lists_their_own(api: Api) -> None:
    async def listed(who: str) -> list[tuple[str, str]]:
        answer = (await api(who).get("/api/projects")).json()
        return [(p["name"], p["role"]) for p in answer["items"]]

    assert await listed("vera") == [("alpha", "viewer")]
    assert await listed("charlie") == []
    assert await listed("dana") == []


async def test_lists_come_in_pages(api: Api) -> None:
    alice = api("alice")
    for n in range(4):
        await alice.post("/api/projects", json={"name": f"p{n}"})
    first = (await alice.get("/api/projects?limit=3")).json()
    rest = await alice.get("/api/projects", params={"cursor": first["next_cursor"]})
    names = [p["name"] for p in first["items"] + rest.json()["items"]]
    assert names == ["alpha", "p0", "p1", "p2", "p3"]


async def test_an_owner_changes_it(api: Api) -> None:
    change = {"title": "Alpha", "description": "two\nlines"}
    answer = await api("alice").patch("/api/projects/alpha", json=change)
    assert answer.json() | change == answer.json()
    assert (await api("alice").patch("/api/projects/alpha", json={"name": "x"})).status_code == 422


async def test_a_deleted_project_is_gone_for_all_until_its_name_is_free(
    api: Api, core: LabCore
) -> None:
    assert (await api("alice").delete("/api/projects/alpha")).status_code == 202
    for name in ("alice", "bob", "dana"):
        assert (await api(name).get("/api/projects/alpha")).status_code == 404
        assert (await api(name).delete("/api/projects/alpha")).status_code == 404
    assert (await api("alice").get("/api/projects")).json()["items"] == []
    assert (await api("alice").post("/api/projects", json={"name": "alpha"})).status_code == 409
    assert await core.projects.deleting() == ["alpha"]
    assert await core.projects.forget_project("alpha")
    assert await core.projects.deleting() == []
    assert (await api("bob").post("/api/projects", json={"name": "alpha"})).status_code == 201
    assert (await api("alice").get("/api/projects/alpha")).status_code == 404


async def test_the_lab_itself_may_read_a_project(core: LabCore, people: People) -> None:
    assert (await core.projects.get(SYSTEM, "alpha")).role is None
    with pytest.raises(NotFound):
        await core.projects.get(SYSTEM, "nothing")


def test_the_client_manages_projects(live: LiveLab) -> None:
    projects = live.client("charlie").projects
    assert projects.create("beta", title="B").title == "B"
    assert projects.update("beta", description="new").description == "new"
    assert [project.name for project in projects.list()] == ["beta"]
    projects.delete("beta")
    with pytest.raises(NotFound):
        projects.get("beta")


def test_the_client_and_the_command_line_show_overview_and_home(live: LiveLab, cli: Any) -> None:
    live.client("bob").project(PROJECT).datasets.upload("news.csv", b"a,b\n")
    found = live.client("vera").projects.overview(PROJECT)
    assert (found.storage_bytes, found.counts.members) == (4, 3)
    assert cli.json("project", "overview", PROJECT)["counts"]["datasets"] == 1
    assert cli.json("home")["recent"][0]["id"] == "news.csv"
    assert "uploaded" in cli("home").output
