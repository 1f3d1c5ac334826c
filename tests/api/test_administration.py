"""What admins see of the whole lab."""

from __future__ import annotations

from typing import Any

import pytest
from people import PROJECT, Api, LiveLab, People

from mllab.core.administration import WorkloadQuestion
from mllab.core.lab import LabCore
from mllab.errors import NotAllowed
from mllab.model.administration import Source
from mllab.model.projects import NewProject, Role
from mllab.model.work import NewService, ServiceSpec
from mllab.model.workloads import WorkloadState


async def test_every_workload_is_listed_with_its_owner(core: LabCore, people: People) -> None:
    spec = ServiceSpec(command="sleep 1")
    await core.services.create(people["alice"], PROJECT, NewService(name="churn", spec=spec))
    asked = WorkloadQuestion(project=PROJECT)
    page = await core.administration.workloads(people["dana"], asked, limit=10, cursor=None)
    (entry,) = page.items
    assert (entry.name, entry.user, entry.kind) == ("churn", "alice", "service")
    other = WorkloadQuestion(project=PROJECT, state=WorkloadState.FAILED)
    page = await core.administration.workloads(people["dana"], other, limit=10, cursor=None)
    assert page.items == []


async def test_every_project_is_listed_with_owners_and_what_it_holds(
    api: Api, core: LabCore, people: People
) -> None:
    await core.projects.create(people["charlie"], NewProject(name="beta", title="Customer churn"))
    await core.members.put(people["charlie"], "beta", "bob", Role.OWNER)
    await api("bob").put("/api/projects/alpha/datasets/a.csv", content=b"12345")
    await api("bob").put("/api/projects/alpha/datasets/a.csv", content=b"123")
    found = (await api("dana").get("/api/admin/projects")).json()["items"]
    assert [(each["project"]["name"], each["owners"]) for each in found] == [
        ("alpha", ["alice"]),
        ("beta", ["bob", "charlie"]),
    ]
    assert [each["storage_bytes"] for each in found] == [8, 0]
    assert (found[0]["counts"]["members"], found[0]["counts"]["datasets"]) == (3, 1)


@pytest.mark.parametrize(("q", "found"), [("BET", "beta"), ("churn", "beta"), ("alp", "alpha")])
async def test_projects_are_found_by_name_and_title(
    core: LabCore, people: People, q: str, found: str
) -> None:
    await core.projects.create(people["charlie"], NewProject(name="beta", title="Customer churn"))
    page = await core.administration.projects(people["dana"], q=q, limit=10, cursor=None)
    assert [each.project.name for each in page.items] == [found]


async def test_projects_come_in_pages(core: LabCore, people: People) -> None:
    for name in ("beta", "gamma"):
        await core.projects.create(people["alice"], NewProject(name=name))
    names: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = await core.administration.projects(people["dana"], limit=2, cursor=cursor or None)
        names += [each.project.name for each in page.items]
        cursor = page.next_cursor
    assert names == ["alpha", "beta", "gamma"]


async def test_a_project_that_is_being_deleted_is_listed_until_it_is_gone(
    core: LabCore, people: People
) -> None:
    await core.projects.delete(people["alice"], PROJECT)
    dana = people["dana"]
    (entry,) = (await core.administration.projects(dana, limit=10, cursor=None)).items
    assert entry.project.state == "deleting"


def test_the_client_and_the_command_line_list_projects(live: LiveLab, cli: Any) -> None:
    (entry,) = live.client("dana").admin.projects("alp")
    assert (entry.project.name, entry.owners) == (PROJECT, ["alice"])
    assert "alice" in cli("admin", "projects", as_="dana").stdout
    assert cli.json("admin", "projects", "--search", "nothing", as_="dana") == []


@pytest.mark.parametrize("who", ["alice", "charlie"])
async def test_only_admins_look(core: LabCore, people: People, who: str) -> None:
    with pytest.raises(NotAllowed):
        await core.administration.settings(people[who])
    with pytest.raises(NotAllowed):
        await core.administration.projects(people[who], limit=1, cursor=None)
    with pytest.raises(NotAllowed):
        await core.administration.workloads(people[who], WorkloadQuestion(), limit=1, cursor=None)


async def test_settings_stand_with_their_source_and_without_secrets(
    core: LabCore, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAB_HOST", "127.0.0.1")
    found = {each.name: each for each in (await core.administration.settings(people["dana"])).items}
    assert found["LAB_PORT"].source is Source.DEFAULT
    assert found["LAB_DATA_ROOT"].source is Source.GIVEN
    assert found["LAB_PORT"].description.startswith("TCP port on which nginx listens")
    assert found["LAB_ADMIN_PASSWORD"].value in {"", "set"}
