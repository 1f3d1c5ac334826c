"""`mllab upload`: unfinished uploads; `mllab dataset upload`, given again, goes on with one."""

from __future__ import annotations

from typing import Annotated

import typer

from mllab.cli.asking import Yes, confirm
from mllab.cli.common import Json, ProjectOption, open_project
from mllab.cli.output import emit, tell

app = typer.Typer(no_args_is_help=True, help="Your unfinished uploads.")

_UPLOAD = ["id", "kind", "key", "offset_bytes", "size_bytes", "created_at", "expires_at"]


@app.command("list")
def list_uploads(project: ProjectOption = "", json: Json = False) -> None:
    """List your uploads that are not finished; the same upload command goes on with one."""
    emit(open_project(project).uploads.list(), as_json=json, columns=_UPLOAD)


@app.command("delete")
def delete_upload(
    id: Annotated[str, typer.Argument(help="Id, as `mllab upload list` shows it.")],
    project: ProjectOption = "",
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Give an upload up; the bytes that came go."""
    confirm(f"Give upload {id} up?", yes=yes)
    open_project(project).uploads.delete(id)
    tell(f"Deleted upload {id}.", as_json=json, id=id, deleted=True)
