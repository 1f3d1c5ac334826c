"""User accounts: who manages them, what stays safe when they go."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from people import Api, LiveLab, People, password_of

from mllab.core.lab import LabCore
from mllab.errors import NotAllowed

NEW = {"name": "erin", "password": "a long password"}


async def test_an_admin_creates_users_and_their_passwords_stay_inside(api: Api) -> None:
    answer = await api("dana").post("/api/users", json=NEW | {"display_name": "Erin"})
    assert answer.status_code == 201
    assert set(answer.json()) == {"name", "display_name", "is_admin", "is_active", "created_at"}
    assert (await api("dana").post("/api/users", json=NEW)).status_code == 409
    listed = (await api("dana").get("/api/users?limit=2")).json()
    assert [u["name"] for u in listed["items"]] == ["alice", "bob"]
    assert listed["next_cursor"]


@pytest.mark.parametrize(
    ("q", "found"),
    [("AL", ["alice"]), ("li", ["alice", "charlie"]), ("berg", ["erin"]), ("nobody", [])],
)
async def test_users_are_found_by_a_part_of_either_name(api: Api, q: str, found: list[str]) -> None:
    dana = api("dana")
    await dana.post("/api/users", json=NEW | {"display_name": "Erin Nyberg"})
    names, cursor = [], ""
    while cursor is not None:
        page = (await dana.get("/api/users", params={"q": q, "limit": 1, "cursor": cursor})).json()
        names += [user["name"] for user in page["items"]]
        cursor = page["next_cursor"]
    assert names == found


async def test_a_cursor_of_another_question_is_refused(api: Api) -> None:
    answer = await api("dana").get("/api/users", params={"q": "a", "cursor": "%%%"})
    assert answer.status_code == 422


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "Erin"},
        {"name": "../x"},
        {"name": "x" * 41},
        {"name": "erin\n"},
        {"password": "short"},
        {"display_name": "a\u0007b"},
        {"unknown": 1},
    ],
)
async def test_what_makes_no_user_is_refused(api: Api, wrong: dict[str, object]) -> None:
    answer = await api("dana").post("/api/users", json=NEW | wrong)
    assert (answer.status_code, answer.json()["error"]) == (422, "invalid_input")
    assert "a long password" not in answer.text


async def test_one_sees_oneself_and_nobody_else(api: Api) -> None:
    assert (await api("bob").get("/api/users/bob")).status_code == 200
    others = await api("bob").get("/api/users/alice")
    nobody = await api("bob").get("/api/users/nobody")
    assert (others.status_code, nobody.status_code) == (404, 404)
    assert (await api("dana").get("/api/users/nobody")).status_code == 404


async def test_nobody_makes_themselves_an_admin(api: Api) -> None:
    for change in ({"is_admin": True}, {"is_active": True}):
        assert (await api("bob").patch("/api/users/bob", json=change)).status_code == 403
    answer = await api("bob").patch("/api/users/bob", json={"display_name": "B"})
    assert answer.json()["display_name"] == "B"


async def change_password(client: httpx.AsyncClient, name: str, **given: str) -> int:
    body = {"password": "quite another one"} | given
    return (await client.patch(f"/api/users/{name}", json=body)).status_code


async def test_ones_own_password_needs_the_current_one(api: Api) -> None:
    assert await change_password(api("bob"), "bob") == 422
    assert await change_password(api("bob"), "bob", current_password="wrong") == 422
    assert await change_password(api("bob"), "bob", current_password=password_of("bob")) == 200
    assert await change_password(api("dana"), "bob") == 200


async def test_guessing_the_current_password_is_limited(api: Api) -> None:
    tries = [await change_password(api("bob"), "bob", current_password="wrong") for _ in range(11)]
    assert tries[9:] == [422, 429]


async def test_a_new_password_ends_the_other_sessions(api: Api) -> None:
    here, there = api(None), api(None)
    for browser in (here, there):
        body = {"username": "bob", "password": password_of("bob")}
        await browser.post("/api/auth/login", json=body)
    assert await change_password(here, "bob", current_password=password_of("bob")) == 200
    assert (await here.get("/api/auth/me")).status_code == 200
    assert (await there.get("/api/auth/me")).status_code == 401
    assert (await api("bob").get("/api/auth/me")).status_code == 200


@pytest.mark.parametrize("change", [{"is_admin": False}, {"is_active": False}, None])
async def test_the_last_active_admin_stays(api: Api, change: dict[str, bool] | None) -> None:
    dana = api("dana")
    if change is None:
        answer = await dana.delete("/api/users/dana")
    else:
        answer = await dana.patch("/api/users/dana", json=change)
    assert answer.status_code == 409
    assert "last active admin" in answer.json()["message"]
    assert (await dana.get("/api/users/dana")).json()["is_admin"] is True


async def test_two_admins_cannot_remove_each_other_at_once(core: LabCore, people: People) -> None:
    erin = await people.add("erin", is_admin=True)
    for _ in range(10):
        await asyncio.gather(
            core.users.delete(erin, "dana"),
            core.users.delete(people["dana"], "erin"),
            return_exceptions=True,
        )
        assert await core.users.has_admin()


async def test_a_deleted_user_is_gone_with_tokens_and_memberships(
    api: Api, people: People, core: LabCore
) -> None:
    assert (await api("dana").delete("/api/users/bob")).status_code == 204
    assert (await api("bob").get("/api/auth/me")).status_code == 401
    members = (await api("alice").get("/api/projects/alpha/members")).json()["items"]
    assert [m["user"] for m in members] == ["alice", "vera"]
    assert (await api("dana").delete("/api/users/bob")).status_code == 404
    old = people.tokens["bob"]
    await people.add("bob")
    assert (await Api(core, {}).bearing(old).get("/api/auth/me")).status_code == 401


async def test_the_only_owner_of_a_project_cannot_be_deleted(api: Api) -> None:
    answer = await api("dana").delete("/api/users/alice")
    assert answer.status_code == 409
    assert answer.json()["details"]["projects"] == ["alpha"]
    assert (await api("alice").get("/api/projects/alpha")).json()["role"] == "owner"
    await api("alice").put("/api/projects/alpha/members/bob", json={"role": "owner"})
    assert (await api("dana").delete("/api/users/alice")).status_code == 204


def test_the_client_manages_users(live: LiveLab) -> None:
    users = live.client("dana").users
    assert users.create("erin", "a long password", display_name="E").display_name == "E"
    assert users.update("erin", is_active=False).is_active is False
    assert users.get("erin").is_active is False
    assert [user.name for user in users.list("ERI")] == ["erin"]
    users.delete("erin")
    assert "erin" not in [user.name for user in users.list()]
    with pytest.raises(NotAllowed):
        live.client("bob").users.create("eve", "a long password")


async def test_a_project_that_is_being_deleted_needs_no_owner(api: Api) -> None:
    assert (await api("alice").delete("/api/projects/alpha")).status_code == 202
    assert (await api("dana").delete("/api/users/alice")).status_code == 204


async def test_a_deleted_users_workspace_goes_too(api: Api, core: LabCore) -> None:
    assert (await api("bob").post("/api/workspaces/bob/start")).status_code < 300
    assert (await api("dana").delete("/api/users/bob")).status_code == 204
    assert [w.wanted for w in await core.workloads.open_ones()] == ["removed"]
