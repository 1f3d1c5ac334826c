"""Keys of services: made, listed, rotated and revoked by editors; never a token."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from people import Api, LiveLab, People, open_core, settle
from typer.testing import Result

from mllab.core.changes import Note, Watched
from mllab.core.keys import Keys
from mllab.core.lab import LabCore
from mllab.errors import LimitReached, NotAllowed, NotFound, NotSignedIn
from mllab.model.accounts import Scope, TokenKind, UserChange
from mllab.model.base import now
from mllab.model.changes import What
from mllab.model.keys import IssuedServiceKey, KeyRotation, NewServiceKey
from mllab.model.work import NewService, ServiceSpec

SERVICES = "/api/projects/alpha/services"
KEYS = f"{SERVICES}/web/keys"


@pytest.fixture
async def api(core: LabCore, people: People) -> Api:
    """The API of a lab in which service `web` is there."""
    await deploy(core, people)
    return Api(core, people.tokens)


async def deploy(core: LabCore, people: People, name: str = "web") -> None:
    new = NewService(name=name, spec=ServiceSpec(command="serve", ports=[8080]), start=False)
    await core.services.create(people["alice"], "alpha", new)


async def make(api: Api, **new: Any) -> IssuedServiceKey:
    answer = await api("bob").post(KEYS, json=new)
    assert answer.status_code == 201, answer.text
    return IssuedServiceKey.model_validate(answer.json())


async def listed(api: Api, who: str = "bob") -> list[dict[str, Any]]:
    return list((await api(who).get(KEYS)).json()["items"])


async def is_good(core: LabCore, secret: str) -> bool:
    try:
        await core.keys.principal(secret)
    except NotSignedIn:
        return False
    return True


async def test_a_secret_is_shown_once_and_kept_hashed(api: Api, core: LabCore) -> None:
    made = await make(api, name="shop", requests_per_minute=100)
    assert made.secret.startswith(f"lab_{made.key.id}_")
    answer = await api("bob").get(KEYS)
    assert [each["id"] for each in answer.json()["items"]] == [made.key.id]
    kept = await core.context.documents.find("service_keys")
    random = made.secret.removeprefix(f"lab_{made.key.id}_")
    assert random not in answer.text + str(kept)


async def test_what_is_listed_says_whose_and_how_long(api: Api) -> None:
    made = await make(api, name="shop", requests_per_minute=100)
    (key,) = await listed(api, "alice")
    assert (key["name"], key["requests_per_minute"], key["created_by"]) == ("shop", 100, "bob")
    assert (key["maker_left"], key["last_used_at"], key["rotated_at"]) == (False, None, None)
    assert made.key.expires_at is not None
    assert made.key.expires_at - made.key.created_at == timedelta(days=365)
    forever = await make(api, expires_in_days=None)
    assert forever.key.expires_at is None
    assert [each["id"] for each in await listed(api)] == [forever.key.id, made.key.id]


async def test_a_key_says_what_it_opens(api: Api, core: LabCore) -> None:
    who = await core.keys.principal((await make(api, requests_per_minute=7)).secret)
    assert (who.user, who.is_admin, who.from_cookie) == (None, False, False)
    assert who.scope == Scope(project="alpha", service="web")
    assert who.key is not None
    assert who.key.requests_per_minute == 7
    await core.services.reach(who, "alpha", "web", 8080)
    for service in ("other", "we"):
        with pytest.raises(NotAllowed):
            await core.services.reach(who, "alpha", service, None)
    with pytest.raises(NotFound):
        await core.services.reach(who, "beta", "web", None)
    with pytest.raises(NotFound):
        await core.workspaces.reach(who, "bob")


@pytest.mark.parametrize("path", ["/api/auth/me", KEYS, SERVICES, "/api/projects", "/api/users"])
async def test_the_api_knows_no_keys(api: Api, path: str) -> None:
    client = api.bearing((await make(api)).secret)
    assert (await client.get(path)).status_code == 401


@pytest.mark.parametrize(
    "new",
    [{"requests_per_minute": 0}, {"requests_per_minute": 1.5}, {"expires_in_days": 0}, {"x": 1}],
)
async def test_a_key_that_makes_no_sense_is_refused(api: Api, new: dict[str, Any]) -> None:
    assert (await api("bob").post(KEYS, json=new)).status_code == 422


async def test_a_service_has_at_most_a_hundred(api: Api, core: LabCore, people: People) -> None:
    for _ in range(100):
        await core.keys.create(people["bob"], "alpha", "web", NewServiceKey())
    with pytest.raises(LimitReached):
        await core.keys.create(people["bob"], "alpha", "web", NewServiceKey())


async def test_a_key_is_revoked_by_any_editor_once(api: Api, core: LabCore) -> None:
    made = await make(api)
    place = f"{KEYS}/{made.key.id}"
    assert (await api("vera").delete(place)).status_code == 403
    assert (await api("alice").delete(place)).status_code == 204
    assert (await api("alice").delete(place)).status_code == 404
    assert not await is_good(core, made.secret)


async def test_keys_are_found_at_their_service_only(
    api: Api, core: LabCore, people: People
) -> None:
    made = await make(api)
    await deploy(core, people, "other")
    elsewhere = f"{SERVICES}/other/keys"
    assert (await api("bob").get(elsewhere)).json()["items"] == []
    wrong: list[httpx.Response] = [
        await api("bob").delete(f"{elsewhere}/{made.key.id}"),
        await api("bob").post(f"{elsewhere}/{made.key.id}/rotate", json={}),
        await api("bob").get(f"{SERVICES}/none/keys"),
        await api("bob").post(f"{SERVICES}/none/keys", json={}),
    ]
    assert {each.status_code for each in wrong} == {404}
    assert await is_good(core, made.secret)


async def test_what_a_workload_holds_makes_no_keys(api: Api, core: LabCore) -> None:
    for scope in (Scope(workload="wl_1"), Scope(project="alpha", workload="wl_1")):
        held = await core.tokens.issue("bob", TokenKind.WORKLOAD, scope=scope)
        client = api.bearing(held.secret)
        assert (await client.post(KEYS, json={})).status_code == 403
        assert (await client.get(KEYS)).status_code == 200


async def test_rotation_ends_the_old_secret_at_once(api: Api, core: LabCore) -> None:
    made = await make(api, requests_per_minute=5)
    answer = await api("alice").post(f"{KEYS}/{made.key.id}/rotate", json={})
    new = IssuedServiceKey.model_validate(answer.json())
    assert (new.key.id, new.key.requests_per_minute) == (made.key.id, 5)
    assert (new.key.rotated_at is None, new.key.old_secret_until) == (False, None)
    assert [await is_good(core, each.secret) for each in (made, new)] == [False, True]


async def test_a_rotated_key_and_its_grace_end_in_time(tmp_path: Path) -> None:
    time = now()
    async with open_core(tmp_path, lambda: time) as core:
        bob = (await settled(core))["bob"]
        first = await core.keys.create(bob, "alpha", "web", NewServiceKey(expires_in_days=1))
        grace = KeyRotation(grace_s=600)
        new = await core.keys.rotate(bob, "alpha", "web", first.key.id, grace)
        found = []
        for minutes in (9, 2, 24 * 60):
            time += timedelta(minutes=minutes)
            found.append([await is_good(core, each.secret) for each in (first, new)])
        assert found == [[True, True], [False, True], [False, False]]


async def settled(core: LabCore) -> People:
    people = await settle(core)
    await deploy(core, people)
    return people


async def test_last_use_is_written_once_a_minute(tmp_path: Path) -> None:
    time = now()
    async with open_core(tmp_path, lambda: time) as core:
        bob = (await settled(core))["bob"]
        made = await core.keys.create(bob, "alpha", "web", NewServiceKey())
        used: list[datetime | None] = []
        for seconds in (0, 50, 20):
            time += timedelta(seconds=seconds)
            await core.keys.principal(made.secret)
            page = await core.keys.list(bob, "alpha", "web", limit=1, cursor=None)
            used.append(page.items[0].last_used_at)
        assert (used[0] == used[1], used[2]) == (True, time)


Leaves = Callable[[LabCore, People], Any]
LEAVING: dict[str, Leaves] = {
    "removed": lambda core, people: core.members.remove(people["alice"], "alpha", "bob"),
    "deactivated": lambda core, people: core.users.update(
        people["dana"], "bob", UserChange(is_active=False)
    ),
    "deleted": lambda core, people: core.users.delete(people["dana"], "bob"),
}


@pytest.mark.parametrize("how", LEAVING)
async def test_a_key_stays_when_its_maker_leaves_and_says_so(
    api: Api, core: LabCore, people: People, how: str
) -> None:
    made = await make(api)
    await LEAVING[how](core, people)
    assert await is_good(core, made.secret)
    assert [each["maker_left"] for each in await listed(api, "alice")] == [True]


async def test_an_admins_key_is_no_leavers(api: Api) -> None:
    await api("dana").post(KEYS, json={})
    assert [each["maker_left"] for each in await listed(api)] == [False]


async def test_keys_go_with_their_service_and_project(
    api: Api, core: LabCore, people: People
) -> None:
    first = await make(api)
    await api("bob").delete(f"{SERVICES}/web")
    await deploy(core, people)
    assert not await is_good(core, first.secret)
    assert await listed(api) == []
    second = await make(api)
    assert await core.keys.forget_project("alpha")
    assert not await is_good(core, second.secret)


async def test_a_key_of_a_project_in_deletion_opens_nothing(
    api: Api, core: LabCore, people: People
) -> None:
    who = await core.keys.principal((await make(api)).secret)
    await core.projects.delete(people["alice"], "alpha")
    with pytest.raises(NotFound):
        await core.services.reach(who, "alpha", "web", None)


def with_service(live: LiveLab) -> None:
    live.call(deploy(live.core, live.people))


def test_the_client_makes_rotates_and_revokes_keys(live: LiveLab) -> None:
    with_service(live)
    keys = live.client("bob").project("alpha").services.keys("web")
    made = keys.create("shop", requests_per_minute=10)
    new = keys.rotate(made.key.id, grace_s=60)
    assert new.secret != made.secret
    assert [key.old_secret_until is not None for key in keys.list()] == [True]
    keys.revoke(made.key.id)
    with pytest.raises(NotFound):
        keys.revoke(made.key.id)


def test_the_command_line_makes_rotates_and_revokes_keys(live: LiveLab, cli: Any) -> None:
    with_service(live)
    where = ("--project", "alpha")
    made: Result = cli("service", "key", "create", "web", "shop", "--rate-limit", "10", *where)
    assert made.stdout.startswith("lab_key_")
    (key,) = cli.json("service", "key", "list", "web", *where)
    assert (key["name"], key["requests_per_minute"]) == ("shop", 10)
    assert key["id"] in made.stdout
    new = cli.json("service", "key", "rotate", "web", key["id"], "--grace", "60", *where)
    assert new["secret"] != made.stdout.strip()
    assert cli("service", "key", "revoke", "web", key["id"], "--yes", *where).exit_code == 0
    assert cli.json("service", "key", "list", "web", *where) == []


async def test_open_pages_hear_of_a_services_keys(api: Api, core: LabCore, people: People) -> None:
    told: list[Note] = []
    documents = Watched(core.context.documents, told.append)
    keys = Keys(replace(core.context, documents=documents), core.access)
    made = await keys.create(people["bob"], "alpha", "web", NewServiceKey())
    await keys.revoke(people["bob"], "alpha", "web", made.key.id)
    assert told == [Note(What.SERVICE, "alpha", "web")] * 2
