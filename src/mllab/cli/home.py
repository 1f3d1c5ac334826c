"""`mllab home`: what concerns oneself, over all projects; `mllab about`: what the lab can do."""

from __future__ import annotations

from mllab.cli.common import Json, open_lab
from mllab.cli.output import emit, say

_COLUMNS = ["at", "event", "what", "project", "name", "number", "reason"]


def show_about(json: Json = False) -> None:
    """Show the lab's version, its runtime and what that can do, its images and limits."""
    emit(open_lab().about(), as_json=json)


def show_home(json: Json = False) -> None:
    """Show what runs now, what failed lately and why, and what else happened."""
    home = open_lab().home()
    if json:
        emit(home, as_json=True)
        return
    for title, part in (("Runs", home.running), ("Failed", home.failed), ("Recent", home.recent)):
        say(f"{title}:")
        emit(part, as_json=False, columns=_COLUMNS)
