"""`mllab secret`: secrets of a project."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from mllab.cli.asking import Yes, ask_hidden, confirm
from mllab.cli.common import Json, ProjectOption, open_project
from mllab.cli.output import emit, tell

app = typer.Typer(no_args_is_help=True, help="Secrets of a project.")

Name = Annotated[str, typer.Argument(help="Name of the variable that workloads get.")]


@app.command("list")
def list_secrets(project: ProjectOption = "", json: Json = False) -> None:
    """List names and dates; values never leave the lab."""
    columns = ["name", "updated_by", "updated_at"]
    emit(open_project(project).secrets.list(), as_json=json, columns=columns)


@app.command("set")
@app.command("create", hidden=True)
def set_secret(
    name: Name,
    project: ProjectOption = "",
    stdin: Annotated[
        bool,
        typer.Option(
            "--stdin", help="Read standard input as the value, but for its last line's end."
        ),
    ] = False,
    json: Json = False,
) -> None:
    """Store a value, asked for or read from standard input."""
    value = (
        sys.stdin.read().rstrip("\r\n")
        if stdin
        else ask_hidden(f"Value of {name}", from_stdin=False)
    )
    emit(open_project(project).secrets.put(name, value), as_json=json)


@app.command("delete")
def delete_secret(
    name: Name, project: ProjectOption = "", yes: Yes = False, json: Json = False
) -> None:
    """Delete a secret; running workloads keep what they were given."""
    confirm(f"Delete secret {name}?", yes=yes)
    open_project(project).secrets.delete(name)
    tell(f"Deleted secret {name}.", as_json=json, name=name, deleted=True)
