"""Logged models: what runs made, by id, before anybody registers it under a name."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from mllab.core.context import Context
from mllab.core.matching import cut_page, is_match, sort
from mllab.core.permissions import Access, Action
from mllab.core.search import LOGGED_MODELS, Kind, Order, identify, parse_filter
from mllab.core.tracking import checks
from mllab.core.tracking.bodies import Changes, escape, fields, to_ms
from mllab.core.tracking.experiments import Experiments
from mllab.core.tracking.model_body import (
    Dataset,
    looker,
    model_root,
    on_datasets,
    to_model,
    with_metrics,
)
from mllab.core.tracking.run_names import random_name
from mllab.errors import InvalidInput, NotFound
from mllab.model.accounts import Principal
from mllab.model.tracking import Lifecycle, LoggedModel, Metric, ModelState
from mllab.stores.documents.base import Body, Where, eq, find_all

_COLLECTION, _KIND = "logged_models", "logged model"


@dataclass(frozen=True)
class NewModel:
    """What a client says of a model that it is about to store."""

    experiment_id: str
    name: str = ""
    model_type: str = ""
    source_run_id: str = ""
    params: Sequence[tuple[str, str]] = ()
    tags: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class ModelQuestion:
    """A search over logged models; `orders` are pairs of name and "ascending?"."""

    experiment_ids: Sequence[str]
    filter: str = ""
    datasets: Sequence[Dataset] = ()
    orders: Sequence[tuple[str, bool]] = ()
    limit: int = 100
    cursor: str | None = None


class LoggedModels:
    """The logged models of all projects."""

    def __init__(
        self, context: Context, access: Access, changes: Changes, experiments: Experiments
    ) -> None:
        self._context = context
        self._documents = context.documents
        self._access = access
        self._changes = changes
        self._experiments = experiments

    async def create(self, who: Principal, project: str, new: NewModel) -> LoggedModel:
        """Note a model whose files are about to come; it is pending until finished."""
        await self._access.require(who, Action.EXPERIMENT_WRITE, project=project)
        _check_name(new.name)
        _check_pairs(new.params, "param name")
        _check_pairs(new.tags, "tag name")
        experiment = await self._experiments.body(project, new.experiment_id, active=True)
        id = f"m-{secrets.token_hex(16)}"
        moment = to_ms(self._context.clock())
        body = {
            "project": project,
            "id_": id,
            "experiment": experiment["id_"],
            "name": new.name or random_name(),
            "model_type": checks.check_value(new.model_type),
            "source_run_id": checks.check_value(new.source_run_id),
            "state": str(ModelState.PENDING),
            "lifecycle": str(Lifecycle.ACTIVE),
            "artifact_location": model_root(experiment["id_"], id),
            "params": fields(new.params),
            "tags": fields(new.tags),
            "metrics": [],
            "run_ids": [new.source_run_id] if new.source_run_id else [],
            "created_at": moment,
            "updated_at": moment,
        }
        await self._documents.put(_COLLECTION, f"{project}/{id}", body, if_revision=0)
        return to_model(body)

    async def get(
        self, who: Principal, project: str, id: str, *, deleted_too: bool = False
    ) -> LoggedModel:
        """Return the model. Raises NotFound, for a deleted one too unless `deleted_too`."""
        await self._access.require(who, Action.EXPERIMENT_READ, project=project)
        return to_model(await self.body(project, id, deleted_too=deleted_too))

    async def body(self, project: str, id: str, *, deleted_too: bool = False) -> Body:
        """Return a model's document for other parts of core; asks no permission."""
        found = await self._documents.get(_COLLECTION, f"{project}/{id}")
        if found is None or not (deleted_too or found.body["lifecycle"] == Lifecycle.ACTIVE):
            raise NotFound(_KIND, id)
        return found.body

    async def finish(self, who: Principal, project: str, id: str, state: ModelState) -> LoggedModel:
        """Say whether the model's files are all there."""
        await self._access.require(who, Action.EXPERIMENT_WRITE, project=project)
        return to_model(await self._change(project, id, lambda body: {"state": str(state)}))

    async def delete(self, who: Principal, project: str, id: str) -> None:
        """Mark the model as deleted; versions that were registered from it stay."""
        await self._access.require(who, Action.EXPERIMENT_WRITE, project=project)
        await self._change(project, id, lambda body: {"lifecycle": str(Lifecycle.DELETED)})

    async def set_tags(
        self, who: Principal, project: str, id: str, tags: Sequence[tuple[str, str]]
    ) -> LoggedModel:
        """Set tags; others stay."""
        await self._access.require(who, Action.EXPERIMENT_WRITE, project=project)
        _check_pairs(tags, "tag name")
        new = fields(tags)
        body = await self._change(project, id, lambda body: {"tags": body["tags"] | new})
        return to_model(body)

    async def delete_tag(self, who: Principal, project: str, id: str, key: str) -> None:
        """Remove a tag. Raises NotFound when there is none."""
        await self._access.require(who, Action.EXPERIMENT_WRITE, project=project)
        gone = escape(key)

        def alter(body: Body) -> Body:
            if gone not in body["tags"]:
                raise NotFound("tag", key, f"Model {id!r} has no such tag.")
            return {"tags": {k: v for k, v in body["tags"].items() if k != gone}}

        await self._change(project, id, alter)

    async def log_params(
        self, who: Principal, project: str, id: str, params: Sequence[tuple[str, str]]
    ) -> None:
        """Add parameters."""
        await self._access.require(who, Action.EXPERIMENT_WRITE, project=project)
        _check_pairs(params, "param name")
        new = fields(params)
        await self._change(project, id, lambda body: {"params": body["params"] | new})

    async def search(
        self, who: Principal, project: str, question: ModelQuestion
    ) -> tuple[list[LoggedModel], str | None]:
        """Return a page of models, the newest first, and the next page's cursor."""
        await self._access.require(who, Action.EXPERIMENT_READ, project=project)
        conditions = parse_filter(question.filter, LOGGED_MODELS)
        orders = [_order(name, ascending) for name, ascending in question.orders]
        orders += [_order("creation_timestamp", False), _order("model_id", True)]
        ids = list(question.experiment_ids)
        where = (eq("project", project), Where("experiment", "in", ids))
        found = await find_all(self._documents, _COLLECTION, *where) if ids else []
        look = looker(question.datasets)
        must_measure = question.datasets and all(c.kind is not Kind.METRIC for c in conditions)
        bodies = [
            doc.body
            for doc in found
            if doc.body["lifecycle"] == Lifecycle.ACTIVE
            and is_match(doc.body, conditions, look)
            and not (must_measure and not on_datasets(doc.body, question.datasets))
        ]
        page, following = cut_page(sort(bodies, orders, look), question.limit, question.cursor)
        return [to_model(body) for body in page], following

    async def add_metrics(self, project: str, run_id: str, metrics: Iterable[Metric]) -> None:
        """Note a run's metrics at the models that they were measured on; asks no permission."""
        by_model: dict[str, list[Metric]] = defaultdict(list)
        for metric in metrics:
            if metric.model_id:
                by_model[metric.model_id].append(metric)
        for model_id, found in by_model.items():
            await self._attach(project, run_id, model_id, found)

    async def _attach(
        self, project: str, run_id: str, model_id: str, metrics: list[Metric]
    ) -> None:
        try:
            await self._change(project, model_id, lambda b: with_metrics(b, run_id, metrics))
        except NotFound as exc:
            raise InvalidInput(f"No logged model {model_id!r} to log metrics for.") from exc

    async def link_run(self, project: str, run_id: str, model_ids: Iterable[str]) -> None:
        """Note at models that a run put them out; unknown ones are passed over."""
        for model_id in model_ids:
            if await self._documents.get(_COLLECTION, f"{project}/{model_id}"):
                await self._change(
                    project, model_id, lambda b: {"run_ids": sorted({*b["run_ids"], run_id})}
                )

    async def _change(self, project: str, id: str, alter: Callable[[Body], Body]) -> Body:
        def whole(body: Body) -> Body:
            if body["lifecycle"] != Lifecycle.ACTIVE:
                raise NotFound(_KIND, id)
            return body | alter(body) | {"updated_at": to_ms(self._context.clock())}

        return await self._changes.apply(_KIND, _COLLECTION, f"{project}/{id}", whole)


def _check_name(name: str) -> None:
    if name:
        checks.check_name(name, _KIND)
    if any(mark in name for mark in "/:.%\"'"):
        raise InvalidInput(f"Invalid model name {name!r}: it holds none of / : . % \" '.")


def _check_pairs(pairs: Sequence[tuple[str, str]], what: str) -> None:
    if len(pairs) > checks.MOST_METRICS:
        raise InvalidInput(f"At most {checks.MOST_METRICS} in one call; send several.")
    checks.check_pairs(pairs, what)


def _order(name: str, ascending: bool) -> Order:
    kind, key = identify(name, LOGGED_MODELS)
    if kind not in LOGGED_MODELS.orders:
        raise InvalidInput(f"Invalid order {name!r}: use an attribute or metrics.<name>.")
    return Order(kind, key, ascending)
