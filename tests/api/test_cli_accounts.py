"""Accounts and access on the command line, against a live lab."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Protocol

import pytest
from people import LiveLab, password_of
from typer.testing import Result

from mllab.errors import Conflict, LabError, NotAllowed, NotFound, NotSignedIn


class Cli(Protocol):
    """The fixture `cli`."""

    home: Path

    def __call__(self, *arguments: str, as_: str | None = ..., input: str = ...) -> Result: ...
    def json(self, *arguments: str, as_: str | None = ..., input: str = ...) -> Any: ...


def saved(cli: Cli) -> dict[str, str]:
    text = (cli.home / "mllab" / "credentials.json").read_text()
    return dict(json.loads(text))


def sign_in(cli: Cli, live: LiveLab, name: str) -> None:
    url = live.url + "/"
    arguments = ["login", url, "--username", name, "--password-stdin"]
    assert cli(*arguments, as_=None, input=password_of(name) + "\n").exit_code == 0


def test_sign_in_is_remembered_until_sign_out(cli: Cli, live: LiveLab) -> None:
    sign_in(cli, live, "bob")
    assert (cli.home / "mllab" / "credentials.json").stat().st_mode & 0o777 == 0o600
    assert cli.json("whoami", as_=None)["user"] == "bob"
    secret = saved(cli)["token"]
    assert cli("logout", as_=None).exit_code == 0
    with pytest.raises(NotSignedIn):
        cli("whoami", as_=None)
    live.people.tokens["old"] = secret
    with pytest.raises(NotSignedIn):
        live.client("old").me()


def test_sign_in_asks_for_what_is_not_given(cli: Cli, live: LiveLab) -> None:
    answers = f"bob\n{password_of('bob')}\n"
    result = cli("login", live.url, as_=None, input=answers)
    assert "as bob" in result.stdout
    assert password_of("bob") not in result.output


def test_sign_in_by_token(cli: Cli, live: LiveLab) -> None:
    result = cli("login", live.url, "--token-stdin", as_=None, input=live.token("vera"))
    assert "as vera" in result.stdout
    with pytest.raises(NotSignedIn):
        cli("login", live.url, "--token-stdin", as_=None, input="lab_wrong")
    assert saved(cli)["token"] == live.token("vera")


def test_a_token_of_the_environment_goes_to_its_own_lab_only(
    cli: Cli, live: LiveLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mllab.client.lab import Lab

    monkeypatch.setenv("LAB_ENDPOINT", "http://elsewhere.test")
    monkeypatch.setenv("LAB_API_TOKEN", live.token("alice"))
    lab = Lab(live.url)
    with pytest.raises(NotSignedIn):
        lab.me()
    lab.close()


def test_users(cli: Cli) -> None:
    created = ("user", "create", "erin", "--password-stdin", "--display-name", "Erin")
    assert cli.json(*created, as_="dana", input="a long password\n")["name"] == "erin"
    assert "erin" in cli("user", "list", as_="dana").stdout
    searched = cli.json("user", "list", "--search", "eri", as_="dana")
    assert [user["name"] for user in searched] == ["erin"]
    assert cli.json("user", "update", "erin", "--admin", as_="dana")["is_admin"] is True
    assert cli.json("user", "get", "erin", as_="dana")["is_admin"] is True
    assert cli("user", "delete", "erin", as_="dana", input="n\n").exit_code == 1
    assert cli("user", "delete", "erin", "--yes", as_="dana").exit_code == 0
    with pytest.raises(NotFound):
        cli("user", "get", "erin", as_="dana")
    with pytest.raises(NotAllowed):
        cli("user", "list", as_="bob")


def test_ones_own_password(cli: Cli, live: LiveLab) -> None:
    answers = f"{password_of('bob')}\nbrand new one\nbrand new one\n"
    result = cli("user", "update", "bob", "--password", as_="bob", input=answers)
    assert result.exit_code == 0
    assert "brand new one" not in result.output
    with pytest.raises(NotSignedIn):
        sign_in(cli, live, "bob")


def test_tokens(cli: Cli, live: LiveLab) -> None:
    result = cli("token", "create", "ci", "--project", "alpha", "--role", "viewer", "--days", "7")
    secret = result.stdout.strip()
    live.people.tokens["ci"] = secret
    me = live.client("ci").me()
    assert (me.scope.project, me.scope.role) == ("alpha", "viewer")
    listed = cli.json("token", "list")
    assert cli("token", "delete", listed[0]["id"], "--yes").exit_code == 0
    with pytest.raises(NotSignedIn):
        live.client("ci").me()
    assert cli.json("token", "create")["secret"].startswith("lab_")


def test_projects_and_members(cli: Cli) -> None:
    assert cli.json("project", "create", "beta", "--title", "B")["role"] == "owner"
    with pytest.raises(Conflict):
        cli("project", "create", "beta")
    assert cli.json("project", "update", "beta", "--description", "new")["description"] == "new"
    assert cli.json("project", "add-member", "beta", "charlie", "--role", "viewer")
    assert cli.json("project", "get", "beta", as_="charlie")["role"] == "viewer"
    assert [m["user"] for m in cli.json("project", "members", "beta")] == ["alice", "charlie"]
    assert cli("project", "remove-member", "beta", "charlie", "-y", as_="charlie").exit_code == 0
    assert [p["name"] for p in cli.json("project", "list")] == ["alpha", "beta"]
    assert len(cli.json("admin", "projects", as_="dana")) == 2
    shown = cli("admin", "projects", as_="dana").output
    assert len(re.findall(r" \d{4}-\d\d-\d\d \d\d:\d\d:\d\d  active", shown)) == 2
    assert cli("project", "delete", "beta", "--yes").exit_code == 0
    assert [p["name"] for p in cli.json("project", "list")] == ["alpha"]


def test_secrets(cli: Cli, live: LiveLab) -> None:
    cli("secret", "set", "A", "-p", "alpha", input="asked for\n")
    cli("secret", "set", "B", "-p", "alpha", "--stdin", input="two\nlines\n")
    assert live.call(live.core.secrets.values("alpha")) == {"A": "asked for", "B": "two\nlines"}
    assert [s["name"] for s in cli.json("secret", "list", "-p", "alpha")] == ["A", "B"]
    assert cli("secret", "delete", "A", "-p", "alpha", "--yes").exit_code == 0
    assert "asked for" not in cli("secret", "list", "-p", "alpha").output


def test_names_are_one_part_of_a_path(cli: Cli) -> None:
    for name in ("..", "a/../../users", "a?b", "a#b"):
        with pytest.raises(LabError):
            cli("project", "get", name, as_="dana")
