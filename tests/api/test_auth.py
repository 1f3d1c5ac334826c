"""Signing in and out, over the API: cookies, rate limits, first admin, registration."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from people import Api, People, open_core, password_of, settle

from mllab.core.lab import LabCore
from mllab.model.accounts import IssuedToken
from mllab.model.base import now


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.time = now()

    def __call__(self) -> datetime:
        return self.time

    def pass_(self, **span: float) -> None:
        self.time += timedelta(**span)


async def login(
    client: httpx.AsyncClient, name: str, password: str | None = None, **headers: str
) -> httpx.Response:
    body = {"username": name, "password": password or password_of(name)}
    return await client.post("/api/auth/login", json=body, headers=headers)


async def test_a_browser_signs_in_by_cookie_and_out_again(api: Api) -> None:
    browser = api(None)
    answer = await login(browser, "alice")
    assert (answer.status_code, answer.json()["name"]) == (200, "alice")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie
    assert (await browser.get("/api/auth/me")).json()["from_cookie"] is True
    assert (await browser.post("/api/auth/logout")).status_code == 204
    browser.cookies.set("lab_session", cookie.split(";")[0].partition("=")[2])
    assert (await browser.get("/api/auth/me")).status_code == 401


async def test_behind_https_the_cookie_is_secure(api: Api) -> None:
    answer = await login(api(None), "alice", **{"X-Forwarded-Proto": "https"})
    assert "Secure" in answer.headers["set-cookie"]


async def test_a_session_is_no_bearer_token_and_a_token_no_cookie(api: Api, people: People) -> None:
    browser = api(None)
    await login(browser, "alice")
    session = browser.cookies["lab_session"]
    assert (await api.bearing(session).get("/api/auth/me")).status_code == 401
    forged = api.bearing(None, Cookie=f"lab_session={people.tokens['alice']}")
    assert (await forged.get("/api/auth/me")).status_code == 401


@pytest.mark.parametrize("name", ["alice", "nobody", "no such\x00 name ☃", ""])
async def test_a_wrong_user_and_a_wrong_password_look_the_same(api: Api, name: str) -> None:
    answer = await login(api(None), name, "wrong password")
    assert answer.status_code == 401
    assert answer.json()["message"] == "User name or password is wrong."


async def test_an_inactive_user_looks_like_a_wrong_one(api: Api) -> None:
    await api("dana").patch("/api/users/bob", json={"is_active": False})
    answer = await login(api(None), "bob")
    assert answer.json()["message"] == "User name or password is wrong."
    assert (await api("bob").get("/api/auth/me")).status_code == 401


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "http://evil.test"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}],
)
async def test_another_sites_page_can_neither_sign_in_nor_write(
    api: Api, headers: dict[str, str]
) -> None:
    browser = api(None)
    assert (await login(browser, "alice", **headers)).status_code == 403
    await login(browser, "alice", Origin="http://lab.test")
    answer = await browser.post("/api/projects", json={"name": "beta"}, headers=headers)
    assert answer.status_code == 403
    assert (await browser.get("/api/projects", headers=headers)).status_code == 200


async def test_too_many_wrong_passwords_must_wait_from_that_address_only(api: Api) -> None:
    attacker = {"X-Real-IP": "203.0.113.9"}
    tries = [await login(api(None), "alice", "wrong!", **attacker) for _ in range(12)]
    assert [t.status_code for t in tries] == [401] * 10 + [429] * 2
    assert 800 < int(tries[-1].headers["Retry-After"]) <= 900
    assert (await login(api(None), "alice", **attacker)).status_code == 429
    assert (await login(api(None), "alice", **{"X-Real-IP": "198.51.100.1"})).status_code == 200


async def test_attempts_at_once_do_not_slip_through(api: Api) -> None:
    client = api(None)
    tries = await asyncio.gather(*[login(client, "alice", "wrong!") for _ in range(30)])
    assert sum(t.status_code == 401 for t in tries) <= 10


async def test_one_address_cannot_try_many_users(api: Api) -> None:
    tries = [await login(api(None), f"user-{n}", "wrong!") for n in range(51)]
    assert [t.status_code for t in tries[49:]] == [401, 429]


async def test_a_success_forgets_the_failures_before_it(api: Api) -> None:
    for _ in range(3):
        for _ in range(9):
            assert (await login(api(None), "alice", "wrong!")).status_code == 401
        assert (await login(api(None), "alice")).status_code == 200


async def test_the_wait_ends(tmp_path: Path) -> None:
    clock = Clock()
    async with open_core(tmp_path, clock) as core:
        api = Api(core, (await settle(core)).tokens)
        for _ in range(11):
            answer = await login(api(None), "alice", "wrong!")
        assert answer.status_code == 429
        clock.pass_(minutes=16)
        assert (await login(api(None), "alice")).status_code == 200
        assert await core.context.documents.count("attempts") <= 2


async def test_addresses_of_one_ipv6_network_count_as_one(api: Api) -> None:
    tries = [
        await login(api(None), "alice", "wrong!", **{"X-Real-IP": f"2001:db8::{n}"})
        for n in range(1, 12)
    ]
    assert tries[-1].status_code == 429


async def test_a_session_ends_by_itself(tmp_path: Path) -> None:
    clock = Clock()
    async with open_core(tmp_path, clock, session_hours=2) as core:
        api = Api(core, (await settle(core)).tokens)
        browser = api(None)
        await login(browser, "alice")
        clock.pass_(hours=1.9)
        assert (await browser.get("/api/auth/me")).status_code == 200
        clock.pass_(hours=0.2)
        assert (await browser.get("/api/auth/me")).status_code == 401


async def test_a_program_signs_in_for_a_token(api: Api) -> None:
    body = {"username": "alice", "password": password_of("alice"), "name": "laptop"}
    answer = await api(None).post("/api/auth/token", json=body)
    assert answer.status_code == 201
    token = IssuedToken.model_validate(answer.json())
    assert token.token.name == "laptop"
    assert token.token.expires_at is not None
    assert (await api.bearing(token.secret).get("/api/auth/me")).json()["user"] == "alice"


async def test_hashes_with_old_parameters_are_renewed(core: LabCore, people: People) -> None:
    from argon2 import PasswordHasher

    old = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1)
    found = await core.context.documents.get("users", "alice")
    assert found
    body = found.body | {"password_hash": old.hash(password_of("alice"))}
    await core.context.documents.put("users", "alice", body)
    for _ in range(2):
        assert (await login(Api(core, people.tokens)(None), "alice")).status_code == 200
    renewed = await core.context.documents.get("users", "alice")
    assert renewed
    assert "m=8,t=1,p=1" in renewed.body["password_hash"]


class TestSetUp:
    """The one-time secret that makes the first admin."""

    async def set_up(self, api: Api, secret: str, **fields: Any) -> httpx.Response:
        body = {"secret": secret, "password": "a long password"} | fields
        return await api(None).post("/api/auth/setup", json=body)

    async def test_it_makes_the_first_admin_once(self, core: LabCore) -> None:
        offered = await core.identity.offer_setup()
        assert offered
        api = Api(core, {})
        answer = await self.set_up(api, offered.secret, username="root")
        assert (answer.status_code, answer.json()["is_admin"]) == (201, True)
        assert "lab_session" in answer.cookies
        assert (await self.set_up(api, offered.secret, username="other")).status_code == 401
        assert await core.identity.offer_setup() is None

    async def test_of_two_at_once_one_wins(self, core: LabCore) -> None:
        offered = await core.identity.offer_setup()
        assert offered
        api = Api(core, {})
        answers = await asyncio.gather(
            *[self.set_up(api, offered.secret, username=name) for name in ("one", "two")]
        )
        assert sorted(a.status_code for a in answers) == [201, 401]
        assert await core.context.documents.count("users") == 1

    async def test_a_newer_one_replaces_it(self, core: LabCore) -> None:
        first, second = await core.identity.offer_setup(), await core.identity.offer_setup()
        assert first
        assert second
        api = Api(core, {})
        assert (await self.set_up(api, first.secret)).status_code == 401
        assert (await self.set_up(api, second.secret)).status_code == 201

    async def test_it_expires_and_opens_nothing_else(self, tmp_path: Path) -> None:
        clock = Clock()
        async with open_core(tmp_path, clock) as core:
            offered = await core.identity.offer_setup()
            assert offered
            api = Api(core, {})
            assert (await api.bearing(offered.secret).get("/api/auth/me")).status_code == 401
            clock.pass_(hours=25)
            assert (await self.set_up(api, offered.secret)).status_code == 401


class TestRegistration:
    """Visitors who make an account for themselves."""

    NEW = {"name": "erin", "password": "a long password"}

    async def test_it_is_off_by_default(self, api: Api) -> None:
        answer = await api(None).post("/api/auth/register", json=self.NEW)
        assert answer.status_code == 403
        assert "Ask an admin" in answer.json()["message"]

    async def test_it_makes_a_plain_user(self, tmp_path: Path) -> None:
        async with open_core(tmp_path, allow_self_registrations=True) as core:
            visitor = Api(core, {})(None)
            answer = await visitor.post("/api/auth/register", json=self.NEW)
            assert (answer.status_code, answer.json()["is_admin"]) == (201, False)
            again = await visitor.post("/api/auth/register", json=self.NEW)
            assert again.status_code == 409
            admin = self.NEW | {"name": "eve", "is_admin": True}
            assert (await visitor.post("/api/auth/register", json=admin)).status_code == 422

    async def test_it_is_limited_by_address(self, tmp_path: Path) -> None:
        async with open_core(tmp_path, allow_self_registrations=True) as core:
            visitor = Api(core, {})(None)
            answers = [
                await visitor.post("/api/auth/register", json=self.NEW | {"name": f"u{n}"})
                for n in range(11)
            ]
            assert [a.status_code for a in answers[9:]] == [201, 429]


class TestExchange:
    """The gateway's session for a token in a URL."""

    async def test_it_has_the_same_reach_and_ends_with_the_token(
        self, core: LabCore, people: People
    ) -> None:
        api = Api(core, people.tokens)
        made = await api("dana").post("/api/tokens", json={"scope": {"role": "viewer"}})
        token = IssuedToken.model_validate(made.json())
        session = await core.identity.exchange(token.secret)
        assert session.token.expires_at
        assert token.token.expires_at
        assert session.token.expires_at <= token.token.expires_at
        browser = api.bearing(None, Cookie=f"lab_session={session.secret}")
        me = (await browser.get("/api/auth/me")).json()
        assert (me["scope"]["role"], me["is_admin"]) == ("viewer", False)
        await api("dana").delete(f"/api/tokens/{token.token.id}")
        assert (await browser.get("/api/auth/me")).status_code == 401


async def test_the_password_of_an_unattended_install_makes_admin_once(core: LabCore) -> None:
    from pydantic import SecretStr

    await core.users.ensure_admin(SecretStr("first password"))
    await core.users.ensure_admin(SecretStr("other password"))
    api = Api(core, {})
    assert (await login(api(None), "admin", "other password")).status_code == 401
    assert (await login(api(None), "admin", "first password")).json()["is_admin"] is True
    assert await core.identity.offer_setup() is None


async def test_a_stranger_costs_as_much_work_as_a_user(
    core: LabCore, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mllab.core import passwords

    checked: list[str] = []
    matches = passwords.Passwords._matches

    def counting(self: passwords.Passwords, kept: str, password: Any) -> bool:
        checked.append(kept.rpartition("$")[0].rpartition("$")[0])
        return matches(self, kept, password)

    monkeypatch.setattr(passwords.Passwords, "_matches", counting)
    api = Api(core, people.tokens)
    for name in ("alice", "nobody", "not a name"):
        await login(api(None), name, "wrong!")
    assert len(checked) == 3
    assert len(set(checked)) == 1
