"""Resumable uploads by tus 1.0: `/projects/{project}/uploads`.

What the protocol's headers mean stands in `api/tus.py`. Beside them every upload can be
read as JSON, and the caller's unfinished ones be listed. The answer that carries the last
byte, and each later one, names the version that came out: `X-Lab-Key`, `X-Lab-Version`.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from pydantic import StringConstraints

from mllab.api.deps import Caller, Core, Cursor, Limit, needs
from mllab.api.transfer import declared_size, receive, takes_bytes
from mllab.api.tus import (
    ALWAYS,
    PIECE,
    Described,
    Length,
    Offset,
    Speaks,
    Summed,
    Understands,
    abilities,
    announced,
    checksum_of,
    headers_of,
    is_piece,
    require_piece,
    understand,
)
from mllab.core.permissions import Action
from mllab.core.writers import Piece
from mllab.errors import ChecksumMismatch, InvalidInput
from mllab.model.base import Page, ProjectName
from mllab.model.files import FileKind, NewUpload, Upload

router = APIRouter(tags=["uploads"], dependencies=[Speaks])
_ALL = "/projects/{project}/uploads"
_ONE = _ALL + "/{upload}"
_BINARY = {"schema": {"type": "string", "format": "binary"}}

UploadId = Annotated[str, StringConstraints(max_length=100)]
Overridden = Annotated[
    str, Header(alias="X-HTTP-Method-Override", description="PATCH, DELETE or HEAD.")
]


def _takes_piece() -> dict[str, Any]:
    arguments = takes_bytes(Action.FILE_WRITE)
    arguments["openapi_extra"]["requestBody"] = {"content": {PIECE: _BINARY}}
    return arguments


def _announced(length: Length, described: Described = "") -> NewUpload:
    return announced(length, described)


def _piece(request: Request, offset: Offset, summed: Summed = "") -> Piece:
    return Piece(offset, receive(request), declared_size(request), checksum_of(summed))


def _any_piece(request: Request, offset: Offset = 0, summed: Summed = "") -> Piece:
    return _piece(request, offset, summed)


@router.options(_ALL, status_code=204, **needs(None))
async def tell_abilities(project: ProjectName, core: Core) -> Response:
    """Tell what of tus is spoken here: versions, extensions, largest size."""
    most = core.context.settings.max_upload_bytes
    return Response(status_code=204, headers=abilities(most))


@router.options(_ONE, status_code=204, **needs(None))
async def tell_abilities_again(project: ProjectName, upload: UploadId, core: Core) -> Response:
    """Tell the same at an upload's own address."""
    return await tell_abilities(project, core)


@router.get(_ALL, **needs(Action.FILE_WRITE))
async def list_uploads(
    project: ProjectName,
    who: Caller,
    core: Core,
    kind: FileKind | None = None,
    key: Annotated[str | None, Query(max_length=400)] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[Upload]:
    """List the caller's unfinished uploads."""
    return await core.uploads.list(who, project, kind=kind, key=key, limit=limit, cursor=cursor)


@router.post(_ALL, status_code=201, dependencies=[Understands], **_takes_piece())
async def create_upload(
    project: ProjectName,
    request: Request,
    response: Response,
    who: Caller,
    core: Core,
    new: Annotated[NewUpload, Depends(_announced)],
    summed: Summed = "",
) -> Upload:
    """Announce an upload; its address comes as `Location`. A body is its first bytes."""
    _refuse_what_is_not_offered(request)
    has_body = request.headers.get("content-length", "0") != "0" or _is_chunked(request)
    if has_body:
        require_piece(request)
    checksum = checksum_of(summed)
    upload = await core.uploads.create(who, project, new)
    if is_piece(request) and has_body:
        piece = Piece(0, receive(request), declared_size(request), checksum)
        try:
            upload = await core.uploads.append(who, project, upload.id, piece)
        except ChecksumMismatch:
            await core.uploads.delete(who, project, upload.id)  # nobody knows its address
            raise
    response.headers.update(headers_of(upload))
    # Relative to this address, which may lie below a path of another host.
    response.headers["Location"] = f"uploads/{upload.id}"
    return upload


@router.get(_ONE, **needs(Action.FILE_WRITE))
async def get_upload(
    project: ProjectName, upload: UploadId, response: Response, who: Caller, core: Core
) -> Upload:
    """Return how far an upload is, and the version that came of it."""
    found = await core.uploads.get(who, project, upload)
    response.headers.update(headers_of(found))
    return found


@router.head(_ONE, include_in_schema=False, **needs(Action.FILE_WRITE))
async def head_upload(project: ProjectName, upload: UploadId, who: Caller, core: Core) -> Response:
    """Tell in headers how far an upload is."""
    return Response(headers=headers_of(await core.uploads.get(who, project, upload)))


@router.patch(_ONE, status_code=204, dependencies=[Understands], **_takes_piece())
async def append_to_upload(
    project: ProjectName,
    upload: UploadId,
    request: Request,
    who: Caller,
    core: Core,
    piece: Annotated[Piece, Depends(_piece)],
) -> Response:
    """Take the body as the bytes from `Upload-Offset` on; the last ones make the version."""
    require_piece(request)
    found = await core.uploads.append(who, project, upload, piece)
    return Response(status_code=204, headers=headers_of(found))


@router.delete(_ONE, status_code=204, **needs(Action.FILE_WRITE))
async def delete_upload(
    project: ProjectName, upload: UploadId, who: Caller, core: Core
) -> Response:
    """Give an upload up; a version that came of it stays."""
    await core.uploads.delete(who, project, upload)
    return Response(status_code=204, headers=ALWAYS)


@router.post(_ONE, status_code=204, **_takes_piece())
async def override_method(
    project: ProjectName,
    upload: UploadId,
    request: Request,
    who: Caller,
    core: Core,
    method: Overridden,
    piece: Annotated[Piece, Depends(_any_piece)],
) -> Response:
    """Do what `X-HTTP-Method-Override` names, for who can send nothing but GET and POST."""
    if method.upper() == "PATCH":
        understand(request.headers.get("Tus-Resumable", ""))
        return await append_to_upload(project, upload, request, who, core, piece)
    if method.upper() == "DELETE":
        return await delete_upload(project, upload, who, core)
    if method.upper() == "HEAD":
        return await head_upload(project, upload, who, core)
    raise InvalidInput("X-HTTP-Method-Override names PATCH, DELETE or HEAD here.")


def _refuse_what_is_not_offered(request: Request) -> None:
    for name in ("Upload-Defer-Length", "Upload-Concat"):
        if name in request.headers:
            raise InvalidInput(f"{name} is not offered here; OPTIONS tells what is.")


def _is_chunked(request: Request) -> bool:
    return "chunked" in request.headers.get("transfer-encoding", "").lower()
