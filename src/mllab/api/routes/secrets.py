"""Secrets of a project; values come in and never go out."""

from __future__ import annotations

from fastapi import APIRouter, status

from mllab.api.deps import Caller, Core, Cursor, Limit, needs
from mllab.core.permissions import Action
from mllab.model.base import Page, ProjectName, VariableName
from mllab.model.projects import Secret, SecretValue

router = APIRouter(prefix="/projects/{project}/secrets", tags=["secrets"])


@router.get("", **needs(Action.SECRET_READ))
async def list_secrets(
    project: ProjectName, who: Caller, core: Core, limit: Limit = 100, cursor: Cursor = None
) -> Page[Secret]:
    """Return the names and dates of the project's secrets."""
    return await core.secrets.list(who, project, limit=limit, cursor=cursor)


@router.put("/{name}", **needs(Action.SECRET_WRITE))
async def put_secret(
    project: ProjectName, name: VariableName, new: SecretValue, who: Caller, core: Core
) -> Secret:
    """Store a value; workloads that start from now on get it as a variable."""
    return await core.secrets.put(who, project, name, new)


@router.delete("/{name}", status_code=status.HTTP_204_NO_CONTENT, **needs(Action.SECRET_WRITE))
async def delete_secret(project: ProjectName, name: VariableName, who: Caller, core: Core) -> None:
    """Delete a secret; running workloads keep what they were given."""
    await core.secrets.delete(who, project, name)
