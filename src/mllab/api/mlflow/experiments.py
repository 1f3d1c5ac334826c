"""The protocol's calls on experiments."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from mllab.api.mlflow import wire
from mllab.api.mlflow.calls import READ, WRITE, Ask, Call, Int64, Json, Of, Pair
from mllab.core.search import Question
from mllab.errors import InvalidInput
from mllab.model.tracking import Lifecycle


class ViewType(StrEnum):
    """Whether a search takes deleted things."""

    ACTIVE_ONLY = "ACTIVE_ONLY"
    DELETED_ONLY = "DELETED_ONLY"
    ALL = "ALL"

    @property
    def lifecycle(self) -> Lifecycle | None:
        """Return what core calls it."""
        return {"ACTIVE_ONLY": Lifecycle.ACTIVE, "DELETED_ONLY": Lifecycle.DELETED}.get(self.value)


class Search(Ask):
    """What all searches have."""

    filter: str = ""
    order_by: list[str] = []
    max_results: Int64 | None = None
    page_token: str | None = None

    def question(
        self, most: int, default: int, lifecycle: Lifecycle | None = Lifecycle.ACTIVE
    ) -> Question:
        """Return the question as core takes it. Raises InvalidInput for a bad limit."""
        limit = default if self.max_results is None else self.max_results
        if not 1 <= limit <= most:
            raise InvalidInput(f"Invalid value {limit} for parameter 'max_results': 1 to {most}.")
        return Question(self.filter, self.order_by, lifecycle, limit, self.page_token or None)


class _Create(Ask):
    name: str = ""
    artifact_location: str = ""
    tags: list[Pair] = []


class _ById(Ask):
    experiment_id: str = ""


class _ByName(Ask):
    experiment_name: str = ""


class _Rename(_ById):
    new_name: str = ""


class _Tag(_ById):
    key: str = ""
    value: str = ""


class _Search(Search):
    view_type: ViewType = Field(default=ViewType.ACTIVE_ONLY)


async def _create(of: Of[_Create]) -> Json:
    """Create an experiment."""
    made = await of.core.tracking.experiments.create(
        of.who,
        of.project,
        of.ask.name,
        tags=[tag.pair for tag in of.ask.tags],
        artifact_location=of.ask.artifact_location,
    )
    return {"experiment_id": made.id}


async def _get(of: Of[_ById]) -> Json:
    """Return an experiment by id."""
    found = await of.core.tracking.experiments.get(of.who, of.project, of.ask.experiment_id)
    return {"experiment": wire.experiment(found)}


async def _get_by_name(of: Of[_ByName]) -> Json:
    """Return an experiment by name."""
    name = of.ask.experiment_name
    found = await of.core.tracking.experiments.get_by_name(of.who, of.project, name)
    return {"experiment": wire.experiment(found)}


async def _search(of: Of[_Search]) -> Json:
    """Return a page of experiments."""
    question = of.ask.question(50_000, 1000, of.ask.view_type.lifecycle)
    found, cursor = await of.core.tracking.experiments.search(of.who, of.project, question)
    return wire.page("experiments", [wire.experiment(one) for one in found], cursor)


async def _rename(of: Of[_Rename]) -> Json:
    """Rename an experiment."""
    ask = of.ask
    await of.core.tracking.experiments.rename(of.who, of.project, ask.experiment_id, ask.new_name)
    return {}


async def _delete(of: Of[_ById]) -> Json:
    """Mark an experiment as deleted."""
    await of.core.tracking.experiments.delete(of.who, of.project, of.ask.experiment_id)
    return {}


async def _restore(of: Of[_ById]) -> Json:
    """Take back the deletion of an experiment."""
    await of.core.tracking.experiments.restore(of.who, of.project, of.ask.experiment_id)
    return {}


async def _set_tag(of: Of[_Tag]) -> Json:
    """Set a tag of an experiment."""
    ask = of.ask
    await of.core.tracking.experiments.set_tag(
        of.who, of.project, ask.experiment_id, ask.key, ask.value
    )
    return {}


async def _delete_tag(of: Of[_Tag]) -> Json:
    """Remove a tag of an experiment."""
    ask = of.ask
    await of.core.tracking.experiments.delete_tag(of.who, of.project, ask.experiment_id, ask.key)
    return {}


CALLS = [
    Call("POST", "experiments/create", WRITE, _Create, _create),
    Call("GET", "experiments/get", READ, _ById, _get),
    Call("GET", "experiments/get-by-name", READ, _ByName, _get_by_name),
    Call("POST", "experiments/search", READ, _Search, _search),
    Call("GET", "experiments/search", READ, _Search, _search),
    Call("POST", "experiments/update", WRITE, _Rename, _rename),
    Call("POST", "experiments/delete", WRITE, _ById, _delete),
    Call("POST", "experiments/restore", WRITE, _ById, _restore),
    Call("POST", "experiments/set-experiment-tag", WRITE, _Tag, _set_tag),
    Call("POST", "experiments/delete-experiment-tag", WRITE, _Tag, _delete_tag),
]
