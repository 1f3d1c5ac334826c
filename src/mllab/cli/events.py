"""`mllab events`: what changes in the lab, line by line, for people and scripts."""

from __future__ import annotations

import json as json_lines
import sys
from typing import Annotated

import typer

from mllab.cli.common import Json, open_lab
from mllab.cli.output import say
from mllab.model.changes import Change

Narrow = Annotated[
    str | None, typer.Option("--project", "-p", help="Only what changes in this project.")
]
MostS = Annotated[
    int | None, typer.Option("--most-s", min=0, help="End after so many seconds.", metavar="S")
]


def show_events(project: Narrow = None, most_s: MostS = None, json: Json = False) -> None:
    """Print what changes as it changes, until Ctrl-C; with --json one object on each line."""
    is_first = True
    for change in open_lab().events(project=project, most_s=most_s):
        if json:
            event = change.model_dump(mode="json") if change else {"what": "everything"}
            sys.stdout.write(json_lines.dumps(event) + "\n")
            sys.stdout.flush()
        else:
            say(_line(change, is_first))
        is_first = False


def _line(change: Change | None, is_first: bool) -> str:
    if change is None:
        return "Listening." if is_first else "Some changes were missed."
    return f"{change.what} {change.id}" + (f" in {change.project}" if change.project else "")
