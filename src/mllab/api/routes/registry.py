"""Registered models and their versions in the lab's own REST."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response, status

from mllab.api.artifacts import ArtifactPath, send_artifact
from mllab.api.deps import Caller, Core, Cursor, Limit, Rows, needs
from mllab.core.matching import cut_page
from mllab.core.permissions import Action
from mllab.core.registry.versions import number
from mllab.core.search import Question
from mllab.core.tracking.artifacts import location_path
from mllab.model.base import Page, ProjectName
from mllab.model.previews import Preview
from mllab.model.tracking import AliasTarget, Artifact, ModelNotes, ModelVersion, RegisteredModel
from mllab.model.uses import Use

router = APIRouter(prefix="/projects/{project}/registry", tags=["registry"])

_READ, _WRITE = needs(Action.EXPERIMENT_READ), needs(Action.EXPERIMENT_WRITE)
Filter = Annotated[str, Query(description="A search such as `name LIKE 'wine%'`.")]
Folder = Annotated[str, Query(description="The folder to look into.")]


@router.get("", **_READ)
async def list_models(
    project: ProjectName,
    who: Caller,
    core: Core,
    filter: Filter = "",
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[RegisteredModel]:
    """Return the project's registered models by name."""
    question = Question(filter, limit=limit, cursor=cursor)
    found, following = await core.registry.models.search(who, project, question)
    return Page(items=found, next_cursor=following)


@router.get("/{name}", **_READ)
async def get_model(project: ProjectName, name: str, who: Caller, core: Core) -> RegisteredModel:
    """Return a registered model with its newest versions and aliases."""
    return await core.registry.models.get(who, project, name)


@router.patch("/{name}", **_WRITE)
async def change_model(
    project: ProjectName, name: str, notes: ModelNotes, who: Caller, core: Core
) -> RegisteredModel:
    """Change a registered model's description and tags."""
    return await core.registry.models.annotate(who, project, name, notes)


@router.get("/{name}/uses", **_READ)
async def list_uses(
    project: ProjectName,
    name: str,
    who: Caller,
    core: Core,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[Use]:
    """List the services that serve the model, by name, each with the version that it serves."""
    return await core.uses.of_registered(who, project, name, limit=limit, cursor=cursor)


@router.delete("/{name}", status_code=status.HTTP_204_NO_CONTENT, **_WRITE)
async def delete_model(project: ProjectName, name: str, who: Caller, core: Core) -> None:
    """Delete a registered model with all its versions."""
    await core.registry.models.delete(who, project, name)


@router.put("/{name}/aliases/{alias}", **_WRITE)
async def set_alias(
    project: ProjectName, name: str, alias: str, target: AliasTarget, who: Caller, core: Core
) -> RegisteredModel:
    """Let an alias point to a version."""
    await core.registry.models.set_alias(who, project, name, alias, number(target.version))
    return await core.registry.models.get(who, project, name)


@router.delete("/{name}/aliases/{alias}", status_code=status.HTTP_204_NO_CONTENT, **_WRITE)
async def delete_alias(
    project: ProjectName, name: str, alias: str, who: Caller, core: Core
) -> None:
    """Remove an alias; succeeds when there is none."""
    await core.registry.models.delete_alias(who, project, name, alias)


@router.get("/{name}/versions", **_READ)
async def list_versions(
    project: ProjectName,
    name: str,
    who: Caller,
    core: Core,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[ModelVersion]:
    """Return the versions of a registered model, the newest first."""
    page, following = cut_page(await core.registry.versions.all(who, project, name), limit, cursor)
    return Page(items=page, next_cursor=following)


@router.get("/{name}/versions/{version}", **_READ)
async def get_version(
    project: ProjectName, name: str, version: str, who: Caller, core: Core
) -> ModelVersion:
    """Return one version."""
    return await core.registry.versions.get(who, project, name, version)


@router.patch("/{name}/versions/{version}", **_WRITE)
async def change_version(
    project: ProjectName, name: str, version: str, notes: ModelNotes, who: Caller, core: Core
) -> ModelVersion:
    """Change a version's description and tags."""
    return await core.registry.versions.annotate(who, project, (name, version), notes)


@router.delete("/{name}/versions/{version}", status_code=status.HTTP_204_NO_CONTENT, **_WRITE)
async def delete_version(
    project: ProjectName, name: str, version: str, who: Caller, core: Core
) -> None:
    """Delete one version and the aliases that point to it."""
    await core.registry.versions.delete(who, project, name, version)


@router.get("/{name}/versions/{version}/artifacts", **_READ)
async def list_artifacts(
    project: ProjectName, name: str, version: str, who: Caller, core: Core, path: Folder = ""
) -> Page[Artifact]:
    """Return what lies in a folder of a version's files."""
    found = await core.registry.versions.get(who, project, name, version)
    folder = location_path(f"{found.location}/{path.strip('/')}".rstrip("/"))
    return Page(items=await core.tracking.artifacts.list(who, project, folder))


@router.get("/{name}/versions/{version}/preview", **_READ)
async def preview_artifact(
    project: ProjectName,
    name: str,
    version: str,
    path: ArtifactPath,
    who: Caller,
    core: Core,
    rows: Rows = 100,
) -> Preview:
    """Return the beginning of one file of a version: rows and statistics, text, or cells."""
    found = await core.registry.versions.get(who, project, name, version)
    place = location_path(f"{found.location}/{path}")
    return await core.previews.of_artifact(who, project, place, rows=rows)


@router.get("/{name}/versions/{version}/artifacts/{path:path}", response_class=Response, **_READ)
async def download_artifact(
    project: ProjectName,
    name: str,
    version: str,
    path: str,
    request: Request,
    who: Caller,
    core: Core,
) -> Response:
    """Return one file of a version, or the part that a Range header asks for."""
    found = await core.registry.versions.get(who, project, name, version)
    place = location_path(f"{found.location}/{path}")
    return await send_artifact(request, core, who, (project, place))
