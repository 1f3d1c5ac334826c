"""`mllab admin`: the whole lab, for its admins."""

from __future__ import annotations

from typing import Annotated

import typer

from mllab.cli.asking import Yes, confirm
from mllab.cli.common import Json, open_lab
from mllab.cli.output import emit

app = typer.Typer(no_args_is_help=True, help="The whole lab (for admins).")


@app.command("projects")
def list_projects(
    search: Annotated[
        str, typer.Option(help="Only those whose name or title holds this; case aside.")
    ] = "",
    json: Json = False,
) -> None:
    """List all projects with their owners and what they hold."""
    found = open_lab().admin.projects(search)
    if json:
        emit(found, as_json=True)
        return
    rows = [
        {
            "name": each.project.name,
            "owners": ", ".join(each.owners),
            "members": each.counts.members,
            "datasets": each.counts.datasets,
            "models": each.counts.models,
            "runs": each.counts.runs,
            "jobs": each.counts.jobs,
            "services": sum(each.counts.services.values()),
            "storage_bytes": each.storage_bytes,
            "created_at": each.project.created_at,
            "state": str(each.project.state),
        }
        for each in found
    ]
    emit(rows, as_json=False, columns=list(rows[0]) if rows else ["name"])


@app.command("workloads")
def list_workloads(
    project: Annotated[str | None, typer.Option(help="Of this project only.")] = None,
    user: Annotated[str | None, typer.Option(help="Of this user only.")] = None,
    kind: Annotated[str | None, typer.Option(help="workspace, service or job.")] = None,
    state: Annotated[str | None, typer.Option(help="In this state only.")] = None,
    json: Json = False,
) -> None:
    """List all workloads with their owners and what they use."""
    found = open_lab().admin.workloads(project=project, user=user, kind=kind, state=state)
    if json:
        emit(found, as_json=True)
        return
    rows = [
        {
            "kind": str(each.kind),
            "project": each.project or "",
            "name": each.name,
            "user": each.user,
            "state": str(each.status.state),
            "memory_mib": each.usage and each.usage.memory_bytes >> 20,
            "cpu_cores": each.usage and each.usage.cpu_cores,
            "cpu_seconds": each.usage and round(each.usage.cpu_seconds, 1),
            "image": each.image or "",
        }
        for each in found
    ]
    emit(rows, as_json=False, columns=list(rows[0]) if rows else ["kind"])


@app.command("settings")
def list_settings(json: Json = False) -> None:
    """List all settings as they stand and where they come from."""
    emit(open_lab().admin.settings(), as_json=json, columns=["name", "value", "source"])


@app.command("orphans")
def list_orphans(
    remove: Annotated[bool, typer.Option("--remove", help="Remove them, with their data.")] = False,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """List containers, networks, volumes and folders of the lab that nobody owns."""
    admin = open_lab().admin
    found = admin.orphans()
    columns = ["kind", "name", "was_of", "running", "created_at"]
    if remove and found:
        if not yes:
            emit(found, as_json=json, columns=columns)
        confirm(f"Remove these {len(found)} with their data?", yes=yes)
        found = admin.remove_orphans(found)
        columns = ["kind", "name", "removed", "fault"]
    emit(found, as_json=json, columns=columns)
    if any(each.fault for each in found):
        raise typer.Exit(1)
