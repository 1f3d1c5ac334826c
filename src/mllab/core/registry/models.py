"""Registered models: names, tags and aliases. Each keeps the counter of its versions."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from mllab.core.context import Context
from mllab.core.matching import cut_page, is_match, sort
from mllab.core.permissions import Access, Action
from mllab.core.registry.bodies import look, to_model
from mllab.core.search import REGISTERED_MODELS, Question, parse_filter, parse_orders
from mllab.core.tracking import checks
from mllab.core.tracking.bodies import Changes, escape, fields, to_ms, with_tags
from mllab.core.tracking.names import NameOf, Names
from mllab.errors import InvalidInput, NotFound
from mllab.model.accounts import Principal
from mllab.model.base import new_id
from mllab.model.tracking import ModelNotes, RegisteredModel
from mllab.stores.documents.base import Body, RevisionConflict, eq, find_all

COLLECTION, KIND = "registered_models", "registered model"
VERSIONS = "model_versions"
_ALIAS = re.compile(r"[\w-]{1,255}")


class RegisteredModels:
    """The registered models of all projects."""

    def __init__(self, context: Context, access: Access, changes: Changes) -> None:
        self._context = context
        self._documents = context.documents
        self._access = access
        self._changes = changes
        self._names = Names(context.documents, KIND)

    async def create(
        self,
        who: Principal,
        project: str,
        name: str,
        *,
        description: str = "",
        tags: Sequence[tuple[str, str]] = (),
    ) -> RegisteredModel:
        """Register a name. Raises Conflict when it is taken."""
        await self._access.require(who, Action.EXPERIMENT_WRITE, project=project)
        _check_name(name)
        checks.check_pairs(tags, "tag name")
        id = await self._names.take(project, name, new_id("rm"), self._namer(project))
        moment = to_ms(self._context.clock())
        body = {
            "project": project,
            "id_": id,
            "name": name,
            "description": checks.check_value(description, "description"),
            "tags": fields(tags),
            "aliases": {},
            "last_version": 0,
            "created_at": moment,
            "updated_at": moment,
        }
        try:
            await self._documents.put(COLLECTION, f"{project}/{id}", body, if_revision=0)
        except RevisionConflict as exc:
            raise self._names.taken(name) from exc
        return to_model(body, [])

    def _namer(self, project: str) -> NameOf:
        async def name_of(id: str) -> str | None:
            found = await self._documents.get(COLLECTION, f"{project}/{id}")
            return str(found.body["name"]) if found else None

        return name_of

    async def body(self, project: str, name: str) -> Body:
        """Return a model's document for other parts of core; asks no permission."""
        if not name:
            raise InvalidInput("Missing value for required parameter 'name'.")
        id = await self._names.find(project, name)
        found = await self._documents.get(COLLECTION, f"{project}/{id}") if id else None
        if found is None or found.body["name"] != name:
            raise NotFound(KIND, name)
        return found.body

    async def versions(self, model: Body) -> list[Body]:
        """Return the documents of a model's versions, the oldest first."""
        where = (eq("project", model["project"]), eq("model", model["id_"]))
        return [doc.body for doc in await find_all(self._documents, VERSIONS, *where)]

    async def get(self, who: Principal, project: str, name: str) -> RegisteredModel:
        """Return the model with the newest version of each stage. Raises NotFound."""
        await self._access.require(who, Action.EXPERIMENT_READ, project=project)
        model = await self.body(project, name)
        return to_model(model, await self.versions(model))

    async def search(
        self, who: Principal, project: str, question: Question
    ) -> tuple[list[RegisteredModel], str | None]:
        """Return a page of models, by name, and the next page's cursor."""
        await self._access.require(who, Action.EXPERIMENT_READ, project=project)
        conditions = parse_filter(question.filter, REGISTERED_MODELS)
        orders = parse_orders([*question.order_by, "name"], REGISTERED_MODELS)
        found = await find_all(self._documents, COLLECTION, eq("project", project))
        bodies = [doc.body for doc in found if is_match(doc.body, conditions, look)]
        page, following = cut_page(sort(bodies, orders, look), question.limit, question.cursor)
        return [to_model(body, await self.versions(body)) for body in page], following

    async def describe(
        self, who: Principal, project: str, name: str, description: str
    ) -> RegisteredModel:
        """Replace the description."""
        await self._access.require(who, Action.EXPERIMENT_WRITE, project=project)
        checks.check_value(description, "description")
        model = await self.change(project, name, lambda body: {"description": description})
        return to_model(model, await self.versions(model))

    async def annotate(
        self, who: Principal, project: str, name: str, notes: ModelNotes
    ) -> RegisteredModel:
        """Change description and tags; what is not given stays."""
        await self._access.require(who, Action.EXPERIMENT_WRITE, project=project)
        check_notes(notes)
        model = await self.change(project, name, lambda body: noted(body, notes))
        return to_model(model, await self.versions(model))

    async def rename(
        self, who: Principal, project: str, name: str, new_name: str
    ) -> RegisteredModel:
        """Give the model another name, versions and aliases included. Raises Conflict."""
        await self._access.require(who, Action.EXPERIMENT_WRITE, project=project)
        _check_name(new_name)
        model = await self.body(project, name)
        if new_name != name:
            id = await self._names.take(project, new_name, model["id_"], self._namer(project))
            if id != model["id_"]:
                raise self._names.taken(new_name)
            model = await self.change(project, name, lambda body: {"name": new_name})
            await self._names.release(project, name, model["id_"])
        return to_model(model, await self.versions(model))

    async def delete(self, who: Principal, project: str, name: str) -> None:
        """Delete the model with all versions; what they were made from stays."""
        await self._access.require(who, Action.EXPERIMENT_WRITE, project=project)
        model = await self.body(project, name)
        await self._documents.delete_where(
            VERSIONS, eq("project", project), eq("model", model["id_"])
        )
        await self._documents.delete(COLLECTION, f"{project}/{model['id_']}")
        await self._names.release(project, name, model["id_"])

    async def set_tag(self, who: Principal, project: str, name: str, key: str, value: str) -> None:
        """Set one tag."""
        await self._access.require(who, Action.EXPERIMENT_WRITE, project=project)
        checks.check_pairs([(key, value)], "tag name")
        await self.change(project, name, lambda b: {"tags": b["tags"] | {escape(key): value}})

    async def delete_tag(self, who: Principal, project: str, name: str, key: str) -> None:
        """Remove one tag; succeeds when there is none."""
        await self._access.require(who, Action.EXPERIMENT_WRITE, project=project)
        await self.change(project, name, lambda body: {"tags": _without(body["tags"], key)})

    async def set_alias(
        self, who: Principal, project: str, name: str, alias: str, version: int
    ) -> None:
        """Let `alias` point to a version, wherever it pointed before. Raises NotFound."""
        await self._access.require(who, Action.EXPERIMENT_WRITE, project=project)
        _check_alias(alias)
        model = await self.body(project, name)
        if await self._documents.get(VERSIONS, version_id(model, version)) is None:
            raise NotFound("version", f"{name}/{version}")
        new = {escape(alias): version}
        await self.change(project, name, lambda body: {"aliases": body["aliases"] | new})

    async def delete_alias(self, who: Principal, project: str, name: str, alias: str) -> None:
        """Remove an alias; succeeds when there is none."""
        await self._access.require(who, Action.EXPERIMENT_WRITE, project=project)
        await self.change(project, name, lambda body: {"aliases": _without(body["aliases"], alias)})

    async def change(self, project: str, name: str, alter: Callable[[Body], Body]) -> Body:
        """Change the document of the model `name`; asks no permission."""
        id = (await self.body(project, name))["id_"]

        def whole(body: Body) -> Body:
            return body | alter(body) | {"updated_at": to_ms(self._context.clock())}

        return await self._changes.apply(KIND, COLLECTION, f"{project}/{id}", whole)


def check_notes(notes: ModelNotes) -> None:
    """Refuse a description or tags that cannot be kept."""
    checks.check_value(notes.description or "", "description")
    checks.check_pairs(((key, value or "") for key, value in notes.tags.items()), "tag name")


def noted(body: Body, notes: ModelNotes) -> Body:
    """Return the fields that `notes` change in a model's or version's body."""
    tags = {"tags": with_tags(body["tags"], notes.tags)}
    return tags if notes.description is None else tags | {"description": notes.description}


def version_id(model: Body, version: int) -> str:
    """Return the id of a version's document."""
    return f"{model['project']}/{model['id_']}/{version:010d}"


def _without(stored: Body, key: str) -> Body:
    return {name: value for name, value in stored.items() if name != escape(key)}


def _check_name(name: str) -> None:
    checks.check_name(name, KIND)
    if "/" in name or ":" in name:
        raise InvalidInput(f"Invalid model name {name!r}: it holds no '/' and no ':'.")


def _check_alias(alias: str) -> None:
    reserved = alias == "latest" or re.fullmatch(r"[vV]\d+", alias)
    if not _ALIAS.fullmatch(alias) or reserved:
        raise InvalidInput(
            f"Invalid alias {alias!r}: 1 to 255 letters, digits, _ and -; not 'latest', not v<n>."
        )
