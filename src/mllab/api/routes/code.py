"""Code of jobs and services: sent once, referred to by id."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote, unquote

from fastapi import APIRouter, Header, Path, Request, Response
from pydantic import ValidationError

from mllab.api.deps import Caller, Core, needs
from mllab.api.transfer import (
    FILE_ANSWERS,
    FileFacts,
    declared_sha256,
    declared_size,
    receive,
    send,
    takes_bytes,
)
from mllab.core.content_types import guess_content_type
from mllab.core.permissions import Action
from mllab.errors import InvalidInput
from mllab.model.base import ProjectName
from mllab.model.files import NewVersion, UploadedFile

router = APIRouter(tags=["code"])
_NAMES = {
    "application/gzip": "code.tar.gz",
    "application/x-gzip": "code.tar.gz",
    "application/zip": "code.zip",
}

CodeId = Annotated[str, Path(pattern="^code_[0-9a-f]{20}$")]
FileName = Annotated[
    str | None, Header(max_length=600, description="Name of the file, percent-encoded UTF-8.")
]


@router.post("/projects/{project}/code", status_code=201, **takes_bytes(Action.JOB_WRITE))
async def upload_code(
    project: ProjectName,
    request: Request,
    who: Caller,
    core: Core,
    x_lab_file_name: FileName = None,
) -> UploadedFile:
    """Keep the body as code: a file under its name, or an archive (tar.gz, zip)."""
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    name = unquote(x_lab_file_name) if x_lab_file_name else _NAMES.get(content_type)
    if name is None:
        raise InvalidInput(
            "What is this? Send X-Lab-File-Name: train.py, or an archive as application/gzip."
        )
    try:
        declared = NewVersion(sha256=declared_sha256(request), size_bytes=declared_size(request))
    except ValidationError as exc:
        raise InvalidInput("The declared sha256 must be 64 hexadecimal digits.") from exc
    return await core.code.upload(who, project, name, declared, receive(request))


@router.get(
    "/projects/{project}/code/{id}",
    response_class=Response,
    responses=FILE_ANSWERS,
    **needs(Action.JOB_READ),
)
async def download_code(
    project: ProjectName, id: CodeId, request: Request, who: Caller, core: Core
) -> Response:
    """Return the bytes; `X-Lab-File-Name` says what they are called."""
    opened = await core.code.open(who, project, id)
    code = opened.code
    facts = FileFacts(
        name=code.name,
        size_bytes=code.size_bytes,
        sha256=code.sha256,
        content_type=guess_content_type(code.name),
        modified_at=opened.created_at,
    )
    return await send(request, opened, facts, {"X-Lab-File-Name": quote(code.name)})
