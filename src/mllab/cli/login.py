"""`mllab login`, `logout`, `whoami`: which lab, and as whom."""

from __future__ import annotations

import typer


def add_to(app: typer.Typer) -> None:
    """Add the commands to `app`."""
