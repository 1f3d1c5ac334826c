"""Artifacts through the lab: bytes stream in and out, never through memory as a whole.

Multipart uploads and presigned addresses are answered 501: clients fall back to this.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Request, Response

from mllab.api.artifacts import send_artifact
from mllab.api.deps import Caller, Core
from mllab.api.mlflow import wire
from mllab.api.mlflow.calls import READ, WRITE, Ask, Call, Json, Of, Plain
from mllab.api.mlflow.errors import failure
from mllab.api.transfer import receive
from mllab.core.tracking.artifacts import location_path
from mllab.errors import InvalidInput
from mllab.model.base import ProjectName

_NO_MULTIPART = "Multipart upload is not supported for the current artifact repository"


async def list_artifacts(
    project: ProjectName, who: Caller, core: Core, path: Annotated[str, Query()] = ""
) -> Json:
    """Return what lies directly in a folder; nothing for a file."""
    found = await core.tracking.artifacts.list(who, project, path.strip("/"))
    return {"files": [wire.artifact(one) for one in found]} if found else {}


async def download_artifact(
    project: ProjectName, path: str, request: Request, who: Caller, core: Core
) -> Response:
    """Return a file, or the part that a Range header asks for."""
    return await send_artifact(request, core, who, (project, path))


async def upload_artifact(
    project: ProjectName, path: str, request: Request, who: Caller, core: Core
) -> Json:
    """Store the body as a file, replacing what is there."""
    await core.tracking.artifacts.write(who, project, path, receive(request))
    return {}


async def delete_artifacts(project: ProjectName, path: str, who: Caller, core: Core) -> Json:
    """Delete a file, or a folder with all that is in it."""
    await core.tracking.artifacts.delete(who, project, path.strip("/"))
    return {}


async def refuse_multipart(
    project: ProjectName, step: str, path: str, request: Request, who: Caller, core: Core
) -> Response:
    """Say that files come in one piece."""
    await core.access.require(who, WRITE, project=project)
    return failure(request, InvalidInput(_NO_MULTIPART), 501, "NOT_IMPLEMENTED")


async def refuse_presigned(
    project: ProjectName, path: str, request: Request, who: Caller, core: Core
) -> Response:
    """Say that files come through the lab."""
    await core.access.require(who, READ, project=project)
    error = InvalidInput("Artifacts of this lab are downloaded through the lab.")
    return failure(request, error, 501, "NOT_IMPLEMENTED")


class _List(Ask):
    run_id: str = ""
    run_uuid: str = ""
    path: str = ""


async def _list(of: Of[_List]) -> Json:
    """Return what lies in a folder of a run."""
    run = await of.core.tracking.runs.get(of.who, of.project, of.ask.run_id or of.ask.run_uuid)
    below = of.ask.path.strip("/")
    path = location_path(f"{run.artifact_location}/{below}".rstrip("/"))
    found = await of.core.tracking.artifacts.list(of.who, of.project, path)
    files = [wire.artifact(one, below) for one in found]
    return {"root_uri": run.artifact_location, "files": files}


CALLS = [Call("GET", "artifacts/list", READ, _List, _list)]

PREFIX = "mlflow-artifacts"
ROUTES = [
    Plain("GET", "/artifacts", READ, list_artifacts),
    Plain("GET", "/artifacts/{path:path}", READ, download_artifact),
    Plain("PUT", "/artifacts/{path:path}", WRITE, upload_artifact),
    Plain("DELETE", "/artifacts/{path:path}", WRITE, delete_artifacts),
    Plain("POST", "/mpu/{step}/{path:path}", WRITE, refuse_multipart),
    Plain("GET", "/presigned/{path:path}", READ, refuse_presigned),
]
