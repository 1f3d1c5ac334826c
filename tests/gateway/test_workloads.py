"""What reaches a workload, and what does not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from gateway_room import ANN, BOB, Room, until_async

from mllab.runtimes.base import Endpoint

PATH = "/projects/alpha/services/svc"


async def test_service_gets_the_target_byte_for_byte_without_its_own_path(room: Room) -> None:
    upstream = await room.service()
    answer = await room.get_raw(f"{PATH}/a%2Fb//c;d=1/é%C3%A9?x=%20&y=a/../b")
    assert answer.startswith(b"HTTP/1.1 200")
    assert upstream.target == "/a%2Fb//c;d=1/é%C3%A9?x=%20&y=a/../b"


@pytest.mark.parametrize(
    ("target", "seen"),
    [
        ("/", "/"),
        ("/8080/", "/"),
        ("/8080/x", "/x"),
        ("/x/8080/y", "/x/8080/y"),
        ("/?q", "/?q"),
        ("/a/../b", "/a/../b"),
        ("/a/%2e%2e/b", "/a/%2e%2e/b"),
        ("//x", "//x"),
        ("/%0a/x", "/%0a/x"),
        ("/%2F..%2Fx", "/%2F..%2Fx"),
        ("/a#b", "/a#b"),
        ("/a?b#c", "/a?b#c"),
        ("/" + "x" * 8000, "/" + "x" * 8000),
    ],
)
async def test_targets_arrive_as_sent(room: Room, target: str, seen: str) -> None:
    upstream = await room.service()
    answer = await room.get_raw(PATH + target)
    assert (answer[:12], upstream.target) == (b"HTTP/1.1 200", seen)


@pytest.mark.parametrize(
    "target",
    [
        "/projects/alpha/services/svc/9090/",
        "/projects/alpha/services/svc/080/../9090/x",
        "/projects/alpha/services/sv/",
        "/projects/alpha/services/svcs/",
        "/projects/alph/services/svc/",
        "/projects/alphaa/services/svc/",
        "/projects/ALPHA/services/svc/",
        "/Projects/alpha/services/svc/",
        "/projects/alpha/services/SVC/",
        "/projects/alpha%2Fservices/svc/",
        "/projects/alpha%2Fservices%2Fsvc/",
        "/projects/%61lpha/services/svc/",
        "/projects//alpha/services/svc/",
        "//projects/alpha/services/svc/",
        "/x/../projects/alpha/services/svc/",
        "/projects/beta/../alpha/services/svc/",
        "/projects/alpha/services/other/../svc/",
        "/projects/alpha/services/svc/../other/",
        "/projects/alpha/services/svc/..%2Fother/",
        "/projects/alpha/services/svc/9090/../8080/",
        "/projects/alpha/services/svc/%39090/",
        "/projects/alpha/services/svc%00/",
        "/projects/alpha/services/svc./",
        "/projects/alpha/services/svc\\/",
        "/workspaces/bob/",
        "/workspaces/ann/../bob/",
        "/workspaces/bob/../../projects/alpha/services/svc/",
        "/",
        "/app/../projects/alpha/services/svc/",
        "/_ask",
        "/_gateway/ask",
        "/app/..%2f_gateway/ask",
        "/_fault/json",
        "/metrics",
    ],
)
async def test_look_alikes_reach_no_upstream(room: Room, target: str) -> None:
    mine, bobs = await room.service(), await room.workspace("bob")
    await room.get_raw(target)
    assert (mine.connections, bobs.connections) == (0, 0)


async def test_stranger_reaches_nothing_however_large_the_body(room: Room) -> None:
    upstream = await room.service()
    async with room.client("lab_eve") as eve, room.client() as nobody, room.client("lab_x") as bad:
        answers = [await c.post(f"{PATH}/x", content=b"x" * 1_000_000) for c in (eve, nobody, bad)]
    assert [a.status_code for a in answers] == [404, 401, 401]
    assert answers[1].json()["error"] == "not_signed_in"
    assert answers[1].headers["WWW-Authenticate"] == "Bearer"
    assert upstream.connections == 0


async def test_identity_headers_from_outside_never_arrive(room: Room) -> None:
    upstream = await room.service()
    async with room.client(ANN) as ann:
        sent = {
            "X-Lab-User": "root",
            "X_Lab_User": "root",
            "X-Lab-Decision": "127.0.0.1:1|s|",
            "X-Forwarded-For": "6.6.6.6",
            "X-Forwarded-User": "root",
            "X-Real-IP": "6.6.6.6",
            "Forwarded": "for=6.6.6.6",
            "Proxy": "http://evil",
            "X-Own": "kept",
        }
        await ann.get(f"{PATH}/x", headers=sent)
        await ann.get(f"{PATH}/x", headers=sent)
    seen = bytes(upstream.received).lower()
    assert not [word for word in (b"root", b"6.6.6.6", b"lab_", b"evil") if word in seen]
    assert seen.count(b"x-own: kept") == 2
    assert upstream.headers["x-forwarded-prefix"] == PATH
    assert upstream.headers["x-forwarded-for"] == "127.0.0.1"
    assert upstream.headers["host"] == f"localhost:{room.nginx.port}"


async def test_workspace_gets_its_own_secret_and_its_whole_path(room: Room) -> None:
    upstream = await room.workspace()
    async with room.browser() as ann:
        for _ in range(2):
            await ann.get("/workspaces/ann/lab?x=1", headers={"Authorization": "token guess"})
    assert upstream.target == "/workspaces/ann/lab?x=1"
    assert upstream.received.count(b"Authorization: token jupyter-secret\r\n") == 2
    assert b"guess" not in upstream.received
    assert b"lab_session" not in upstream.received


async def test_a_services_own_authorization_passes(room: Room) -> None:
    upstream = await room.service()
    async with room.browser() as ann:
        await ann.get(f"{PATH}/", headers={"Authorization": "Basic dXNlcjpwdw=="})
    assert upstream.headers["authorization"] == "Basic dXNlcjpwdw=="


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER  "])
async def test_our_token_never_arrives_however_it_is_written(room: Room, scheme: str) -> None:
    upstream = await room.service()
    async with room.client(Authorization=f"{scheme} {ANN}") as ann:
        assert (await ann.get(f"{PATH}/")).status_code == 200
    assert "authorization" not in upstream.headers


async def test_browser_opens_only_its_own_services(room: Room) -> None:
    upstream = await room.service()
    async with room.browser("session-of-bob") as browser, room.client(BOB) as program:
        refused = await browser.get(f"{PATH}/")
        allowed = await program.get(f"{PATH}/")
    assert (refused.status_code, allowed.status_code) == (403, 200)
    assert "LAB_APPS_DOMAIN" in refused.text
    assert upstream.connections == 1


@pytest.mark.parametrize("path", [PATH, f"{PATH}/8080", "/workspaces/ann"])
async def test_missing_last_slash_is_added(room: Room, path: str) -> None:
    async with room.client() as anybody:
        answer = await anybody.get(f"{path}?a=%20b")
    assert (answer.status_code, answer.headers["Location"]) == (308, f"{path}/?a=%20b")


async def test_a_workload_cannot_open_internal_locations(room: Room) -> None:
    upstream = await room.service()
    upstream.answer = (
        b"HTTP/1.1 200 OK\r\nX-Accel-Redirect: /_gateway/ask\r\nX-Lab-Decision: 1.2.3.4:1|s|\r\n"
        b"Service-Worker-Allowed: /\r\nClear-Site-Data: *\r\nX-Own: kept\r\n"
        b"Content-Length: 4\r\n\r\nmine"
    )
    async with room.client(ANN) as ann:
        for _ in range(2):
            answer = await ann.get(f"{PATH}/")
            assert answer.text == "mine"
            assert answer.headers["X-Own"] == "kept"
            gone = {"x-lab-decision", "service-worker-allowed", "clear-site-data"}
            assert not gone & set(answer.headers)


async def test_decision_is_kept_for_exactly_one_credential_and_workload(room: Room) -> None:
    upstream = await room.service()
    await room.service("other")
    async with room.client(ANN) as ann, room.client("lab_eve") as eve:
        for _ in range(5):
            await ann.get(f"{PATH}/")
        assert room.core.looks == 1
        assert (await eve.get(f"{PATH}/")).status_code == 404
        await ann.get("/projects/alpha/services/other/")
    assert upstream.connections == 5
    assert room.core.looks >= 3


async def test_revoked_token_stops_working_within_the_two_seconds(room: Room) -> None:
    await room.service()
    async with room.client(ANN) as ann:
        assert (await ann.get(f"{PATH}/")).status_code == 200
        del room.core.people[ANN]

        async def refused() -> bool:
            return (await ann.get(f"{PATH}/")).status_code == 401

        await until_async(refused, patience_s=4)


async def test_a_long_socket_path_outside_is_refused_in_words(room: Room) -> None:
    await room.service()
    reach = room.core.services[("alpha", "svc", None)]
    far = Endpoint("unix:/" + "x" * 120)
    room.core.services[("alpha", "svc", None)] = replace(reach, endpoint=far)
    async with room.client(ANN) as ann:
        answer = await ann.get(f"{PATH}/")
    assert (answer.status_code, answer.json()["error"]) == (502, "backend_failed")
    assert "shorter path" in answer.json()["message"]
