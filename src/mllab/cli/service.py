"""`mllab service`: services, of commands and of registered models."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from mllab.cli import service_key
from mllab.cli.asking import Yes, confirm
from mllab.cli.common import Json, ProjectOption, open_project
from mllab.cli.flags import spread
from mllab.cli.output import emit, say, tell
from mllab.cli.running import (
    Follow,
    LogSource,
    Offset,
    ProgramFlags,
    Search,
    Tail,
    Wait,
    print_activity,
    print_usage,
)
from mllab.client.services import Services
from mllab.errors import BackendFailed, InvalidInput
from mllab.model.work import Service

app = typer.Typer(no_args_is_help=True, help="Services.")
app.add_typer(service_key.app, name="key")

Name = Annotated[str, typer.Argument(help="Name of the service.")]
_COLUMNS = ["name", "status.state", "path", "created_by", "status.reason"]
_ONE = ["name", "status.state", "status.reason", "status.exit_code", "address"]
_MODEL = ["spec.model.name", "spec.model.version", "spec.model.alias"]
_SPEC = ["spec.command", *_MODEL, "spec.ports", "spec.requirements", "spec.restart"]
_TIMES = ["status.model_uri", "status.attempt", "status.started_at", "status.finished_at"]
_ALL = [*_ONE, *_SPEC, *_TIMES, "created_by", "updated_by"]


@dataclass(frozen=True)
class ServiceFlags:
    """What a service may say beyond its program."""

    model: Annotated[str | None, typer.Option(help="Registered model to serve.")] = None
    version: Annotated[str | None, typer.Option(help="Its version; else the newest.")] = None
    alias: Annotated[str | None, typer.Option(help="Its alias, instead of a version.")] = None
    port: Annotated[
        list[int] | None, typer.Option(help="Port the command listens on ($PORT); repeatable.")
    ] = None
    health_path: Annotated[
        str | None, typer.Option(help="Path that answers 2xx once it is ready.")
    ] = None
    restart: Annotated[bool, typer.Option(help="Start it again when it ends.")] = True


@app.command("list")
def list_services(project: ProjectOption = "", json: Json = False) -> None:
    """List the services."""
    emit(_services(project).list(), as_json=json, columns=_COLUMNS)


@app.command("get")
def get_service(name: Name, project: ProjectOption = "", json: Json = False) -> None:
    """Show one service with its state."""
    services = _services(project)
    _emit(services, services.get(name), json, _ALL)


@app.command("deploy")
@spread
def deploy_service(
    name: Name,
    flags: ServiceFlags,
    program: ProgramFlags,
    wait: Wait = False,
    project: ProjectOption = "",
    json: Json = False,
) -> None:
    """Deploy a command or a registered model, or redeploy the service of this name."""
    if (program.command is None) == (flags.model is None):
        raise InvalidInput("What shall it run? Add --command '…' or --model NAME.")
    services = _services(project)
    service = services.deploy(
        name,
        program.command,
        model=flags.model,
        version=flags.version,
        alias=flags.alias,
        code=program.code,
        requirements=program.requirements(),
        environment=program.variables(),
        ports=flags.port or [8080],
        health_path=flags.health_path,
        image=program.image,
        limits=program.limits(),
        restart=flags.restart,
    )
    _show(services, service, wait, json)


app.command("create", hidden=True)(deploy_service)
app.command("update", hidden=True)(deploy_service)


@app.command("start")
def start_service(
    name: Name, wait: Wait = False, project: ProjectOption = "", json: Json = False
) -> None:
    """Ask for a service to run."""
    services = _services(project)
    _show(services, services.start(name), wait, json)


@app.command("stop")
def stop_service(name: Name, project: ProjectOption = "", json: Json = False) -> None:
    """Ask for a service to end."""
    service = _services(project).stop(name)
    if json:
        emit(service, as_json=True)
    else:
        word = service.status.state if service.status.state.is_final else "being stopped"
        say(f"Service {name} is {word}.")


@app.command("restart")
def restart_service(
    name: Name, wait: Wait = False, project: ProjectOption = "", json: Json = False
) -> None:
    """End what runs, then start it anew."""
    services = _services(project)
    _show(services, services.restart(name), wait, json)


@app.command("delete")
def delete_service(
    name: Name, project: ProjectOption = "", yes: Yes = False, json: Json = False
) -> None:
    """Stop a service and forget it with its logs."""
    confirm(f"Delete service {name!r} with its logs?", yes=yes)
    _services(project).delete(name)
    tell(f"Deleted service {name}.", as_json=json, name=name, deleted=True)


@app.command("logs")
def show_logs(
    name: Name,
    follow: Follow = False,
    offset: Offset = 0,
    tail: Tail = None,
    search: Search = None,
    project: ProjectOption = "",
) -> None:
    """Print the output of a service."""
    services = _services(project)
    source = LogSource(
        partial(services.logs, name),
        partial(services.log_lines, name),
        partial(services.search_log, name),
    )
    source.show(follow=follow, offset=offset, tail=tail, search=search)


@app.command("activity")
def show_activity(name: Name, project: ProjectOption = "", json: Json = False) -> None:
    """Show when a service was last used, and what moved in the last hour."""
    print_activity(_services(project).activity(name), json=json)


@app.command("usage")
def show_usage(name: Name, project: ProjectOption = "", json: Json = False) -> None:
    """Show what a service uses now of what it may."""
    print_usage(_services(project).usage(name), json=json)


@app.command("call")
def call_service(
    name: Name,
    path: Annotated[str, typer.Argument(help="Path in the service.")] = "",
    data: Annotated[str | None, typer.Option(help="JSON to POST, or @FILE that holds it.")] = None,
    port: Annotated[int | None, typer.Option(help="Another port than the first.")] = None,
    project: ProjectOption = "",
) -> None:
    """Send a request to a service and print the answer."""
    services = _services(project)
    if data is None:
        answer = services.request(name, path, port=port)
    else:
        headers = {"Content-Type": "application/json"}
        answer = services.request(
            name, path, method="POST", port=port, content=_content(data), headers=headers
        )
    if answer.is_error:
        raise BackendFailed(f"{name} answered {answer.status_code}: {answer.text[:2000]}")
    sys.stdout.write(answer.text.rstrip("\n") + "\n")


def _content(data: str) -> bytes:
    if not data.startswith("@"):
        return data.encode()
    try:
        return Path(data[1:]).read_bytes()
    except OSError as exc:
        raise InvalidInput(f"{data[1:]}: {exc.strerror}.") from exc


def _services(project: str) -> Services:
    return open_project(project).services


def _show(services: Services, service: Service, wait: bool, json: bool) -> None:
    _emit(services, services.wait(service.name) if wait else service, json, _ONE)


def _emit(services: Services, service: Service, json: bool, columns: list[str]) -> None:
    """Show a service; people get the address to call instead of the path."""
    address = {} if json else {"address": services.url(service)}
    emit(service.model_dump(mode="json") | address, as_json=json, columns=columns)
