"""Tokens: what they reach, how they end, and that they never reach further."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from people import Api, LiveLab, People, open_core, settle

from mllab.core.lab import LabCore
from mllab.errors import NotFound
from mllab.model.accounts import IssuedToken, Scope, TokenKind
from mllab.model.base import now
from mllab.model.projects import Role
from mllab.stores.documents.base import eq


async def make(api: Api, who: str, **new: Any) -> IssuedToken:
    answer = await api(who).post("/api/tokens", json=new)
    assert answer.status_code == 201, answer.text
    return IssuedToken.model_validate(answer.json())


async def test_a_secret_is_shown_once_and_kept_hashed(api: Api, core: LabCore) -> None:
    made = await make(api, "bob", name="laptop")
    assert made.secret.startswith("lab_")
    listed = await api("bob").get("/api/tokens")
    assert made.token.id in [t["id"] for t in listed.json()["items"]]
    assert made.secret not in listed.text
    kept = await core.context.documents.find("tokens")
    assert made.secret not in str(kept)


async def test_a_revoked_token_is_over_at_once(api: Api) -> None:
    made = await make(api, "bob")
    client = api.bearing(made.secret)
    assert (await client.get("/api/auth/me")).status_code == 200
    assert (await api("bob").delete(f"/api/tokens/{made.token.id}")).status_code == 204
    answer = await client.get("/api/auth/me")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert (await api("bob").delete(f"/api/tokens/{made.token.id}")).status_code == 404


@pytest.mark.parametrize("secret", ["lab_wrong", "x", "lab_" + "é" * 10, "null"])
async def test_what_is_no_token_opens_nothing(api: Api, secret: str) -> None:
    client = api.bearing(None)
    raw = f"Bearer {secret}".encode()
    answer = await client.get("/api/auth/me", headers={b"Authorization": raw})
    assert (answer.status_code, answer.json()["error"]) == (401, "not_signed_in")


async def test_only_bearer_is_understood(api: Api) -> None:
    client = api.bearing(None, Authorization="Basic YTpi")
    assert (await client.get("/api/auth/me")).status_code == 401


async def test_tokens_of_others_are_out_of_sight_but_for_admins(api: Api) -> None:
    made = await make(api, "bob")
    assert (await api("alice").delete(f"/api/tokens/{made.token.id}")).status_code == 404
    assert (await api("alice").get("/api/tokens?user=bob")).status_code == 404
    assert len((await api("dana").get("/api/tokens?user=bob")).json()["items"]) == 2
    assert (await api("dana").delete(f"/api/tokens/{made.token.id}")).status_code == 204


async def test_a_project_token_sees_its_project_only(api: Api) -> None:
    await api("alice").post("/api/projects", json={"name": "beta"})
    made = await make(api, "alice", scope={"project": "alpha", "role": "viewer"})
    client = api.bearing(made.secret)
    listed = (await client.get("/api/projects")).json()["items"]
    assert [p["name"] for p in listed] == ["alpha"]
    assert (await client.get("/api/projects/beta")).status_code == 404
    assert (await client.patch("/api/projects/alpha", json={})).status_code == 403
    assert (await client.post("/api/projects", json={"name": "gamma"})).status_code == 403


@pytest.mark.parametrize("scope", [{"project": "alpha"}, {"role": "viewer"}])
async def test_a_confined_token_makes_no_tokens(api: Api, scope: dict[str, str]) -> None:
    client = api.bearing((await make(api, "alice", scope=scope)).secret)
    assert (await client.post("/api/tokens", json={})).status_code == 403
    assert (await client.get("/api/tokens")).status_code == 403
    assert (await client.patch("/api/users/alice", json={})).status_code == 403


async def test_a_confined_token_of_an_admin_is_no_admins(api: Api) -> None:
    made = await make(api, "dana", scope={"project": "alpha"})
    assert (await api.bearing(made.secret).get("/api/users")).status_code == 403
    assert (await api.bearing(made.secret).get("/api/projects/alpha")).status_code == 404


@pytest.mark.parametrize(
    ("scope", "status"),
    [
        ({"service": "web"}, 422),
        ({"workload": "wl_1"}, 422),
        ({"project": "alpha", "role": "owner"}, 422),
        ({"project": "alpha", "service": "web"}, 404),
        ({"project": "beta"}, 404),
        ({"project": "../x"}, 422),
    ],
)
async def test_a_scope_that_makes_no_sense_is_refused(
    api: Api, scope: dict[str, str], status: int
) -> None:
    assert (await api("bob").post("/api/tokens", json={"scope": scope})).status_code == status


async def test_a_token_weakens_with_its_owner(api: Api) -> None:
    client = api.bearing((await make(api, "bob", scope={"project": "alpha"})).secret)
    assert (await client.get("/api/projects/alpha")).json()["role"] == "editor"
    await api("alice").delete("/api/projects/alpha/members/bob")
    assert (await client.get("/api/projects/alpha")).status_code == 404


async def test_a_workload_token_carries_no_admin_rights_and_dies_with_it(
    core: LabCore, people: People
) -> None:
    scope = Scope(workload="wl_1")
    made = await core.tokens.issue("dana", TokenKind.WORKLOAD, scope=scope)
    client = Api(core, {}).bearing(made.secret)
    assert (await client.get("/api/auth/me")).json()["is_admin"] is False
    assert (await client.post("/api/tokens", json={})).status_code == 403
    await core.tokens.revoke_workload("wl_1")
    assert (await client.get("/api/auth/me")).status_code == 401


async def test_last_use_is_written_once_a_minute(tmp_path: Path) -> None:
    time = now()
    async with open_core(tmp_path, lambda: time) as core:
        api = Api(core, (await settle(core)).tokens)
        used = []
        for seconds in (0, 50, 20):
            time += timedelta(seconds=seconds)
            await api("bob").get("/api/auth/me")
            used.append((await core.context.documents.find("tokens", eq("user", "bob"))).documents)
        assert [documents[0].revision for documents in used] == [2, 2, 3]


async def test_a_token_expires_and_is_forgotten(tmp_path: Path) -> None:
    time = now()
    async with open_core(tmp_path, lambda: time) as core:
        api = Api(core, (await settle(core)).tokens)
        client = api.bearing((await make(api, "bob", expires_in_days=1)).secret)
        time += timedelta(days=1, seconds=1)
        assert (await client.get("/api/auth/me")).status_code == 401
        await make(api, "bob", expires_in_days=None)
        assert await core.context.documents.count("tokens") == 6


async def test_tokens_of_a_project_go_with_it(api: Api, core: LabCore) -> None:
    made = await make(api, "alice", scope={"project": "alpha"})
    assert await core.tokens.forget_project("alpha")
    assert (await api.bearing(made.secret).get("/api/auth/me")).status_code == 401


def test_the_client_makes_and_revokes_tokens(live: LiveLab) -> None:
    tokens = live.client("bob").tokens
    made = tokens.create("ci", scope=Scope(project="alpha", role=Role.VIEWER))
    assert made.token.id in [token.id for token in tokens.list()]
    tokens.delete(made.token.id)
    with pytest.raises(NotFound):
        tokens.delete(made.token.id)
