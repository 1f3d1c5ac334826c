"""Services: a command with ports, or a registered model."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, status
from fastapi.responses import StreamingResponse

from mllab.api.deps import Caller, Core, Cursor, Limit, WaitS, needs
from mllab.api.logs import (
    LOG_RESPONSES,
    Follow,
    Offset,
    OpenLog,
    Sought,
    WhichLines,
    log_response,
)
from mllab.core.permissions import Action
from mllab.model.activity import Activity
from mllab.model.base import Page, ProjectName, ServiceName
from mllab.model.logs import LogLines, LogMatches
from mllab.model.usage import WorkloadUsage
from mllab.model.work import NewService, Service, ServiceSpec

router = APIRouter(prefix="/projects/{project}/services", tags=["services"])


async def service_log(
    project: ProjectName, service: ServiceName, who: Caller, core: Core
) -> OpenLog:
    """Return how to open a service's log."""
    return partial(core.services.logs, who, project, service)


ServiceLog = Annotated[OpenLog, Depends(service_log)]


@router.get("", **needs(Action.SERVICE_READ))
async def list_services(
    project: ProjectName, who: Caller, core: Core, limit: Limit = 100, cursor: Cursor = None
) -> Page[Service]:
    """Return the services by name."""
    return await core.services.list(who, project, limit=limit, cursor=cursor)


@router.post("", status_code=status.HTTP_201_CREATED, **needs(Action.SERVICE_WRITE))
async def create_service(project: ProjectName, new: NewService, who: Caller, core: Core) -> Service:
    """Deploy a service and, unless told otherwise, start it."""
    return await core.services.create(who, project, new)


@router.get("/{service}", **needs(Action.SERVICE_READ))
async def get_service(
    project: ProjectName, service: ServiceName, who: Caller, core: Core, wait_s: WaitS = 0.0
) -> Service:
    """Return one service with its state; with `wait_s` once it is ready or ended."""
    return await core.services.get(who, project, service, wait_s=wait_s)


@router.put("/{service}", **needs(Action.SERVICE_WRITE))
async def update_service(
    project: ProjectName, service: ServiceName, spec: ServiceSpec, who: Caller, core: Core
) -> Service:
    """Replace what the service runs; if it runs, it restarts with that."""
    return await core.services.update(who, project, service, spec)


@router.delete("/{service}", status_code=status.HTTP_204_NO_CONTENT, **needs(Action.SERVICE_WRITE))
async def delete_service(
    project: ProjectName, service: ServiceName, who: Caller, core: Core
) -> None:
    """Stop the service and forget it with its logs."""
    await core.services.delete(who, project, service)


@router.post("/{service}/start", **needs(Action.SERVICE_WRITE))
async def start_service(
    project: ProjectName, service: ServiceName, who: Caller, core: Core
) -> Service:
    """Ask for the service to run."""
    return await core.services.start(who, project, service)


@router.post("/{service}/stop", **needs(Action.SERVICE_WRITE))
async def stop_service(
    project: ProjectName, service: ServiceName, who: Caller, core: Core
) -> Service:
    """Ask for the service to end."""
    return await core.services.stop(who, project, service)


@router.post("/{service}/restart", **needs(Action.SERVICE_WRITE))
async def restart_service(
    project: ProjectName, service: ServiceName, who: Caller, core: Core
) -> Service:
    """End what runs, then start it anew."""
    return await core.services.restart(who, project, service)


@router.get("/{service}/activity", **needs(Action.SERVICE_READ))
async def get_service_activity(
    project: ProjectName, service: ServiceName, who: Caller, core: Core
) -> Activity:
    """Return when the service was last used, and what moved in the last hour."""
    return await core.activity.of_service(who, project, service)


@router.get("/{service}/usage", **needs(Action.SERVICE_READ))
async def get_service_usage(
    project: ProjectName, service: ServiceName, who: Caller, core: Core
) -> WorkloadUsage | None:
    """Return what the service uses now; null when it does not run."""
    return await core.usage.of_service(who, project, service)


@router.get(
    "/{service}/logs",
    response_class=StreamingResponse,
    responses=LOG_RESPONSES,
    **needs(Action.SERVICE_READ),
)
async def get_service_logs(
    log: ServiceLog, offset: Offset = 0, follow: Follow = False
) -> StreamingResponse:
    """Return the output of the newest attempts."""
    return await log_response(log, offset, follow=follow)


@router.get("/{service}/logs/lines", **needs(Action.SERVICE_READ))
async def get_service_log_lines(log: ServiceLog, which: WhichLines) -> LogLines:
    """Return the log's last lines, or those before a byte; at most 1 MiB of them."""
    return await which.of(log)


@router.get("/{service}/logs/search", **needs(Action.SERVICE_READ))
async def search_service_log(log: ServiceLog, sought: Sought) -> LogMatches:
    """Return the lines from byte `offset` on that hold a text, and where to go on."""
    return await sought.of(log)
