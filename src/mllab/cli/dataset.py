"""`mllab dataset` and `mllab model`: versioned files; the two nouns share their verbs."""

from __future__ import annotations

import typer

datasets = typer.Typer(no_args_is_help=True, help="Datasets and their versions.")
models = typer.Typer(no_args_is_help=True, help="Models (files) and their versions.")
