"""MLflow's REST protocol under `/api/projects/{project}/mlflow`.

What an unmodified `mlflow` client sends, put to the same core as the lab's own REST. The
last route answers what is not here (traces, prompts' webhooks, …) in the client's terms.
"""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from mllab.api.deps import Caller, Core, needs
from mllab.api.mlflow import artifacts, experiments, logged_models, registry, runs, versions
from mllab.api.mlflow.calls import READ, add_calls, add_plain
from mllab.api.mlflow.errors import ProtocolRoute, failure
from mllab.errors import NotFound
from mllab.model.base import ProjectName

router = APIRouter(prefix="/projects/{project}/mlflow", tags=["mlflow"], route_class=ProtocolRoute)
for module in (experiments, runs, artifacts, logged_models, registry, versions):
    add_calls(router, module.CALLS)
add_plain(router, artifacts.PREFIX, artifacts.ROUTES)
add_plain(router, logged_models.PREFIX, logged_models.ROUTES)


@router.get(
    "/", status_code=302, response_class=RedirectResponse, include_in_schema=False, **needs(None)
)
async def web_app(project: ProjectName, core: Core) -> str:
    """Lead the links that mlflow prints (`…/mlflow/#/experiments/1/runs/x`) to the web app.

    Browsers keep what follows the `#`; the page there reads it. Says nothing of the project.
    """
    return f"{core.context.settings.base_url}/app/projects/{project}/mlflow"


@router.api_route(
    "/{path:path}",
    methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
    response_class=Response,
    include_in_schema=False,
    **needs(READ),
)
async def not_here(
    project: ProjectName, path: str, request: Request, who: Caller, core: Core
) -> Response:
    """Say that this lab does not know the call."""
    await core.access.require(who, READ, project=project)
    error = NotFound("MLflow call", f"{request.method} {path}", "This lab does not offer it.")
    return failure(request, error, 404, "ENDPOINT_NOT_FOUND")
