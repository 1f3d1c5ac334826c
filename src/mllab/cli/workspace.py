"""`mllab workspace`: your workspace."""

from __future__ import annotations

import webbrowser
from typing import Annotated

import typer

from mllab.cli.asking import Yes, confirm
from mllab.cli.common import Json, open_lab
from mllab.cli.output import emit, say
from mllab.cli.running import Follow, Offset, Wait, print_log
from mllab.client.workspaces import Workspace
from mllab.model.work import Workspace as Record

app = typer.Typer(no_args_is_help=True, help="Your workspace.")

User = Annotated[str | None, typer.Option(help="Of another user, for admins.")]


@app.command("get")
def get_workspace(user: User = None, json: Json = False) -> None:
    """Show the workspace with its state."""
    emit(_workspace(user).get(), as_json=json)


@app.command("start")
def start_workspace(user: User = None, wait: Wait = False, json: Json = False) -> None:
    """Ask for the workspace to run."""
    workspace = _workspace(user)
    _show(workspace, workspace.start(), wait, json)


@app.command("stop")
def stop_workspace(user: User = None, json: Json = False) -> None:
    """Ask for the workspace to end; files and environment stay."""
    emit(_workspace(user).stop(), as_json=json)


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
def show_logs(user: User = None, follow: Follow = False, offset: Offset = 0) -> None:
    """Print the output of the workspace."""
    print_log(_workspace(user).logs(follow=follow, offset=offset))


@app.command("open")
def open_workspace(
    user: User = None,
    browser: Annotated[bool, typer.Option(help="Open a browser, else only print.")] = True,
) -> None:
    """Print the workspace's address and open it; the first visit starts it."""
    url = _workspace(user).url
    say(url)
    if browser:
        webbrowser.open(url)


def _workspace(user: str | None) -> Workspace:
    return open_lab().workspace(user)


def _show(workspace: Workspace, record: Record, wait: bool, json: bool) -> None:
    emit(workspace.wait() if wait else record, as_json=json)
