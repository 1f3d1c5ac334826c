"""`mllab token`: one's own tokens."""

from __future__ import annotations

from typing import Annotated

import typer

from mllab.cli.asking import Yes, confirm
from mllab.cli.common import Json, open_lab
from mllab.cli.output import emit, errors, say, tell
from mllab.model.accounts import Scope
from mllab.model.projects import Role

app = typer.Typer(no_args_is_help=True, help="One's own tokens.")

COLUMNS = ["id", "kind", "scope.project", "scope.service", "last_used_at", "expires_at", "name"]


@app.command("list")
def list_tokens(
    user: Annotated[str | None, typer.Option(help="Another user, for admins.")] = None,
    json: Json = False,
) -> None:
    """List tokens and sessions, newest first."""
    emit(open_lab().tokens.list(user=user), as_json=json, columns=COLUMNS)


@app.command("create")
def create_token(
    name: Annotated[str, typer.Argument(help="What it is for.")] = "",
    project: Annotated[
        str | None, typer.Option("--project", "-p", help="Confine it to this project.")
    ] = None,
    role: Annotated[Role | None, typer.Option(help="Confine it to this role.")] = None,
    service: Annotated[
        str | None, typer.Option(help="Confine it to this service of the project.")
    ] = None,
    days: Annotated[int, typer.Option(min=1, max=3650, help="Days that it lives.")] = 30,
    json: Json = False,
) -> None:
    """Make a token and print its secret, which is never shown again."""
    scope = Scope(project=project, role=role, service=service)
    issued = open_lab().tokens.create(name, scope=scope, expires_in_days=days)
    if json:
        emit(issued, as_json=True)
        return
    errors.print("This secret is shown once; keep it safe:", highlight=False)
    say(issued.secret)


@app.command("delete")
def delete_token(
    token: Annotated[str, typer.Argument(help="Its id, as `mllab token list` shows it.")],
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Revoke a token."""
    confirm(f"Revoke token {token}?", yes=yes)
    open_lab().tokens.delete(token)
    tell(f"Revoked token {token}.", as_json=json, id=token, deleted=True)
