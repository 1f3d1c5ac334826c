"""`mllab project`: projects and their members."""

from __future__ import annotations

import typer

app = typer.Typer(no_args_is_help=True, help="Projects and their members.")
