"""Trying a service from a page of the lab."""

from __future__ import annotations

from fastapi import APIRouter, Request

from mllab.api.deps import Caller, Core, needs
from mllab.core.permissions import Action
from mllab.model.base import ProjectName, ServiceName
from mllab.model.calls import ServiceAnswer, ServiceCall

router = APIRouter(prefix="/projects/{project}/services/{service}/call", tags=["services"])


@router.post("", **needs(Action.SERVICE_USE))
async def call_service(
    project: ProjectName,
    service: ServiceName,
    call: ServiceCall,
    who: Caller,
    core: Core,
    request: Request,
) -> ServiceAnswer:
    """Send one request to the service and return its answer as data, at most 1 MiB of it.

    For pages: programs call the service's own address. A service that answers with an error
    is an answer too: 200 here, its status inside.
    """
    host = request.headers.get("host", "localhost")
    return await core.calls.call(who, project, service, call, host)
