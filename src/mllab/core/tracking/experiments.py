"""Experiments of a project: folders of runs with unique names.

The experiment `0`, "Default", comes into being when it is first asked for.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from mllab.core.context import Context
from mllab.core.matching import cut_page, is_match, sort
from mllab.core.permissions import Access, Action
from mllab.core.search import EXPERIMENTS, Kind, Question, parse_filter, parse_orders
from mllab.core.tracking import checks
from mllab.core.tracking.bodies import Changes, escape, fields, from_ms, plain, to_ms, with_tags
from mllab.core.tracking.names import Names
from mllab.errors import Conflict, InvalidInput, NotFound
from mllab.model.accounts import Principal
from mllab.model.tracking import Experiment, Lifecycle
from mllab.stores.documents.base import Body, RevisionConflict, Where, eq, find_all

DEFAULT_ID, DEFAULT_NAME = "0", "Default"
_COLLECTION, _KIND = "experiments", "experiment"


class Experiments:
    """The experiments of all projects."""

    def __init__(self, context: Context, access: Access, changes: Changes) -> None:
        self._context = context
        self._documents = context.documents
        self._access = access
        self._changes = changes
        self._names = Names(context.documents, _KIND)

    async def create(
        self,
        who: Principal,
        project: str,
        name: str,
        *,
        tags: Sequence[tuple[str, str]] = (),
        artifact_location: str = "",
    ) -> Experiment:
        """Create an experiment.

        Raises:
            Conflict: one of this name exists, be it a deleted one.
            InvalidInput: an artifact location of one's own; the lab keeps artifacts itself.
        """
        await self._access.require(who, Action.EXPERIMENT_WRITE, project=project)
        checks.check_name(name, _KIND)
        checks.check_pairs(tags, "experiment tag")
        if artifact_location:
            raise InvalidInput(
                "This lab keeps artifacts itself: create the experiment without artifact_location."
            )
        id = str(secrets.randbelow(9 * 10**17) + 10**17)
        return await self._create(project, id, name, tags)

    async def _create(
        self, project: str, id: str, name: str, tags: Sequence[tuple[str, str]] = ()
    ) -> Experiment:
        if name == DEFAULT_NAME and id != DEFAULT_ID:
            await self._ensure_default(project)
        id = await self._names.take(project, name, id, lambda other: self._name_of(project, other))
        moment = await self._birth(project, id)
        body = {
            "project": project,
            "id_": id,
            "name": name,
            "lifecycle": str(Lifecycle.ACTIVE),
            "tags": fields(tags),
            "created_at": moment,
            "updated_at": moment,
        }
        try:
            await self._documents.put(_COLLECTION, f"{project}/{id}", body, if_revision=0)
        except RevisionConflict as exc:
            raise self._names.taken(name) from exc
        return to_experiment(body)

    async def _birth(self, project: str, id: str) -> int:
        """Return when an experiment began: the default one with its project."""
        found = await self._documents.get("projects", project) if id == DEFAULT_ID else None
        if found is None:
            return to_ms(self._context.clock())
        return to_ms(datetime.fromisoformat(found.body["created_at"]))

    async def _name_of(self, project: str, id: str) -> str | None:
        found = await self._documents.get(_COLLECTION, f"{project}/{id}")
        return str(found.body["name"]) if found else None

    async def get(self, who: Principal, project: str, id: str) -> Experiment:
        """Return the experiment, be it a deleted one. Raises NotFound."""
        await self._access.require(who, Action.EXPERIMENT_READ, project=project)
        return to_experiment(await self.body(project, id))

    async def get_by_name(self, who: Principal, project: str, name: str) -> Experiment:
        """Return the experiment of this name, be it a deleted one. Raises NotFound."""
        await self._access.require(who, Action.EXPERIMENT_READ, project=project)
        if name == DEFAULT_NAME:
            await self._ensure_default(project)
        id = await self._names.find(project, name)
        found = await self._documents.get(_COLLECTION, f"{project}/{id}") if id else None
        if found is None or found.body["name"] != name:
            raise NotFound(_KIND, name)
        return to_experiment(found.body)

    async def body(self, project: str, id: str, *, active: bool = False) -> Body:
        """Return an experiment's document for other parts of tracking; asks no permission.

        Raises:
            NotFound: there is none.
            InvalidInput: it is deleted, and `active` was asked for; or `id` is empty.
        """
        if not id:
            raise InvalidInput("Missing value for required parameter 'experiment_id'.")
        if id == DEFAULT_ID:
            await self._ensure_default(project)
        found = await self._documents.get(_COLLECTION, f"{project}/{id}")
        if found is None:
            raise NotFound(_KIND, id)
        if active and found.body["lifecycle"] != Lifecycle.ACTIVE:
            raise InvalidInput(f"Experiment {id!r} is deleted; restore it first.")
        return found.body

    async def deleted(self, project: str, ids: Sequence[str] | None) -> set[str]:
        """Return those of `ids` (None: all) whose experiment is deleted; asks no permission."""
        where = [eq("project", project), eq("lifecycle", str(Lifecycle.DELETED))]
        if ids is not None:
            where.append(Where("id", "in", [f"{project}/{id}" for id in ids]))
        found = await self._documents.select(_COLLECTION, *where, fields=["id_"])
        return {str(id) for _, id in found}

    async def check_all(self, project: str, ids: Sequence[str]) -> None:
        """Raise NotFound if one of the experiments is not there; asks no permission."""
        if DEFAULT_ID in ids:
            await self._ensure_default(project)
        where = Where("id", "in", [f"{project}/{id}" for id in ids])
        found = {id for _, id in await self._documents.select(_COLLECTION, where, fields=["id_"])}
        if missing := set(ids) - found:
            raise NotFound(_KIND, min(missing))

    async def _ensure_default(self, project: str) -> None:
        if await self._documents.get(_COLLECTION, f"{project}/{DEFAULT_ID}") is None:
            try:
                await self._create(project, DEFAULT_ID, DEFAULT_NAME)
            except Conflict:
                return  # somebody else has just created it

    async def search(
        self, who: Principal, project: str, question: Question
    ) -> tuple[list[Experiment], str | None]:
        """Return a page of experiments, the newest first, and the next page's cursor."""
        await self._access.require(who, Action.EXPERIMENT_READ, project=project)
        conditions = parse_filter(question.filter, EXPERIMENTS)
        order_by = [*question.order_by, "creation_time DESC", "experiment_id DESC"]
        orders = parse_orders(order_by, EXPERIMENTS)
        await self._ensure_default(project)
        found = await find_all(self._documents, _COLLECTION, eq("project", project))
        bodies = [
            doc.body
            for doc in found
            if question.lifecycle in {None, doc.body["lifecycle"]}
            and is_match(doc.body, conditions, _look)
        ]
        page, following = cut_page(sort(bodies, orders, _look), question.limit, question.cursor)
        return [to_experiment(body) for body in page], following

    async def rename(self, who: Principal, project: str, id: str, name: str) -> Experiment:
        """Give an active experiment another name. Raises Conflict when it is taken."""
        await self._access.require(who, Action.EXPERIMENT_WRITE, project=project)
        checks.check_name(name, _KIND)
        if name == DEFAULT_NAME:
            await self._ensure_default(project)
        old = str((await self.body(project, id, active=True))["name"])
        if old == name:
            return to_experiment(await self.body(project, id))
        taken = await self._names.take(project, name, id, lambda o: self._name_of(project, o))
        if taken != id:
            raise self._names.taken(name)
        body = await self._change(project, id, {"name": name})
        await self._names.release(project, old, id)
        return to_experiment(body)

    async def delete(self, who: Principal, project: str, id: str) -> None:
        """Mark the experiment as deleted; its runs stay where they are. Repeatable."""
        await self._access.require(who, Action.EXPERIMENT_WRITE, project=project)
        await self.body(project, id)
        await self._change(project, id, {"lifecycle": str(Lifecycle.DELETED)})

    async def restore(self, who: Principal, project: str, id: str) -> None:
        """Take back a deletion. Repeatable."""
        await self._access.require(who, Action.EXPERIMENT_WRITE, project=project)
        await self.body(project, id)
        await self._change(project, id, {"lifecycle": str(Lifecycle.ACTIVE)})

    async def set_tag(self, who: Principal, project: str, id: str, key: str, value: str) -> None:
        """Set one tag of an active experiment."""
        await self._access.require(who, Action.EXPERIMENT_WRITE, project=project)
        checks.check_pairs([(key, value)], "experiment tag")
        await self.body(project, id, active=True)
        await self._change(project, id, {}, lambda tags: tags | {escape(key): value})

    async def delete_tag(self, who: Principal, project: str, id: str, key: str) -> None:
        """Remove one tag of an active experiment; succeeds when there is none."""
        await self._access.require(who, Action.EXPERIMENT_WRITE, project=project)
        await self.body(project, id, active=True)
        gone = escape(key)
        await self._change(
            project, id, {}, lambda tags: {k: v for k, v in tags.items() if k != gone}
        )

    async def set_tags(
        self, who: Principal, project: str, id: str, tags: Mapping[str, str | None]
    ) -> Experiment:
        """Set tags of an active experiment; None removes one, if it is there."""
        await self._access.require(who, Action.EXPERIMENT_WRITE, project=project)
        checks.check_pairs(((key, value or "") for key, value in tags.items()), "experiment tag")
        body = await self.body(project, id, active=True)
        if tags:
            body = await self._change(project, id, {}, lambda stored: with_tags(stored, tags))
        return to_experiment(body)

    async def _change(
        self, project: str, id: str, values: Body, retag: Any = lambda tags: tags
    ) -> Body:
        def alter(body: Body) -> Body:
            moment = to_ms(self._context.clock())
            return body | values | {"tags": retag(body["tags"]), "updated_at": moment}

        return await self._changes.apply(_KIND, _COLLECTION, f"{project}/{id}", alter)


def artifact_root(experiment_id: str) -> str:
    """Return where the experiment's artifacts are, in MLflow's terms."""
    return f"mlflow-artifacts:/{experiment_id}"


def to_experiment(body: Body) -> Experiment:
    """Return the record of a document."""
    return Experiment(
        project=body["project"],
        id=body["id_"],
        name=body["name"],
        lifecycle=body["lifecycle"],
        artifact_location=artifact_root(body["id_"]),
        tags=plain(body["tags"]),
        created_at=from_ms(body["created_at"]),
        updated_at=from_ms(body["updated_at"]),
    )


_FIELDS = {
    "name": "name",
    "experiment_id": "id_",
    "creation_time": "created_at",
    "last_update_time": "updated_at",
}


def _look(body: Body, kind: Kind, key: str) -> Any:
    if kind is Kind.TAG:
        return body["tags"].get(escape(key))
    return body[_FIELDS[key]]
