"""Datasets and models: `/projects/{project}/datasets/…` and `/models/…`.

Both kinds are the same routes. A key may hold slashes; bytes travel as the body itself, so
`curl -T file` and `curl -O` work.
"""

from __future__ import annotations

import json
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import ValidationError
from starlette.convertors import StringConvertor, register_url_convertor

from mllab.api.deps import Caller, Core, Cursor, Limit, Rows, needs
from mllab.api.transfer import (
    FILE_ANSWERS,
    FileFacts,
    declared_sha256,
    declared_size,
    receive,
    send,
    takes_bytes,
)
from mllab.core.permissions import Action
from mllab.errors import InvalidInput
from mllab.model.base import FileKey, Page, ProjectName
from mllab.model.files import FileChange, FileKind, FileRef, FileSummary, FileVersion, NewVersion
from mllab.model.previews import Preview
from mllab.model.uses import Use


class _Kind(StringConvertor):
    regex = "datasets|models"


class _Number(StringConvertor):
    regex = "[0-9]{1,9}"


class _Key(StringConvertor):
    regex = "(?s:.*)"  # line breaks too: they are refused as a bad key, not as an unknown path


register_url_convertor("filekey", _Key())
register_url_convertor("filekind", _Kind())
register_url_convertor("version", _Number())

router = APIRouter(tags=["files"])
_ALL = "/projects/{project}/{kind:filekind}"
_ONE = _ALL + "/{key:filekey}"
_META = "x-lab-meta-"
_NO_TYPE = {"", "application/x-www-form-urlencoded"}

Version = Annotated[
    int | None, Query(ge=1, le=999_999_999, description="Which version; by default the newest.")
]
OneVersion = Annotated[
    int | None, Query(ge=1, le=999_999_999, description="Only this version; by default all.")
]


def _ref(project: ProjectName, kind: FileKind, key: FileKey) -> FileRef:
    return FileRef(project=project, kind=kind, key=key)


Ref = Annotated[FileRef, Depends(_ref)]


def _names(
    prefix: Annotated[str, Query(max_length=400)] = "",
    q: Annotated[str, Query(max_length=400, description="A part of the key; case aside.")] = "",
) -> tuple[str, str]:
    return prefix, q


Names = Annotated[tuple[str, str], Depends(_names)]


@router.get(_ALL, **needs(Action.FILE_READ))
async def list_files(
    project: ProjectName,
    kind: FileKind,
    who: Caller,
    core: Core,
    names: Names,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[FileSummary]:
    """List the files whose key begins with `prefix` and holds `q`, each with its newest version.

    With `q` a page may hold fewer than `limit` items and yet have a next one.
    """
    prefix, q = names
    return await core.files.list(who, project, kind, prefix=prefix, q=q, limit=limit, cursor=cursor)


@router.get(_ONE + "/versions", **needs(Action.FILE_READ))
async def list_versions(
    ref: Ref, who: Caller, core: Core, limit: Limit = 100, cursor: Cursor = None
) -> Page[FileVersion]:
    """List a file's versions, newest first."""
    return await core.files.versions(who, ref, limit=limit, cursor=cursor)


@router.get(_ONE + "/versions/{version:version}", **needs(Action.FILE_READ))
async def get_version(ref: Ref, version: int, who: Caller, core: Core) -> FileVersion:
    """Return what is known of one version."""
    return await core.files.version(who, ref, version)


@router.get(_ONE + "/uses", **needs(Action.FILE_READ))
async def list_uses(
    ref: Ref,
    who: Caller,
    core: Core,
    version: OneVersion = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[Use]:
    """List where a file is used: services and jobs whose code it is, then by whom, newest first.

    Of all versions, or of one. A page may hold fewer than `limit` and yet have a next one.
    """
    return await core.uses.of_file(who, ref, version, limit=limit, cursor=cursor)


@router.get(_ONE + "/preview", **needs(Action.FILE_READ))
async def preview(
    ref: Ref,
    who: Caller,
    core: Core,
    version: Version = None,
    rows: Rows = 100,
) -> Preview:
    """Return the beginning of a version: rows, columns and statistics, text, or cells."""
    return await core.previews.get(who, ref, version, rows=rows)


@router.head(_ONE, **needs(Action.FILE_READ), include_in_schema=False)
@router.get(_ONE, response_class=Response, responses=FILE_ANSWERS, **needs(Action.FILE_READ))
async def download(
    ref: Ref, request: Request, who: Caller, core: Core, version: Version = None
) -> Response:
    """Return the bytes of a version; Range, If-Range and If-None-Match are understood."""
    opened = await core.files.download(who, ref, version)
    found = opened.version
    facts = FileFacts(
        name=found.key.rpartition("/")[2],
        size_bytes=found.size_bytes,
        sha256=found.sha256,
        content_type=found.content_type,
        modified_at=found.created_at,
    )
    return await send(request, opened, facts, {"X-Lab-Version": str(found.version)})


@router.put(_ONE, status_code=201, **takes_bytes(Action.FILE_WRITE))
async def upload(ref: Ref, request: Request, who: Caller, core: Core) -> FileVersion:
    """Store the body as a new version.

    `X-Content-SHA256` (hex) or `Repr-Digest` declare the hash: other bytes are refused.
    `X-Lab-Meta-<name>: value` sets metadata; `X-Lab-Metadata` takes all of it as JSON.
    """
    return await core.files.upload(who, ref, _new_version(request), receive(request))


@router.patch(_ONE, **needs(Action.FILE_WRITE))
async def update(
    ref: Ref, change: FileChange, who: Caller, core: Core, version: Version = None
) -> FileVersion:
    """Set metadata of a version; an entry with null is removed."""
    return await core.files.update(who, ref, version, change)


@router.delete(_ONE, status_code=204, **needs(Action.FILE_WRITE))
async def delete(ref: Ref, who: Caller, core: Core, version: Version = None) -> None:
    """Delete one version, or all versions when none is named. Numbers are not used again."""
    await core.files.delete(who, ref, version)


def _new_version(request: Request) -> NewVersion:
    content_type = request.headers.get("content-type", "").strip()
    try:
        return NewVersion(
            content_type=None if content_type in _NO_TYPE else content_type,
            metadata=_metadata(request),
            sha256=declared_sha256(request),
            size_bytes=declared_size(request),
        )
    except ValidationError as exc:
        faults = "; ".join(
            f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in exc.errors()
        )
        raise InvalidInput(f"The headers of this upload are wrong: {faults}") from exc


def _metadata(request: Request) -> dict[str, str]:
    found: dict[str, str] = {}
    for raw_name, raw_value in request.headers.raw:
        name = raw_name.decode("latin-1").lower()
        if name.startswith(_META):
            found[name.removeprefix(_META)] = raw_value.decode("utf-8", errors="replace")
    try:
        whole = json.loads(request.headers.get("x-lab-metadata", "{}"))
    except (ValueError, RecursionError) as exc:
        raise InvalidInput("X-Lab-Metadata must be a JSON object of texts.") from exc
    if not isinstance(whole, dict):
        raise InvalidInput("X-Lab-Metadata must be a JSON object of texts.")
    return found | whole
