"""`mllab project`: projects and their members."""

from __future__ import annotations

from typing import Annotated

import typer

from mllab.cli.asking import Yes, confirm
from mllab.cli.common import Json, open_lab, open_project
from mllab.cli.output import emit, tell
from mllab.model.projects import Role

app = typer.Typer(no_args_is_help=True, help="Projects and their members.")

Name = Annotated[str, typer.Argument(help="Name of the project.")]
Title = Annotated[str | None, typer.Option(help="One line for people.")]
Description = Annotated[str | None, typer.Option(help="Some paragraphs for people.")]
User = Annotated[str, typer.Argument(help="User name.")]


@app.command("list")
def list_projects(json: Json = False) -> None:
    """List the projects that you are in."""
    columns = ["name", "title", "role", "created_by", "created_at"]
    emit(open_lab().projects.list(), as_json=json, columns=columns)


@app.command("get")
def get_project(name: Name, json: Json = False) -> None:
    """Show one project."""
    emit(open_lab().projects.get(name), as_json=json)


@app.command("overview")
def show_overview(name: Name, json: Json = False) -> None:
    """Show how much the project holds; with --json also what happened lately."""
    found = open_lab().projects.overview(name).model_dump(mode="json", exclude={"project"})
    emit(found if json else {**found, "running": [], "recent": []}, as_json=json)


@app.command("create")
def create_project(
    name: Name, title: Title = None, description: Description = None, json: Json = False
) -> None:
    """Create a project that you own."""
    made = open_lab().projects.create(name, title=title or "", description=description or "")
    emit(made, as_json=json)


@app.command("update")
def update_project(
    name: Name, title: Title = None, description: Description = None, json: Json = False
) -> None:
    """Change what is given."""
    changed = open_lab().projects.update(name, title=title, description=description)
    emit(changed, as_json=json)


@app.command("delete")
def delete_project(name: Name, yes: Yes = False, json: Json = False) -> None:
    """Delete a project with all that is in it."""
    confirm(f"Delete project {name!r} with its files, experiments, jobs and services?", yes=yes)
    open_lab().projects.delete(name)
    text = f"Deleted project {name}; clean-up goes on in the lab."
    tell(text, as_json=json, name=name, deleted=True)


@app.command("members")
def list_members(name: Name, json: Json = False) -> None:
    """List who is in the project."""
    columns = ["user", "role", "added_by", "added_at"]
    emit(open_project(name).members.list(), as_json=json, columns=columns)


@app.command("add-member")
def add_member(
    name: Name,
    user: User,
    role: Annotated[Role, typer.Option(help="What the user may do.")] = Role.EDITOR,
    json: Json = False,
) -> None:
    """Add a user to the project, or change the role of a member."""
    emit(open_project(name).members.put(user, role), as_json=json)


@app.command("remove-member")
def remove_member(name: Name, user: User, yes: Yes = False, json: Json = False) -> None:
    """Remove a member; you may remove yourself."""
    confirm(f"Remove {user!r} from project {name!r}?", yes=yes)
    open_project(name).members.remove(user)
    tell(f"Removed {user} from {name}.", as_json=json, project=name, user=user, removed=True)
