"""Runs: what a training logged, and how runs are found again."""

from __future__ import annotations

import builtins
import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from mllab.core.context import Context
from mllab.core.lineage import Lineage
from mllab.core.matching import cut_page
from mllab.core.permissions import Access, Action
from mllab.core.search import Question
from mllab.core.tracking import checks
from mllab.core.tracking.bodies import Changes, escape, fields, from_ms, to_ms, with_tags
from mllab.core.tracking.experiments import Experiments
from mllab.core.tracking.logged_models import LoggedModels
from mllab.core.tracking.points import Points
from mllab.core.tracking.run_body import (
    NAME_TAG,
    check_params,
    run_root,
    to_run,
    with_batch,
)
from mllab.core.tracking.run_names import random_name
from mllab.core.tracking.run_search import RunSearch
from mllab.errors import InvalidInput, NotFound
from mllab.model.accounts import Principal
from mllab.model.tracking import (
    DatasetInput,
    Lifecycle,
    Metric,
    ModelUse,
    Run,
    RunBatch,
    RunStatus,
)
from mllab.stores.documents.base import Body

_COLLECTION, _KIND = "runs", "run"
_MODELS_TAG = "mlflow.log-model.history"
_LATEST_MS = 253402300799999  # the end of the year 9999


@dataclass(frozen=True)
class Parts:
    """What runs are written and found with."""

    changes: Changes
    experiments: Experiments
    models: LoggedModels
    finder: RunSearch
    lineage: Lineage


class Runs:
    """The runs of all projects."""

    def __init__(self, context: Context, access: Access, parts: Parts) -> None:
        self._context = context
        self._documents = context.documents
        self._access = access
        self._changes = parts.changes
        self._experiments = parts.experiments
        self._models = parts.models
        self._points = Points(context.documents)
        self._finder = parts.finder
        self._lineage = parts.lineage

    async def create(
        self,
        who: Principal,
        project: str,
        experiment_id: str,
        *,
        name: str = "",
        user: str = "",
        started_ms: int | None = None,
        tags: Sequence[tuple[str, str]] = (),
    ) -> Run:
        """Begin a run in an active experiment; `tags` may give its name."""
        await self._access.require(who, Action.EXPERIMENT_WRITE, project=project)
        checks.check_pairs(tags, "tag")
        experiment = await self._experiments.body(project, experiment_id, active=True)
        stored = fields(tags)
        name = name or stored.get(escape(NAME_TAG), "") or random_name()
        checks.check_name(name, _KIND)
        id = secrets.token_hex(16)
        origin = await self._lineage.origin(who)
        body = {
            "project": project,
            "id_": id,
            "experiment": experiment["id_"],
            "name": name,
            "user": checks.check_value(user) or who.user or "lab",
            "created_by": who.user,
            "status": str(RunStatus.RUNNING),
            "lifecycle": str(Lifecycle.ACTIVE),
            "started_at": _moment(started_ms) or to_ms(self._context.clock()),
            "ended_at": None,
            "artifact_location": run_root(experiment["id_"], id),
            "params": {},
            "tags": stored | {escape(NAME_TAG): name},
            "metrics": {},
            "datasets": [],
            "model_inputs": [],
            "model_outputs": [],
            "origin": origin.model_dump(mode="json") if origin else None,
        }
        if origin:  # the note first: one without a run does no harm
            await self._lineage.note_begun(body)
        await self._documents.put(_COLLECTION, f"{project}/{id}", body, if_revision=0)
        return to_run(body)

    async def get(self, who: Principal, project: str, id: str) -> Run:
        """Return the run, be it a deleted one. Raises NotFound."""
        await self._access.require(who, Action.EXPERIMENT_READ, project=project)
        return to_run(await self._body(project, id))

    async def _body(self, project: str, id: str, *, active: bool = False) -> Body:
        if not id:
            raise InvalidInput("Missing value for required parameter 'run_id'.")
        found = await self._documents.get(_COLLECTION, f"{project}/{id}")
        if found is None:
            raise NotFound(_KIND, id)
        if active:
            _check_active(found.body)
        return found.body

    async def update(
        self,
        who: Principal,
        project: str,
        id: str,
        *,
        status: RunStatus | None = None,
        ended_ms: int | None = None,
        name: str = "",
    ) -> Run:
        """Change status, end or name of an active run; what is not given stays."""
        await self._access.require(who, Action.EXPERIMENT_WRITE, project=project)
        await self._body(project, id)
        if name:
            checks.check_name(name, _KIND)
        ended = _moment(ended_ms)

        def alter(body: Body) -> Body:
            _check_active(body)
            changed = body | ({"status": str(status)} if status else {})
            if ended is not None:
                changed["ended_at"] = ended
            if name:
                changed |= {"name": name, "tags": body["tags"] | {escape(NAME_TAG): name}}
            return changed

        return to_run(await self._change(project, id, alter))

    async def delete(self, who: Principal, project: str, id: str) -> None:
        """Mark the run as deleted. Repeatable."""
        await self._mark(who, project, id, Lifecycle.DELETED)

    async def restore(self, who: Principal, project: str, id: str) -> None:
        """Take back a deletion. Repeatable."""
        await self._mark(who, project, id, Lifecycle.ACTIVE)

    async def _mark(self, who: Principal, project: str, id: str, lifecycle: Lifecycle) -> None:
        await self._access.require(who, Action.EXPERIMENT_WRITE, project=project)
        await self._body(project, id)
        await self._change(project, id, lambda body: body | {"lifecycle": str(lifecycle)})

    async def log(self, who: Principal, project: str, id: str, batch: RunBatch) -> None:
        """Log points, parameters and tags of an active run. Repeatable; loses nothing.

        Raises:
            InvalidInput: a parameter would change (nothing is logged), or over-long input.
        """
        await self._access.require(who, Action.EXPERIMENT_WRITE, project=project)
        _check_batch(batch)
        run = await self._body(project, id, active=True)
        check_params(run, batch.params)
        await self._lineage.note_outputs(run, batch.tags)
        await self._points.add(project, id, batch.metrics)
        await self._models.add_metrics(project, id, batch.metrics)

        def alter(body: Body) -> Body | None:
            _check_active(body)
            return with_batch(body, batch)

        await self._change(project, id, alter)

    async def delete_tag(self, who: Principal, project: str, id: str, key: str) -> None:
        """Remove a tag of an active run. Raises NotFound when there is none."""
        await self._access.require(who, Action.EXPERIMENT_WRITE, project=project)
        await self._body(project, id)
        gone = escape(key)

        def alter(body: Body) -> Body:
            _check_active(body)
            if gone not in body["tags"]:
                raise NotFound("tag", key, f"Run {id!r} has no such tag.")
            return body | {"tags": {k: v for k, v in body["tags"].items() if k != gone}}

        await self._change(project, id, alter)

    async def set_tags(
        self, who: Principal, project: str, id: str, tags: Mapping[str, str | None]
    ) -> Run:
        """Set tags of an active run; None removes one, if it is there."""
        await self._access.require(who, Action.EXPERIMENT_WRITE, project=project)
        checks.check_pairs(((key, value or "") for key, value in tags.items()), "tag name")
        await self._body(project, id, active=True)

        def alter(body: Body) -> Body | None:
            _check_active(body)
            name = tags.get(NAME_TAG) or body["name"]
            changed = body | {"name": name, "tags": with_tags(body["tags"], tags)}
            return None if changed == body else changed

        return to_run(await self._change(project, id, alter))

    async def log_uses(
        self,
        who: Principal,
        project: str,
        id: str,
        *,
        datasets: Sequence[DatasetInput] = (),
        inputs: Sequence[ModelUse] = (),
        outputs: Sequence[ModelUse] = (),
    ) -> None:
        """Log what a run read and the models that it made. Repeatable."""
        await self._access.require(who, Action.EXPERIMENT_WRITE, project=project)
        await self._lineage.note_inputs(await self._body(project, id, active=True), datasets)

        def alter(body: Body) -> Body:
            _check_active(body)
            return body | {
                "datasets": _joined(body["datasets"], datasets, ("name", "digest")),
                "model_inputs": _joined(body["model_inputs"], inputs, ("model_id",)),
                "model_outputs": _joined(body["model_outputs"], outputs, ("model_id", "step")),
            }

        await self._change(project, id, alter)
        await self._models.link_run(project, id, [use.model_id for use in outputs])

    async def note_model(self, who: Principal, project: str, id: str, description: str) -> None:
        """Add a model's description (a JSON object) to the run's list, as older clients do."""
        await self._access.require(who, Action.EXPERIMENT_WRITE, project=project)
        await self._body(project, id)
        model = _json_object(description)
        tag = escape(_MODELS_TAG)

        def alter(body: Body) -> Body:
            _check_active(body)
            known = json.loads(body["tags"].get(tag, "[]"))
            value = checks.check_value(json.dumps([*known, model]), "tag")
            return body | {"tags": body["tags"] | {tag: value}}

        await self._change(project, id, alter)

    async def history(
        self, who: Principal, project: str, id: str, key: str
    ) -> builtins.list[Metric]:
        """Return all points of a metric by time, step and value; none for an unknown key."""
        await self._access.require(who, Action.EXPERIMENT_READ, project=project)
        await self._body(project, id)
        return await self._points.history(project, id, key)

    async def search(
        self, who: Principal, project: str, experiment_ids: Sequence[str], question: Question
    ) -> tuple[builtins.list[Run], str | None]:
        """Return a page of runs, the last started first, and the next page's cursor."""
        await self._access.require(who, Action.EXPERIMENT_READ, project=project)
        ids = await self._finder.ids(project, experiment_ids, question)
        page, following = cut_page(ids, question.limit, question.cursor)
        bodies = await self._finder.bodies(project, page)
        return [to_run(body) for body in bodies], following

    async def list(
        self, who: Principal, project: str, experiment_id: str, question: Question
    ) -> tuple[builtins.list[Run], str | None]:
        """Return a page of one experiment's runs. Raises NotFound when there is none."""
        await self._access.require(who, Action.EXPERIMENT_READ, project=project)
        await self._experiments.body(project, experiment_id)
        return await self.search(who, project, [experiment_id], question)

    async def _change(self, project: str, id: str, alter: Callable[[Body], Body | None]) -> Body:
        return await self._changes.apply(_KIND, _COLLECTION, f"{project}/{id}", alter)


def _check_active(body: Body) -> None:
    if body["lifecycle"] != Lifecycle.ACTIVE:
        raise InvalidInput(f"The run {body['id_']!r} is deleted; restore it first.")


def _check_batch(batch: RunBatch) -> None:
    over = len(batch.metrics) > checks.MOST_METRICS
    over |= max(len(batch.params), len(batch.tags)) > checks.MOST_OTHERS
    if over or len(batch.metrics) + len(batch.params) + len(batch.tags) > checks.MOST_METRICS:
        raise InvalidInput(
            f"A batch holds at most {checks.MOST_METRICS} metrics, {checks.MOST_OTHERS} params "
            f"and {checks.MOST_OTHERS} tags, and {checks.MOST_METRICS} in all: send several."
        )
    for metric in batch.metrics:
        checks.check_key(metric.key, "metric name")
        if metric.timestamp_ms < 0:
            raise InvalidInput(f"Metric {metric.key!r}: its timestamp is negative.")
    checks.check_pairs(batch.params, "param name")
    checks.check_pairs(batch.tags, "tag name")


def _json_object(text: str) -> Body:
    try:
        found = json.loads(text)
    except ValueError as exc:
        raise InvalidInput("A model's description is a JSON object.") from exc
    if not isinstance(found, dict):
        raise InvalidInput("A model's description is a JSON object.")
    return found


def _moment(value: int | None) -> int | None:
    if value is not None:
        if not 0 <= value <= _LATEST_MS:
            raise InvalidInput("A time is given in milliseconds since 1970.")
        from_ms(value)
    return value


def _joined(
    stored: list[Body], new: Sequence[DatasetInput | ModelUse], keys: tuple[str, ...]
) -> list[Body]:
    found = {tuple(one[key] for key in keys): one for one in stored}
    for one in new:
        body = one.model_dump()
        found[tuple(body[key] for key in keys)] = body
    return list(found.values())
