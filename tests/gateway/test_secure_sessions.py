"""Sessions by https, from the form to a workload's own host: which cookies are set and count."""

from __future__ import annotations

from collections.abc import AsyncIterator
from http.cookies import SimpleCookie
from pathlib import Path

import httpx
import pytest
from app_hosts import Browser, place
from gateway_room import Room, open_room
from people import People, open_core, password_of
from tls_room import client

from mllab.core.lab import LabCore
from mllab.model.work import NewService, ServiceSpec

ALICE = {"username": "alice", "password": password_of("alice")}
SESSION, APP = "__Host-lab_session", "__Host-lab_app"


@pytest.fixture
async def room(core: LabCore, people: People) -> AsyncIterator[Room]:
    """A lab that speaks TLS, with Alice's service `churn`."""
    async with open_room(core, tls=True, apps_domain="localhost") as opened:
        new = NewService(name="churn", spec=ServiceSpec(command="serve", ports=[8080]))
        await core.services.create(people["alice"], "alpha", new)
        place(opened, await opened.upstream())
        yield opened


def set_cookies(answer: httpx.Response) -> SimpleCookie:
    """Return the cookies that an answer sets."""
    found = SimpleCookie()
    for line in answer.headers.get_list("set-cookie"):
        found.load(line)
    return found


def is_host_s_own(answer: httpx.Response, name: str) -> bool:
    """Tell whether a browser takes the cookie: each demand of `__Host-` is met."""
    cookie = set_cookies(answer)[name]
    return bool(cookie["secure"]) and cookie["path"] == "/" and not cookie["domain"]


@pytest.mark.parametrize("path", ["/sign-in", "/api/auth/login"])
async def test_signing_in_sets_the_host_s_own_cookie(room: Room, path: str) -> None:
    async with client(room) as http:
        form = {"json": ALICE} if path.startswith("/api") else {"data": ALICE}
        answer = await http.request("POST", path, **form)  # type: ignore[arg-type]
    assert list(set_cookies(answer)) == [SESSION]
    assert is_host_s_own(answer, SESSION)


@pytest.mark.parametrize(("name", "status"), [(SESSION, 200), ("lab_session", 401)])
async def test_the_api_and_pages_go_by_that_name_alone(room: Room, name: str, status: int) -> None:
    async with client(room) as http:
        secret = set_cookies(await http.post("/sign-in", data=ALICE))[SESSION].value
        http.cookies.clear()
        headers = {"Cookie": f"{name}={secret}"}
        assert (await http.get("/api/auth/me", headers=headers)).status_code == status
        page = await http.get("/api/docs", headers=headers)
    assert page.status_code == (200 if status == 200 else 303)


@pytest.mark.parametrize("path", ["/sign-out", "/api/auth/logout"])
async def test_signing_out_removes_it(room: Room, path: str) -> None:
    async with client(room) as http:
        await http.post("/sign-in", data=ALICE)
        answer = await http.post(path)
    assert is_host_s_own(answer, SESSION)
    assert set_cookies(answer)[SESSION]["max-age"] == "0"


async def test_a_planted_cookie_signs_nobody_in_as_another(room: Room) -> None:
    """A workload of Bob's can set `lab_session` for the whole domain, with his own session."""
    bob, alice = Browser(room), Browser(room)
    await bob.sign_in("bob")
    await alice.sign_in("alice")
    alice.cookies["localhost"]["lab_session"] = bob.cookies["localhost"][SESSION]
    assert (await alice.send("/api/auth/me")).json()["user"] == "alice"


async def test_a_workload_s_own_host_has_such_a_cookie_too(room: Room) -> None:
    alice = Browser(room)
    await alice.sign_in("alice")
    assert (await alice.open("/projects/alpha/services/churn/")).text == "ok"
    assert alice.url.startswith("https://")
    host = alice.host.partition(":")[0]
    assert list(alice.cookies[host]) == [APP]
    alice.cookies[host]["lab_app"] = alice.cookies[host].pop(APP)
    assert (await alice.send(alice.url)).status_code == 303


async def test_the_one_time_secret_is_kept_in_such_a_cookie(tmp_path: Path) -> None:
    async with (
        open_core(tmp_path) as core,
        open_room(core, tls=True) as room,
        client(room) as http,
    ):
        offered = await core.identity.offer_setup()
        assert offered is not None
        kept = await http.get(f"/setup?lab_token={offered.secret}")
        assert is_host_s_own(kept, "__Host-lab_setup")
        form = {"username": "admin", "password": password_of("admin")}
        done = await http.post("/setup", data=form)
    assert done.status_code == 303
    assert list(set_cookies(done)) == [SESSION, "__Host-lab_setup"]


async def test_below_a_path_cookies_stay_below_it() -> None:
    """The host is shared there: a cookie for all of it would reach the neighbours."""
    async with open_room(base="/ml", tls=True) as room, client(room) as http:
        await room.service()
        where = "/ml/projects/alpha/services/svc/8080/"
        headers = {"Accept": "text/html"}
        answer = await http.get(f"{where}?lab_token=lab_ann", headers=headers)
        cookie = set_cookies(answer)["__Secure-lab_session"]
        assert (cookie["path"], bool(cookie["secure"])) == ("/ml/", True)
        assert (await http.get(where)).status_code == 200
