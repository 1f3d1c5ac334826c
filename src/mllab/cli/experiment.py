"""`mllab experiment`: experiments, runs and registered models."""

from __future__ import annotations

import typer

app = typer.Typer(no_args_is_help=True, help="Experiments, runs and registered models.")
