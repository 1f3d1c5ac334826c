"""The protocol's calls on logged models; some carry the model's id in the path."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from mllab.api.deps import Caller, Core
from mllab.api.mlflow import wire
from mllab.api.mlflow.calls import READ, WRITE, Ask, Call, Int64, Json, Of, Pair, Plain
from mllab.core.tracking.artifacts import location_path
from mllab.core.tracking.logged_models import ModelQuestion, NewModel
from mllab.errors import InvalidInput
from mllab.model.base import ProjectName
from mllab.model.tracking import ModelState


class _Create(Ask):
    experiment_id: str = ""
    name: str = ""
    model_type: str = ""
    source_run_id: str = ""
    params: list[Pair] = []
    tags: list[Pair] = []


class _Dataset(Ask):
    dataset_name: str = ""
    dataset_digest: str | None = None


class _OrderBy(_Dataset):
    field_name: str = ""
    ascending: bool = True


class _Search(Ask):
    experiment_ids: list[str] = []
    filter: str = ""
    datasets: list[_Dataset] = []
    max_results: Int64 = 100
    order_by: list[_OrderBy] = []
    page_token: str | None = None


class _Finish(Ask):
    status: ModelState = ModelState.READY


class _Tags(Ask):
    tags: list[Pair] = []


class _Params(Ask):
    params: list[Pair] = []


async def _create(of: Of[_Create]) -> Json:
    """Note a model whose files are about to come."""
    ask = of.ask
    new = NewModel(
        ask.experiment_id,
        ask.name,
        ask.model_type,
        ask.source_run_id,
        [param.pair for param in ask.params],
        [tag.pair for tag in ask.tags],
    )
    made = await of.core.tracking.models.create(of.who, of.project, new)
    return {"model": wire.logged_model(made)}


async def _search(of: Of[_Search]) -> Json:
    """Return a page of logged models."""
    ask = of.ask
    if not 1 <= ask.max_results <= 10_000:
        raise InvalidInput("Invalid value for parameter 'max_results': 1 to 10000.")
    question = ModelQuestion(
        ask.experiment_ids,
        ask.filter,
        [(one.dataset_name, one.dataset_digest) for one in ask.datasets],
        [(one.field_name, one.ascending) for one in ask.order_by],
        ask.max_results,
        ask.page_token,
    )
    found, cursor = await of.core.tracking.models.search(of.who, of.project, question)
    return wire.page("models", [wire.logged_model(one) for one in found], cursor)


async def get_model(
    project: ProjectName,
    model_id: str,
    who: Caller,
    core: Core,
    allow_deleted: Annotated[bool, Query()] = False,
) -> Json:
    """Return a logged model."""
    found = await core.tracking.models.get(who, project, model_id, deleted_too=allow_deleted)
    return {"model": wire.logged_model(found)}


async def finish_model(
    project: ProjectName, model_id: str, ask: _Finish, who: Caller, core: Core
) -> Json:
    """Say whether a model's files are all there."""
    found = await core.tracking.models.finish(who, project, model_id, ask.status)
    return {"model": wire.logged_model(found)}


async def delete_model(project: ProjectName, model_id: str, who: Caller, core: Core) -> Json:
    """Mark a logged model as deleted."""
    await core.tracking.models.delete(who, project, model_id)
    return {}


async def set_model_tags(
    project: ProjectName, model_id: str, ask: _Tags, who: Caller, core: Core
) -> Json:
    """Set tags of a logged model."""
    tags = [tag.pair for tag in ask.tags]
    found = await core.tracking.models.set_tags(who, project, model_id, tags)
    return {"model": wire.logged_model(found)}


async def delete_model_tag(
    project: ProjectName, model_id: str, key: str, who: Caller, core: Core
) -> Json:
    """Remove a tag of a logged model."""
    await core.tracking.models.delete_tag(who, project, model_id, key)
    return {}


async def log_model_params(
    project: ProjectName, model_id: str, ask: _Params, who: Caller, core: Core
) -> Json:
    """Add parameters to a logged model."""
    params = [param.pair for param in ask.params]
    await core.tracking.models.log_params(who, project, model_id, params)
    return {}


async def list_model_artifacts(
    project: ProjectName,
    model_id: str,
    who: Caller,
    core: Core,
    artifact_directory_path: Annotated[str, Query()] = "",
) -> Json:
    """Return what lies in a folder of a logged model."""
    model = await core.tracking.models.get(who, project, model_id)
    below = artifact_directory_path.strip("/")
    path = location_path(f"{model.artifact_location}/{below}".rstrip("/"))
    found = await core.tracking.artifacts.list(who, project, path)
    files = [wire.artifact(one, below) for one in found]
    return {"root_uri": model.artifact_location, "files": files}


class _LogModel(Ask):
    run_id: str = ""
    model_json: str = ""


async def _log_model(of: Of[_LogModel]) -> Json:
    """Take note of a model that an older client has stored as plain artifacts."""
    await of.core.tracking.runs.note_model(of.who, of.project, of.ask.run_id, of.ask.model_json)
    return {}


CALLS = [
    Call("POST", "logged-models", WRITE, _Create, _create),
    Call("POST", "logged-models/search", READ, _Search, _search),
    Call("POST", "runs/log-model", WRITE, _LogModel, _log_model),
]

PREFIX = "mlflow/logged-models/{model_id}"
ROUTES = [
    Plain("GET", "", READ, get_model),
    Plain("PATCH", "", WRITE, finish_model),
    Plain("DELETE", "", WRITE, delete_model),
    Plain("PATCH", "/tags", WRITE, set_model_tags),
    Plain("DELETE", "/tags/{key:path}", WRITE, delete_model_tag),
    Plain("POST", "/params", WRITE, log_model_params),
    Plain("GET", "/artifacts/directories", READ, list_model_artifacts),
]
