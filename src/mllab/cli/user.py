"""`mllab user`: accounts; most of it is for admins."""

from __future__ import annotations

from typing import Annotated

import typer

from mllab.cli.asking import PasswordStdin, Yes, ask_hidden, confirm
from mllab.cli.common import Json, open_lab
from mllab.cli.output import emit, tell

app = typer.Typer(no_args_is_help=True, help="Users (for admins).")

Name = Annotated[str, typer.Argument(help="User name.")]
DisplayName = Annotated[str | None, typer.Option(help="Name to show.")]
COLUMNS = ["name", "display_name", "is_admin", "is_active", "created_at"]


@app.command("list")
def list_users(
    search: Annotated[str, typer.Option(help="Only names that hold this; case aside.")] = "",
    json: Json = False,
) -> None:
    """List all users."""
    emit(open_lab().users.list(search), as_json=json, columns=COLUMNS)


@app.command("get")
def get_user(name: Name, json: Json = False) -> None:
    """Show one user."""
    emit(open_lab().users.get(name), as_json=json)


@app.command("create")
def create_user(
    name: Name,
    display_name: DisplayName = None,
    admin: Annotated[bool, typer.Option("--admin", help="Make it an admin.")] = False,
    password_stdin: PasswordStdin = False,
    json: Json = False,
) -> None:
    """Create an account; its password is asked for or read from standard input."""
    password = ask_hidden("Password of the new user", from_stdin=password_stdin, twice=True)
    users = open_lab().users
    made = users.create(name, password, display_name=display_name or "", is_admin=admin)
    emit(made, as_json=json)


@app.command("update")
def update_user(
    name: Name,
    display_name: DisplayName = None,
    admin: Annotated[bool | None, typer.Option("--admin/--no-admin", help="Admin or not.")] = None,
    active: Annotated[
        bool | None, typer.Option("--active/--inactive", help="May sign in or not.")
    ] = None,
    password: Annotated[bool, typer.Option("--password", help="Ask for a new password.")] = False,
    json: Json = False,
) -> None:
    """Change what is given."""
    lab = open_lab()
    current = new = None
    if password:
        if lab.me().user == name:
            current = ask_hidden("Current password", from_stdin=False)
        new = ask_hidden("New password", from_stdin=False, twice=True)
    changed = lab.users.update(
        name,
        password=new,
        current_password=current,
        display_name=display_name,
        is_admin=admin,
        is_active=active,
    )
    emit(changed, as_json=json)


@app.command("delete")
def delete_user(name: Name, yes: Yes = False, json: Json = False) -> None:
    """Delete an account with its tokens, memberships and workspace."""
    confirm(f"Delete user {name!r} with tokens, memberships and workspace?", yes=yes)
    open_lab().users.delete(name)
    tell(f"Deleted user {name}.", as_json=json, name=name, deleted=True)
