"""Keys of services at the gateway: what each opens, and how often."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest
from app_hosts import place
from gateway_room import Room, Upstream, open_room, until_async
from people import People

from mllab.core.lab import LabCore
from mllab.model.base import new_id
from mllab.model.keys import IssuedServiceKey, KeyRotation, NewServiceKey
from mllab.model.projects import NewProject, Role
from mllab.model.work import NewService, ServiceSpec

CHURN = "/projects/alpha/services/churn/"


async def deploy(core: LabCore, people: People, name: str, project: str = "alpha") -> None:
    new = NewService(name=name, spec=ServiceSpec(command="serve", ports=[8080, 9090]))
    await core.services.create(people["alice"], project, new)


@pytest.fixture
async def room(core: LabCore, people: People) -> AsyncIterator[Room]:
    async with open_room(core, apps_domain="localhost") as opened:
        await deploy(core, people, "churn")
        yield opened


@pytest.fixture
async def upstream(room: Room) -> Upstream:
    found = await room.upstream()
    place(room, found)
    return found


async def make(core: LabCore, people: People, **new: object) -> IssuedServiceKey:
    return await core.keys.create(
        people["bob"], "alpha", "churn", NewServiceKey.model_validate(new)
    )


async def status(room: Room, secret: str, path: str = CHURN, **headers: str) -> int:
    async with room.client(secret, **headers) as caller:
        return (await caller.get(path)).status_code


@pytest.mark.parametrize("port", ["", "8080/", "9090/"])
async def test_a_key_opens_every_port_of_its_service(
    room: Room, upstream: Upstream, core: LabCore, people: People, port: str
) -> None:
    key = await make(core, people)
    assert await status(room, key.secret, f"{CHURN}{port}predict?x=1") == 200
    assert b"lab_" not in upstream.received
    assert "authorization" not in upstream.headers


async def test_a_key_opens_its_service_by_the_services_own_host(
    room: Room, upstream: Upstream, core: LabCore, people: People
) -> None:
    key = await make(core, people)
    await deploy(core, people, "other")
    for name, wanted in [("churn", 200), ("other", 403)]:
        host = f"{await core.apps.label(f's/alpha/{name}')}.localhost:{room.nginx.port}"
        assert await status(room, key.secret, "/", Host=host) == wanted


async def test_a_key_opens_nothing_else(
    room: Room, upstream: Upstream, core: LabCore, people: People
) -> None:
    key = await make(core, people)
    await core.projects.create(people["alice"], NewProject(name="beta"))
    for name, project in [("churn", "beta"), ("churn-2", "alpha"), ("chur", "alpha")]:
        await deploy(core, people, name, project)
    refused = {
        "/projects/beta/services/churn/": 404,
        "/projects/alpha/services/churn-2/": 403,
        "/projects/alpha/services/chur/": 403,
        "/projects/alpha/services/none/": 403,
        f"{CHURN}7070/": 404,
        "/workspaces/bob/": 404,
        "/api/projects/alpha/services/churn": 401,
        "/api/projects/alpha/services/churn/keys": 401,
        "/api/auth/me": 401,
        "/api/projects/alpha/mlflow/api/2.0/mlflow/experiments/search": 401,
        f"/projects/alpha/services/churn-2/?lab_token={key.secret}": 401,
        f"{CHURN}?lab_token={key.secret}": 401,
    }
    assert {path: await status(room, key.secret, path) for path in refused} == refused
    assert not upstream.received


@pytest.mark.parametrize("change", [lambda s: s[:-1] + "_", lambda s: s + "x", lambda s: s[:-1]])
async def test_what_only_looks_like_a_key_opens_nothing(
    room: Room, upstream: Upstream, core: LabCore, people: People, change: object
) -> None:
    assert callable(change)
    secret = (await make(core, people)).secret
    wrong = change(secret) if change(secret) != secret else secret[:-1] + "-"
    other = secret.replace(secret[4:28], new_id("key"))
    assert [await status(room, each) for each in (wrong, other)] == [401, 401]
    assert not upstream.received


async def test_a_later_service_of_the_name_is_not_opened(
    room: Room, upstream: Upstream, core: LabCore, people: People
) -> None:
    key = await make(core, people)
    await core.services.delete(people["bob"], "alpha", "churn")
    assert await status(room, key.secret) == 401
    await deploy(core, people, "churn")
    assert await status(room, key.secret) == 401
    assert await core.context.documents.count("service_keys") == 0


async def test_a_revoked_key_stops_within_three_seconds(
    room: Room, upstream: Upstream, core: LabCore, people: People
) -> None:
    key = await make(core, people)
    assert await status(room, key.secret) == 200
    await core.keys.revoke(people["alice"], "alpha", "churn", key.key.id)

    async def refused() -> bool:
        return await status(room, key.secret) == 401

    await until_async(refused, patience_s=3)


async def test_a_rotated_key_has_a_new_secret_and_the_old_one_for_its_grace(
    room: Room, upstream: Upstream, core: LabCore, people: People
) -> None:
    key = await make(core, people)
    new = await core.keys.rotate(
        people["bob"], "alpha", "churn", key.key.id, KeyRotation(grace_s=60)
    )
    assert [await status(room, each.secret) for each in (key, new)] == [200, 200]
    newest = await core.keys.rotate(people["bob"], "alpha", "churn", key.key.id, KeyRotation())

    async def old_refused() -> bool:
        found = [await status(room, each.secret) for each in (key, new, newest)]
        return found == [401, 401, 200]

    await until_async(old_refused, patience_s=5)


async def test_a_stopped_service_answers_503_and_is_not_started(
    room: Room, core: LabCore, people: People
) -> None:
    key = await make(core, people)
    await core.services.stop(people["bob"], "alpha", "churn")
    async with room.client(key.secret, Accept="text/html") as caller:
        answer = await caller.get(CHURN)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    seen = await core.services.get(people["bob"], "alpha", "churn")
    assert seen.status.state in {"pending", "stopped"}


async def test_a_key_outlives_its_makers_sign_out_and_leaving(
    room: Room, upstream: Upstream, core: LabCore, people: People
) -> None:
    session = await core.identity.exchange(people.tokens["bob"])
    bob = await core.identity.principal(session.secret, from_cookie=True)
    key = await core.keys.create(bob, "alpha", "churn", NewServiceKey())
    await core.identity.sign_out(bob)
    assert await status(room, key.secret) == 200
    await core.members.remove(people["alice"], "alpha", "bob")
    assert await status(room, key.secret) == 200
    (listed,) = (
        await core.keys.list(people["alice"], "alpha", "churn", limit=9, cursor=None)
    ).items
    assert listed.maker_left


async def burst(room: Room, secret: str, paths: list[str]) -> list[httpx.Response]:
    """Send all requests at once, each on a connection of its own, so to both workers."""

    async def one(path: str) -> httpx.Response:
        async with room.client(secret) as caller:
            return await caller.get(path)

    return await asyncio.gather(*(one(path) for path in paths))


async def test_a_limit_is_exact_over_workers_and_ports_and_outlasts_a_reload(
    room: Room, upstream: Upstream, core: LabCore, people: People
) -> None:
    key = await make(core, people, requests_per_minute=20)
    answers = await burst(room, key.secret, [CHURN, f"{CHURN}8080/", f"{CHURN}9090/x"] * 20)
    assert Counter(each.status_code for each in answers) == {200: 20, 429: 40}
    assert upstream.received.count(b"HTTP/1.1\r\n") == 20, "no upstream sees what is refused"
    await room.nginx.reload(replace(room.nginx.config))
    assert {each.status_code for each in await burst(room, key.secret, [CHURN] * 20)} == {429}


async def test_a_refusal_says_when_to_come_again(
    room: Room, upstream: Upstream, core: LabCore, people: People
) -> None:
    key = await make(core, people, requests_per_minute=1)
    assert await status(room, key.secret) == 200
    async with room.client(key.secret) as caller:
        answer = await caller.get(CHURN)
        page = await caller.get(CHURN, headers={"Accept": "text/html"})
    body, wait_s = answer.json(), int(answer.headers["Retry-After"])
    assert (answer.status_code, body["error"]) == (429, "limit_reached")
    assert body["details"] == {"retry_after_s": wait_s}
    assert body["request_id"]
    assert 50 <= wait_s <= 66
    assert (page.status_code, "Too many requests" in page.text) == (429, True)


async def test_a_limit_is_each_keys_own(
    room: Room, upstream: Upstream, core: LabCore, people: People
) -> None:
    first, second = [await make(core, people, requests_per_minute=1) for _ in range(2)]
    free = await make(core, people)
    assert [await status(room, first.secret) for _ in range(2)] == [200, 429]
    assert await status(room, second.secret) == 200
    assert {await status(room, free.secret) for _ in range(9)} == {200}
    rotated = await core.keys.rotate(
        people["bob"], "alpha", "churn", first.key.id, KeyRotation(grace_s=60)
    )
    assert await status(room, rotated.secret) == 429


async def test_after_the_window_requests_are_taken_again(core: LabCore, people: People) -> None:
    async with open_room(core, limit_window_s=1.0) as room:
        place(room, await room.upstream())
        await deploy(core, people, "churn")
        key = await make(core, people, requests_per_minute=5)
        answers = await burst(room, key.secret, [CHURN] * 50)
        refused = next(each for each in answers if each.status_code == 429)
        assert refused.headers["Retry-After"] in {"1", "2"}

        async def taken() -> bool:
            return await status(room, key.secret) == 200

        await until_async(taken)


async def test_members_tokens_have_no_limit(
    room: Room, upstream: Upstream, core: LabCore, people: People
) -> None:
    await core.members.put(people["alice"], "alpha", "charlie", Role.VIEWER)
    assert {await status(room, people.tokens["charlie"]) for _ in range(30)} == {200}


async def test_a_websocket_counts_once_like_any_request(
    room: Room, upstream: Upstream, core: LabCore, people: People
) -> None:
    key = await make(core, people, requests_per_minute=2)
    asked = (CHURN, key.secret, "Upgrade: websocket")
    answers = [(await room.get_raw(*asked)).partition(b"\r\n")[0] for _ in range(3)]
    assert [answer.split()[1] for answer in answers] == [b"200", b"200", b"429"]


async def test_a_request_that_its_service_does_not_answer_counts_once(
    room: Room, upstream: Upstream, core: LabCore, people: People
) -> None:
    key = await make(core, people, requests_per_minute=2)
    await upstream.close()
    assert [await status(room, key.secret) for _ in range(3)] == [502, 502, 429]


async def test_what_is_refused_anyway_is_not_counted(
    room: Room, upstream: Upstream, core: LabCore, people: People
) -> None:
    key = await make(core, people, requests_per_minute=1)
    for path in (f"{CHURN}7070/", f"{CHURN}?lab_token=x"):
        assert await status(room, key.secret, path) in {401, 404}
    assert [await status(room, key.secret) for _ in range(2)] == [200, 429]
