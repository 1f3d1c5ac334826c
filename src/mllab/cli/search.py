"""`mllab search`: things by name."""

from __future__ import annotations

from typing import Annotated

import typer

from mllab.cli.common import Json, open_lab
from mllab.cli.output import emit


def search(
    text: Annotated[str, typer.Argument(help="Part of a name.")], json: Json = False
) -> None:
    """Find projects, data, models, experiments, services and jobs by name."""
    emit(open_lab().search(text), as_json=json, columns=["noun", "project", "name", "id"])
