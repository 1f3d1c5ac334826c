"""`mllab workspace`: your workspace."""

from __future__ import annotations

import webbrowser
from typing import Annotated

import typer

from mllab.cli.asking import Yes, confirm
from mllab.cli.common import Json, open_lab
from mllab.cli.output import emit, say, tell
from mllab.cli.running import (
    Follow,
    LogSource,
    Offset,
    Search,
    Tail,
    Wait,
    print_activity,
    print_usage,
)
from mllab.client.workspaces import Workspace
from mllab.model.work import Workspace as Record

app = typer.Typer(no_args_is_help=True, help="Your workspace.")

_STATUS = ["state", "reason", "exit_code", "started_at"]
_SHOWN = ["user", "spec.image", *(f"status.{field}" for field in _STATUS), "address"]

User = Annotated[str | None, typer.Option(help="Of another user, for admins.")]


@app.command("get")
def get_workspace(user: User = None, json: Json = False) -> None:
    """Show the workspace with its state."""
    workspace = _workspace(user)
    _show(workspace, workspace.get(), wait=False, json=json)


@app.command("update")
def update_workspace(
    image: Annotated[str, typer.Option(help='Container image; "" is the lab\'s own.')],
    user: User = None,
    yes: Yes = False,
    wait: Wait = False,
    json: Json = False,
) -> None:
    """Run the workspace in another image; files stay."""
    confirm("End what runs in the workspace and start it in another image?", yes=yes)
    workspace = _workspace(user)
    _show(workspace, workspace.update(image=image or None), wait, json)


@app.command("start")
def start_workspace(user: User = None, wait: Wait = False, json: Json = False) -> None:
    """Ask for the workspace to run."""
    workspace = _workspace(user)
    _show(workspace, workspace.start(), wait, json)


@app.command("stop")
def stop_workspace(user: User = None, json: Json = False) -> None:
    """Ask for the workspace to end; files and environment stay."""
    workspace = _workspace(user)
    record = workspace.stop()
    if json:
        emit(record, as_json=True)
    else:
        word = record.status.state if record.status.state.is_final else "being stopped"
        say(f"The workspace of {workspace.user} is {word}; files and environment stay.")


@app.command("restart")
def restart_workspace(user: User = None, wait: Wait = False, json: Json = False) -> None:
    """End what runs in the workspace and start it anew."""
    workspace = _workspace(user)
    _show(workspace, workspace.restart(), wait, json)


@app.command("reset")
def reset_workspace(
    user: User = None, yes: Yes = False, wait: Wait = False, json: Json = False
) -> None:
    """Start the workspace with a new environment; files stay."""
    confirm("End what runs in the workspace and renew its environment?", yes=yes)
    workspace = _workspace(user)
    _show(workspace, workspace.reset(), wait, json)


@app.command("logs")
def show_logs(
    user: User = None,
    follow: Follow = False,
    offset: Offset = 0,
    tail: Tail = None,
    search: Search = None,
) -> None:
    """Print the output of the workspace."""
    workspace = _workspace(user)
    source = LogSource(workspace.logs, workspace.log_lines, workspace.search_log)
    source.show(follow=follow, offset=offset, tail=tail, search=search)


@app.command("activity")
def show_activity(user: User = None, json: Json = False) -> None:
    """Show when the workspace was last used, and what moved in the last hour."""
    print_activity(_workspace(user).activity(), json=json)


@app.command("usage")
def show_usage(user: User = None, json: Json = False) -> None:
    """Show what the workspace uses now of what it may."""
    print_usage(_workspace(user).usage(), json=json)


@app.command("open")
def open_workspace(
    user: User = None,
    browser: Annotated[bool, typer.Option(help="Open a browser, else only print.")] = True,
    json: Json = False,
) -> None:
    """Print the workspace's address and open it; the first visit starts it."""
    url = _workspace(user).url
    tell(url, as_json=json, address=url)
    if browser:
        webbrowser.open(url)


def _workspace(user: str | None) -> Workspace:
    return open_lab().workspace(user)


def _show(workspace: Workspace, record: Record, wait: bool, json: bool) -> None:
    record = workspace.wait() if wait else record
    address = {} if json else {"address": workspace.url}
    emit(record.model_dump(mode="json") | address, as_json=json, columns=_SHOWN)
