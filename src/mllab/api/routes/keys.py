"""Keys of a service, for callers outside the lab."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, status

from mllab.api.deps import Caller, Core, Cursor, Limit, needs
from mllab.core.permissions import Action
from mllab.model.base import Page, ProjectName, ServiceName
from mllab.model.keys import IssuedServiceKey, KeyRotation, NewServiceKey, ServiceKey

router = APIRouter(prefix="/projects/{project}/services/{service}/keys", tags=["service keys"])

KeyId = Annotated[str, Path(pattern="^key_[0-9a-f]{20}$")]


@router.get("", **needs(Action.KEY_READ))
async def list_service_keys(
    project: ProjectName,
    service: ServiceName,
    who: Caller,
    core: Core,
    *,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[ServiceKey]:
    """Return the service's keys, newest first; secrets are never shown again."""
    return await core.keys.list(who, project, service, limit=limit, cursor=cursor)


@router.post("", status_code=status.HTTP_201_CREATED, **needs(Action.KEY_WRITE))
async def create_service_key(
    project: ProjectName, service: ServiceName, new: NewServiceKey, who: Caller, core: Core
) -> IssuedServiceKey:
    """Make a key that opens this service; its secret is in this answer and never again."""
    return await core.keys.create(who, project, service, new)


@router.post("/{service_key}/rotate", **needs(Action.KEY_WRITE))
async def rotate_service_key(
    project: ProjectName,
    service: ServiceName,
    service_key: KeyId,
    how: KeyRotation,
    who: Caller,
    core: Core,
) -> IssuedServiceKey:
    """Give the key a new secret; the one before ends now, or after the grace time."""
    return await core.keys.rotate(who, project, service, service_key, how)


@router.delete("/{service_key}", status_code=status.HTTP_204_NO_CONTENT, **needs(Action.KEY_WRITE))
async def revoke_service_key(
    project: ProjectName, service: ServiceName, service_key: KeyId, who: Caller, core: Core
) -> None:
    """End a key."""
    await core.keys.revoke(who, project, service, service_key)
