"""Every route x every kind of caller: who is refused, how, and who is not.

The rows are in `support/route_rows.py`; a route without one fails here, and so does a
row without a route. What each kind of caller may do is worked out here once more, from
the levels of the rule table alone.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute
from people import Api, People, open_core, settle
from route_rows import (
    ENDS_ITS_PROJECT,
    MEMBER,
    MLFLOW,
    MLFLOW_ROWS,
    PARAMETERS,
    REQUESTS,
    ROWS,
    USER,
)

from mllab.api.app import ROUTERS
from mllab.core.lab import LabCore
from mllab.core.permissions import RULES, Action, Level
from mllab.model.accounts import Scope, TokenKind
from mllab.model.projects import NewProject, Role


@dataclass(frozen=True)
class Kind:
    """A kind of caller: whose credential it is, its rank in `alpha`, how it is confined."""

    user: str | None
    rank: int = 0
    is_admin: bool = False
    scope: Scope | None = None

    @property
    def is_confined(self) -> bool:
        return bool(self.scope and (self.scope.project or self.scope.role))

    @property
    def is_workload(self) -> bool:
        return bool(self.scope and self.scope.workload)

    @property
    def service(self) -> str | None:
        return self.scope.service if self.scope else None


# The admin comes last: what an admin deletes, nobody finds afterwards.
KINDS = {
    "anonymous": Kind(None),
    "outsider": Kind("charlie"),
    "viewer": Kind("vera", 1),
    "editor": Kind("bob", 2),
    "owner": Kind("alice", 3),
    "token of another project": Kind("alice", 0, scope=Scope(project="beta")),
    "token of the project": Kind("alice", 3, scope=Scope(project="alpha")),
    "viewing token": Kind("alice", 1, scope=Scope(project="alpha", role=Role.VIEWER)),
    "token of a service": Kind("alice", 3, scope=Scope(project="alpha", service="web")),
    "job's token": Kind(
        "alice", 2, scope=Scope(project="alpha", role=Role.EDITOR, workload="wl_1")
    ),
    "workspace's token": Kind("bob", 2, scope=Scope(workload="wl_2")),
    "admin's workspace": Kind("dana", 0, scope=Scope(workload="wl_3")),
    "admin": Kind("dana", 3, is_admin=True),
}
RANKS = {Level.VIEWER: 1, Level.EDITOR: 2, Level.EDITING_PERSON: 2, Level.OWNER: 3}


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    method: str
    path: str
    permission: str
    status: int = 0

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def about(self) -> str | None:
        """Return the user that the route is about."""
        if "{user}" not in self.path:
            return None
        return MEMBER if "{project}" in self.path else USER


def _row(line: str) -> Row:
    method, path, permission, *status = line.split()
    return Row(method, path, permission, int(status[0]) if status else 0)


def _below(prefix: str, rows: str) -> list[Row]:
    found = [_row(line) for line in rows.strip().splitlines()]
    return [replace(row, path=prefix + row.path) for row in found]


TABLE = _below("", ROWS) + _below(MLFLOW, MLFLOW_ROWS)


def expected(row: Row, kind: Kind) -> int:
    """Return the status with which `kind` is refused, 0 if it is let through."""
    if kind.user is None:
        return 401
    level = RULES[Action(row.permission)]
    if level in RANKS:
        if kind.rank == 0:
            return 404
        if kind.service and row.permission != Action.SERVICE_USE:
            return 403
        if level is Level.EDITING_PERSON and kind.is_workload:
            return 403
        return 0 if kind.rank >= RANKS[level] else 403
    if level is Level.SIGNED_IN:
        return 403 if kind.service else 0
    return _expected_of_person(row, kind, level)


def _expected_of_person(row: Row, kind: Kind, level: Level) -> int:
    own = row.about in {None, kind.user}
    whole = not kind.is_confined and not (level is Level.PERSON and kind.is_workload)
    allowed = {
        Level.OWN: whole and (own or kind.is_admin),
        Level.PERSON: whole and (own or kind.is_admin),
        Level.ONLY_SELF: whole and own,
        Level.ADMIN: whole and kind.is_admin,
    }[level]
    if allowed:
        return 0
    return 403 if own or kind.is_admin else 404


@asynccontextmanager
async def lab(folder: Path) -> AsyncIterator[tuple[Api, dict[str, str | None]]]:
    """Give an API and the secret of every kind of caller."""
    async with open_core(folder) as core:
        people = await settle(core)
        await people.add(MEMBER)
        await core.members.put(people["alice"], "alpha", MEMBER, Role.VIEWER)
        await core.projects.create(people["alice"], NewProject(name="beta"))
        secrets = {name: await _secret(core, people, kind) for name, kind in KINDS.items()}
        yield Api(core, people.tokens), secrets


async def _secret(core: LabCore, people: People, kind: Kind) -> str | None:
    if kind.user is None:
        return None
    workload = TokenKind.WORKLOAD if kind.is_workload else TokenKind.API
    return (await core.tokens.issue(kind.user, workload, scope=kind.scope)).secret


async def call(api: Api, secret: str | None, row: Row) -> httpx.Response:
    """Call the route of `row` with stand-ins for its parameters."""
    values = PARAMETERS | {"user": row.about or ""}
    path = re.sub(r"\{(\w+)(:\w+)?\}", lambda found: values[found[1]], row.path)
    bodiless = row.method in {"GET", "HEAD", "DELETE"}
    empty: dict[str, Any] = {} if bodiless else {"json": {}}
    client = api.bearing(secret)
    return await client.request(row.method, f"/api{path}", **REQUESTS.get(row.name, empty))


def fault(row: Row, name: str, answer: httpx.Response) -> str:
    """Return what is wrong with the answer that this kind of caller got, or nothing."""
    status = expected(row, KINDS[name])
    found = f"{name}: {answer.status_code} {answer.text[:200]}"
    about = {"project": PARAMETERS["project"], "user": row.about}
    hidden = any(f"No {kind} '{value}'" in answer.text for kind, value in about.items())
    if status == 0:
        ok = answer.status_code not in {401, 403, 500} and not hidden
        return "" if ok else f"{found}, expected to be let through"
    right = answer.status_code == status
    if status == 404 and row.method != "HEAD":
        right = right and hidden
    return "" if right else f"{found}, expected {status}"


def _groups() -> dict[str, list[Row]]:
    """Return rows that may share a lab: reads, and writes below one part of a project."""
    groups: dict[str, list[Row]] = {}
    for row in TABLE:
        if row.status or row.name in ENDS_ITS_PROJECT:
            continue
        parts = row.path.split("/")
        about_people = len(parts) < 4 or parts[3] == "members" or parts[1] != "projects"
        shared = row.method == "GET" or not about_people
        groups.setdefault("/".join(parts[:4]) if shared else row.name, []).append(row)
    return groups


GROUPS = _groups()


@pytest.mark.parametrize("group", GROUPS)
async def test_every_kind_of_caller_gets_what_the_rules_say(tmp_path: Path, group: str) -> None:
    faults = []
    async with lab(tmp_path) as (api, secrets):
        for row in GROUPS[group]:
            for name, secret in secrets.items():
                wrong = fault(row, name, await call(api, secret, row))
                faults += [f"{row.name}: {wrong}"] if wrong else []
    assert faults == []


@pytest.mark.parametrize("name", list(KINDS))
@pytest.mark.parametrize("row", [r for r in TABLE if r.name in ENDS_ITS_PROJECT], ids=str)
async def test_who_may_end_a_project_ends_it(tmp_path: Path, row: Row, name: str) -> None:
    async with lab(tmp_path) as (api, secrets):
        assert fault(row, name, await call(api, secrets[name], row)) == ""


@pytest.mark.parametrize("row", [r for r in TABLE if r.status], ids=lambda row: row.name)
async def test_open_routes_answer_strangers(tmp_path: Path, row: Row) -> None:
    async with lab(tmp_path) as (api, _):
        assert (await call(api, None, row)).status_code == row.status


def test_every_route_has_a_row_and_every_row_a_route() -> None:
    routes = {
        Row(method, route.path, str((route.openapi_extra or {})["x-permission"]))
        for router in ROUTERS
        for route in router.routes
        if isinstance(route, APIRoute)
        for method in route.methods or ()
    }
    assert {replace(row, status=0) for row in TABLE} == routes


async def test_nothing_else_is_served(api: Api) -> None:
    paths = {getattr(route, "path", None) for route in api.app.routes}
    assert paths == {None, "/api/openapi.json"}


def test_every_action_has_a_rule() -> None:
    assert set(RULES) == set(Action)
