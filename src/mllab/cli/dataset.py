"""`mllab dataset` and `mllab model`: versioned files; the two nouns share their verbs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from mllab.cli.asking import Yes, confirm
from mllab.cli.common import Json, ProjectOption, open_project
from mllab.cli.output import emit, errors, tell
from mllab.cli.previews import Rows, show_preview
from mllab.client import transfer
from mllab.client.files import RESUMABLE_FROM, VersionedFiles
from mllab.errors import InvalidInput

datasets = typer.Typer(no_args_is_help=True, help="Datasets and their versions.")
models = typer.Typer(no_args_is_help=True, help="Models (files) and their versions.")

Key = Annotated[str, typer.Argument(help="Key, such as raw/news.csv.")]
Version = Annotated[
    int | None, typer.Option("--version", "-v", min=1, help="Which version; else the newest.")
]
Meta = Annotated[
    list[str] | None, typer.Option("--meta", "-m", help="NAME=VALUE; may be given repeatedly.")
]

_VERSION = ["version", "size_bytes", "created_by", "created_at", "content_type", "sha256"]
_UPLOADED = ["key", "version", "size_bytes", "sha256"]
_USE = ["by", "name", "number", "how", "version", "state", "user", "at", "run_id"]
_FILE = ["key", "versions", "latest.size_bytes", "latest.created_by", "latest.created_at"]


@datasets.callback()
def _use_datasets(context: typer.Context) -> None:
    context.obj = "datasets"


@models.callback()
def _use_models(context: typer.Context) -> None:
    context.obj = "models"


def list_files(
    context: typer.Context,
    prefix: Annotated[str, typer.Argument(help="Only keys that begin so.")] = "",
    search: Annotated[str, typer.Option(help="Only keys that hold this; case aside.")] = "",
    project: ProjectOption = "",
    json: Json = False,
) -> None:
    """List what there is, each with its newest version."""
    emit(_files(context, project).list(prefix, q=search), as_json=json, columns=_FILE)


def list_versions(
    context: typer.Context, key: Key, project: ProjectOption = "", json: Json = False
) -> None:
    """List the versions, newest first."""
    emit(_files(context, project).versions(key), as_json=json, columns=_VERSION)


def get_version(
    context: typer.Context,
    key: Key,
    version: Version = None,
    project: ProjectOption = "",
    json: Json = False,
) -> None:
    """Show what is known of a version."""
    emit(_files(context, project).get(key, version), as_json=json)


def list_uses(
    context: typer.Context,
    key: Key,
    version: Annotated[
        int | None, typer.Option("--version", "-v", min=1, help="Only this version; else all.")
    ] = None,
    project: ProjectOption = "",
    json: Json = False,
) -> None:
    """List where it is used: services and jobs that run it, then who read or made it."""
    emit(_files(context, project).uses(key, version), as_json=json, columns=_USE)


def preview(
    context: typer.Context,
    key: Key,
    version: Version = None,
    rows: Rows = 20,
    project: ProjectOption = "",
    json: Json = False,
) -> None:
    """Show the beginning: rows of a table, text, a notebook's cells, an archive's list."""
    found = _files(context, project).preview(key, version, rows=rows)
    show_preview(found, as_json=json)


def upload(
    context: typer.Context,
    key: Key,
    path: Annotated[Path, typer.Argument(help="File to upload.")],
    meta: Meta = None,
    project: ProjectOption = "",
    json: Json = False,
) -> None:
    """Upload a file as a new version; a large one that was stopped goes on where it was."""
    metadata = {name: value for name, value in _pairs(meta).items() if value is not None}
    with _told_how_to_go_on(path), _bar(f"Uploading {key}") as on_progress:
        found = _files(context, project).upload(
            key, path, metadata=metadata, on_progress=on_progress
        )
    emit(found, as_json=json, columns=_UPLOADED)


def download(
    context: typer.Context,
    key: Key,
    target: Annotated[Path, typer.Argument(help="File or folder to write to.")] = Path(),
    version: Version = None,
    project: ProjectOption = "",
    json: Json = False,
) -> None:
    """Download a version; a broken connection is taken up again."""
    with _bar(f"Downloading {key}") as on_progress:
        path = _files(context, project).download(
            key, target, version=version, on_progress=on_progress
        )
    tell(str(path), as_json=json, path=str(path))


def update(
    context: typer.Context,
    key: Key,
    meta: Meta = None,
    version: Version = None,
    project: ProjectOption = "",
    json: Json = False,
) -> None:
    """Set metadata of a version; NAME= removes an entry."""
    changed = _files(context, project).update(key, _pairs(meta), version)
    emit(changed, as_json=json)


def delete(
    context: typer.Context,
    key: Key,
    version: Version = None,
    project: ProjectOption = "",
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Delete one version, or all of them."""
    what = f"version {version} of {key}" if version else f"all versions of {key}"
    confirm(f"Delete {what}?", yes=yes)
    _files(context, project).delete(key, version)
    tell(f"Deleted {what}.", as_json=json, key=key, version=version, deleted=True)


for _app in (datasets, models):
    _app.command("list")(list_files)
    _app.command("versions")(list_versions)
    _app.command("get")(get_version)
    _app.command("uses")(list_uses)
    _app.command("preview")(preview)
    _app.command("upload")(upload)
    _app.command("create", hidden=True)(upload)
    _app.command("download")(download)
    _app.command("update")(update)
    _app.command("delete")(delete)


def _files(context: typer.Context, project: str) -> VersionedFiles:
    found = open_project(project)
    return found.datasets if context.obj == "datasets" else found.models


def _pairs(meta: list[str] | None) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for each in meta or []:
        name, equals, value = each.partition("=")
        if not name or not equals:
            raise InvalidInput(f"--meta takes NAME=VALUE, not {each!r}.")
        found[name] = value or None
    return found


@contextmanager
def _told_how_to_go_on(path: Path) -> Iterator[None]:
    """Say on Ctrl-C that nothing is lost."""
    try:
        yield
    except KeyboardInterrupt:
        if path.stat().st_size >= RESUMABLE_FROM:
            errors.print("What arrived is kept: the same command goes on from there.")
        raise


@contextmanager
def _bar(text: str) -> Iterator[transfer.Progress]:
    """Show a bar on standard error if a person looks at it."""
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        DownloadColumn(binary_units=True),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=errors, disable=not errors.is_terminal) as progress:
        task = progress.add_task(text, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)
