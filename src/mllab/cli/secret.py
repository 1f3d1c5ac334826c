"""`mllab secret`: secrets of a project."""

from __future__ import annotations

import typer

app = typer.Typer(no_args_is_help=True, help="Secrets of a project.")
