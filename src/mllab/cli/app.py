"""`mllab`: puts the nouns together; the one place where an error becomes an exit code."""

from __future__ import annotations

import os
import sys

import typer
from rich.text import Text

from mllab import __version__
from mllab.cli import (
    admin,
    dataset,
    events,
    experiment,
    home,
    job,
    lab,
    login,
    project,
    search,
    secret,
    service,
    token,
    upload,
    user,
    workspace,
)
from mllab.cli.common import Json
from mllab.cli.output import errors, tell
from mllab.errors import LabError

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)
app.add_typer(project.app, name="project")
app.add_typer(dataset.datasets, name="dataset")
app.add_typer(dataset.models, name="model")
app.add_typer(upload.app, name="upload")
app.add_typer(experiment.app, name="experiment")
app.add_typer(job.app, name="job")
app.add_typer(service.app, name="service")
app.add_typer(workspace.app, name="workspace")
app.add_typer(token.app, name="token")
app.add_typer(secret.app, name="secret")
app.add_typer(user.app, name="user")
app.add_typer(admin.app, name="admin")
app.command("events")(events.show_events)
app.command("about")(home.show_about)
app.command("home")(home.show_home)
app.command("search")(search.search)
lab.add_to(app)
login.add_to(app)


@app.command()
def version(json: Json = False) -> None:
    """Print the version."""
    tell(__version__, as_json=json, version=__version__)


def main() -> None:
    """Run the command line; errors end in one line and exit code 1."""
    try:
        app()
    except (LabError, OSError) as exc:
        if os.environ.get("LAB_DEBUG"):
            raise
        text = Text.assemble(("mllab:", "red"), " ", _said(exc))
        errors.print(text, highlight=False, soft_wrap=True)
        sys.exit(1)


def _said(error: LabError | OSError) -> str:
    if isinstance(error, LabError):
        return error.message
    return (
        f"{error.filename}: {error.strerror}." if error.filename else f"{error.strerror or error}."
    )
