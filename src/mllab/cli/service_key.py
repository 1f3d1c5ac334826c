"""`mllab service key`: keys of a service, for callers outside the lab."""

from __future__ import annotations

from typing import Annotated

import typer

from mllab.cli.asking import Yes, confirm
from mllab.cli.common import Json, ProjectOption, open_project
from mllab.cli.output import emit, errors, say, tell
from mllab.client.keys import ServiceKeys
from mllab.model.keys import IssuedServiceKey

app = typer.Typer(no_args_is_help=True, help="Keys of a service, for callers outside the lab.")

Service = Annotated[str, typer.Argument(help="Name of the service.")]
Key = Annotated[str, typer.Argument(help="Its id, as `mllab service key list` shows it.")]
_TIMES = ["last_used_at", "expires_at", "old_secret_until"]
_COLUMNS = ["id", "name", "requests_per_minute", "created_by", "maker_left", *_TIMES]


@app.command("list")
def list_keys(service: Service, project: ProjectOption = "", json: Json = False) -> None:
    """List the service's keys, newest first."""
    emit(_keys(project, service).list(), as_json=json, columns=_COLUMNS)


@app.command("create")
def create_key(
    service: Service,
    name: Annotated[str, typer.Argument(help="Who or what it is for.")] = "",
    days: Annotated[
        int, typer.Option(min=0, max=3650, help="Days that it lives; 0: until it is revoked.")
    ] = 365,
    rate_limit: Annotated[
        int | None,
        typer.Option(min=1, max=1_000_000, help="Requests in a minute; else unlimited."),
    ] = None,
    project: ProjectOption = "",
    json: Json = False,
) -> None:
    """Make a key and print its secret, which is never shown again."""
    issued = _keys(project, service).create(
        name, expires_in_days=days or None, requests_per_minute=rate_limit
    )
    _show(issued, json)


@app.command("rotate")
def rotate_key(
    service: Service,
    key: Key,
    grace: Annotated[
        int, typer.Option(min=0, max=30 * 86_400, help="Seconds that the old secret stays good.")
    ] = 0,
    project: ProjectOption = "",
    json: Json = False,
) -> None:
    """Give a key a new secret and print it; the old one ends."""
    _show(_keys(project, service).rotate(key, grace_s=grace), json)


@app.command("revoke")
@app.command("delete", hidden=True)
def revoke_key(
    service: Service, key: Key, project: ProjectOption = "", yes: Yes = False, json: Json = False
) -> None:
    """End a key."""
    confirm(f"Revoke key {key} of service {service!r}?", yes=yes)
    _keys(project, service).revoke(key)
    tell(f"Revoked key {key}.", as_json=json, id=key, deleted=True)


def _keys(project: str, service: str) -> ServiceKeys:
    return open_project(project).services.keys(service)


def _show(issued: IssuedServiceKey, json: bool) -> None:
    if json:
        emit(issued, as_json=True)
        return
    errors.print(
        f"Secret of {issued.key.id}, shown once; keep it safe:", highlight=False, markup=False
    )
    say(issued.secret)
