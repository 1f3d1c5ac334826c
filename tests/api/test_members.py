"""Members: who adds and removes whom, and that an owner always stays."""

from __future__ import annotations

import asyncio

import pytest
from people import Api, LiveLab, People

from mllab.core.lab import LabCore
from mllab.errors import Conflict
from mllab.model.projects import Role

MEMBERS = "/api/projects/alpha/members"


async def roles(api: Api) -> dict[str, str]:
    items = (await api("dana").get(MEMBERS)).json()["items"]
    return {member["user"]: member["role"] for member in items}


async def test_an_owner_adds_changes_and_removes_members(api: Api) -> None:
    alice = api("alice")
    answer = await alice.put(f"{MEMBERS}/charlie", json={"role": "viewer"})
    assert (answer.status_code, answer.json()["added_by"]) == (200, "alice")
    await alice.put(f"{MEMBERS}/charlie", json={"role": "editor"})
    assert (await api("charlie").get("/api/projects/alpha")).json()["role"] == "editor"
    assert (await alice.delete(f"{MEMBERS}/charlie")).status_code == 204
    assert (await api("charlie").get("/api/projects/alpha")).status_code == 404
    assert (await alice.delete(f"{MEMBERS}/charlie")).status_code == 404


async def test_only_owners_learn_whether_a_user_exists(api: Api) -> None:
    body = {"role": "viewer"}
    assert (await api("alice").put(f"{MEMBERS}/nobody", json=body)).status_code == 404
    assert (await api("bob").put(f"{MEMBERS}/nobody", json=body)).status_code == 403
    assert (await api("charlie").put(f"{MEMBERS}/nobody", json=body)).status_code == 404


async def test_a_member_may_leave_but_not_remove_others(api: Api) -> None:
    assert (await api("vera").delete(f"{MEMBERS}/bob")).status_code == 403
    assert (await api("vera").delete(f"{MEMBERS}/vera")).status_code == 204
    assert await roles(api) == {"alice": "owner", "bob": "editor"}


async def test_the_last_owner_neither_leaves_nor_steps_down(api: Api) -> None:
    left = await api("alice").delete(f"{MEMBERS}/alice")
    stepped = await api("dana").put(f"{MEMBERS}/alice", json={"role": "viewer"})
    assert (left.status_code, stepped.status_code) == (409, 409)
    assert "last owner" in left.json()["message"]
    assert (await roles(api))["alice"] == "owner"


@pytest.mark.parametrize("how", ["remove", "demote"])
async def test_two_owners_cannot_end_each_other_at_once(
    core: LabCore, people: People, how: str
) -> None:
    await core.members.put(people["alice"], "alpha", "bob", Role.OWNER)

    async def end(by: str, user: str) -> None:
        if how == "remove":
            await core.members.remove(people[by], "alpha", user)
        else:
            await core.members.put(people[by], "alpha", user, Role.VIEWER)

    results = await asyncio.gather(end("alice", "bob"), end("bob", "alice"), return_exceptions=True)
    assert any(isinstance(result, Conflict) for result in results)
    found = await core.members.list(people["dana"], "alpha", limit=10, cursor=None)
    assert Role.OWNER in [member.role for member in found.items]


@pytest.mark.parametrize("body", [{"role": "god"}, {}, {"role": "owner", "x": 1}, [], None])
async def test_a_bad_role_changes_nothing(api: Api, body: object) -> None:
    assert (await api("alice").put(f"{MEMBERS}/bob", json=body)).status_code == 422
    assert (await roles(api))["bob"] == "editor"


def test_the_client_manages_members(live: LiveLab) -> None:
    members = live.client("alice").project("alpha").members
    assert members.put("charlie", "viewer").role is Role.VIEWER
    members.remove("charlie")
    assert [member.user for member in members.list()] == ["alice", "bob", "vera"]
