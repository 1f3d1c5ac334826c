"""`mllab login`, `logout`, `whoami`: which lab, and as whom."""

from __future__ import annotations

import platform
from contextlib import closing, suppress
from pathlib import Path
from typing import Annotated

import typer

from mllab.cli.asking import PasswordStdin, ask_hidden
from mllab.cli.common import Json, credentials_file, open_lab, save_credentials
from mllab.cli.output import emit, tell
from mllab.client.lab import Lab
from mllab.errors import InvalidInput, NotSignedIn

_ME = ["user", "is_admin", "scope.project", "scope.role", "scope.service", "token_id"]


def add_to(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    app.command()(login)
    app.command()(logout)
    app.command()(whoami)


def login(
    url: Annotated[str, typer.Argument(help="Address of the lab, such as http://localhost:8080")],
    username: Annotated[str | None, typer.Option("--username", "-u", help="User name.")] = None,
    password_stdin: PasswordStdin = False,
    token_stdin: Annotated[
        bool, typer.Option("--token-stdin", help="Read an API token from standard input.")
    ] = False,
    ca: Annotated[
        Path | None,
        typer.Option(
            help="PEM file to trust for this lab; a self-signed one has it at tls/cert.pem.",
            exists=True,
            dir_okay=False,
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Sign in to a lab and remember it for the next commands."""
    if not url.startswith(("http://", "https://")):
        raise InvalidInput(f"{url!r} is no address. Write it like http://localhost:8080")
    if token_stdin:
        lab = Lab(url, ask_hidden("Token", from_stdin=True), ca_file=ca)
    else:
        username = username or typer.prompt("User name", err=True)
        password = ask_hidden("Password", from_stdin=password_stdin)
        name = f"mllab on {platform.node()}"[:200]
        lab = Lab.sign_in(url, str(username), password, name=name, ca_file=ca)
    with closing(lab):
        user = lab.me().user
    save_credentials(url.rstrip("/"), lab.http.token, ca)
    tell(f"Signed in to {url} as {user}.", as_json=json, endpoint=url, user=user)


def logout(json: Json = False) -> None:
    """Revoke the token of `mllab login` and forget it."""
    with closing(open_lab()) as lab:
        # A token that is no longer valid needs no revoking.
        with suppress(NotSignedIn):
            lab.sign_out()
    credentials_file().unlink(missing_ok=True)
    tell("Signed out.", as_json=json, signed_out=True)


def whoami(json: Json = False) -> None:
    """Show which user and credential the next commands use."""
    with closing(open_lab()) as lab:
        emit(lab.me(), as_json=json, columns=_ME)
