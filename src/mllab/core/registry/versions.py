"""Versions of registered models: numbered without gaps in use, never numbered twice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mllab.core.context import Context
from mllab.core.matching import cut_page, is_match, sort
from mllab.core.permissions import Access, Action
from mllab.core.registry.bodies import PROMPT_TAG, look, to_version
from mllab.core.registry.models import (
    COLLECTION,
    VERSIONS,
    RegisteredModels,
    check_notes,
    noted,
    version_id,
)
from mllab.core.registry.sources import Source, Sources
from mllab.core.search import MODEL_VERSIONS, Question, parse_filter, parse_orders
from mllab.core.tracking import checks
from mllab.core.tracking.bodies import Changes, escape, fields, plain, to_ms
from mllab.errors import InvalidInput, NotFound
from mllab.model.accounts import Principal
from mllab.model.tracking import ModelNotes, ModelVersion
from mllab.stores.documents.base import Body, eq, find_all

STAGES = ("None", "Staging", "Production", "Archived")


@dataclass(frozen=True)
class NewVersion:
    """What a client says of a new version."""

    name: str
    source: str
    run_id: str = ""
    model_id: str = ""
    run_link: str = ""
    description: str = ""
    tags: Sequence[tuple[str, str]] = ()


class ModelVersions:
    """The versions of all registered models."""

    def __init__(
        self,
        context: Context,
        access: Access,
        changes: Changes,
        models: RegisteredModels,
        sources: Sources,
    ) -> None:
        self._context = context
        self._documents = context.documents
        self._access = access
        self._changes = changes
        self._models = models
        self._sources = sources

    async def create(self, who: Principal, project: str, new: NewVersion) -> ModelVersion:
        """Register the next version of a model.

        Raises:
            NotFound: no such registered model, logged model or run in this project.
            InvalidInput: the source lies outside this project's artifacts.
        """
        await self._access.require(who, Action.EXPERIMENT_WRITE, project=project)
        checks.check_pairs(new.tags, "tag name")
        model = await self._models.body(project, new.name)
        source = await self._source(project, model, new)
        model = await self._models.change(
            project, new.name, lambda body: {"last_version": body["last_version"] + 1}
        )
        moment = to_ms(self._context.clock())
        body = {
            "project": project,
            "model": model["id_"],
            "version": model["last_version"],
            "description": checks.check_value(new.description, "description"),
            "stage": STAGES[0],
            "source": new.source,
            "location": source.path,
            "run_id": checks.check_value(new.run_id) or source.run_id,
            "run_link": checks.check_value(new.run_link),
            "model_id": checks.check_value(new.model_id) or source.model_id,
            "user": who.user or "lab",
            "tags": fields(new.tags),
            "created_at": moment,
            "updated_at": moment,
        }
        id = version_id(model, model["last_version"])
        await self._documents.put(VERSIONS, id, body, if_revision=0)
        return to_version(model, body)

    async def _source(self, project: str, model: Body, new: NewVersion) -> Source:
        is_prompt = (PROMPT_TAG, "true") in {*new.tags, *plain(model["tags"]).items()}
        if is_prompt:  # a prompt is text in a tag and has no files
            return Source("")
        if not new.source:
            raise InvalidInput("Missing value for required parameter 'source'.")
        name, _, version = new.source.removeprefix("models:/").partition("/")
        if new.source.startswith("models:/") and version.isdecimal():
            _, origin = await self.bodies(project, name, version)
            return Source(origin["location"], origin["model_id"], origin["run_id"])
        return await self._sources.resolve(project, new.source)

    async def bodies(self, project: str, name: str, version: str) -> tuple[Body, Body]:
        """Return the documents of a model and its version; asks no permission."""
        model = await self._models.body(project, name)
        id = version_id(model, number(version))
        found = await self._documents.get(VERSIONS, id)
        if found is None:
            raise NotFound("model version", f"{name}/{version}")
        return model, found.body

    async def get(self, who: Principal, project: str, name: str, version: str) -> ModelVersion:
        """Return the version. Raises NotFound."""
        await self._access.require(who, Action.EXPERIMENT_READ, project=project)
        return to_version(*await self.bodies(project, name, version))

    async def get_by_alias(
        self, who: Principal, project: str, name: str, alias: str
    ) -> ModelVersion:
        """Return the version that `alias` points to. Raises NotFound."""
        await self._access.require(who, Action.EXPERIMENT_READ, project=project)
        model = await self._models.body(project, name)
        version = model["aliases"].get(escape(alias))
        if version is None:
            raise NotFound("alias", alias, f"Model {name!r} has no such alias.")
        return to_version(*await self.bodies(project, name, str(version)))

    async def all(self, who: Principal, project: str, name: str) -> list[ModelVersion]:
        """Return all versions of a model, the newest first. Raises NotFound."""
        await self._access.require(who, Action.EXPERIMENT_READ, project=project)
        model = await self._models.body(project, name)
        return [to_version(model, body) for body in reversed(await self._models.versions(model))]

    async def latest(
        self, who: Principal, project: str, name: str, stages: Sequence[str] = ()
    ) -> list[ModelVersion]:
        """Return the newest version of each of `stages`; of every stage for none."""
        await self._access.require(who, Action.EXPERIMENT_READ, project=project)
        wanted = [_stage(stage) for stage in stages] or list(STAGES)
        model = await self._models.body(project, name)
        newest = {body["stage"]: body for body in await self._models.versions(model)}
        return [to_version(model, newest[stage]) for stage in wanted if stage in newest]

    async def search(
        self, who: Principal, project: str, question: Question
    ) -> tuple[list[ModelVersion], str | None]:
        """Return a page of versions, by name and the newest first, and the next cursor."""
        await self._access.require(who, Action.EXPERIMENT_READ, project=project)
        conditions = parse_filter(question.filter, MODEL_VERSIONS)
        orders = parse_orders([*question.order_by, "name", "version_number DESC"], MODEL_VERSIONS)
        names = [c.operand for c in conditions if c.key == "name" and c.op == "="]
        models = await self._models_named(project, str(names[0]) if names else None)
        where = [eq("project", project)]
        if names:
            where.append(eq("model", next(iter(models), "")))
        found = await find_all(self._documents, VERSIONS, *where)
        bodies = [
            doc.body | {"name": models[doc.body["model"]]["name"]}
            for doc in found
            if doc.body["model"] in models
        ]
        matching = [body for body in bodies if is_match(body, conditions, look)]
        page, following = cut_page(sort(matching, orders, look), question.limit, question.cursor)
        return [to_version(models[body["model"]], body) for body in page], following

    async def _models_named(self, project: str, name: str | None) -> dict[str, Body]:
        if name is None:
            found = await find_all(self._documents, COLLECTION, eq("project", project))
            return {doc.body["id_"]: doc.body for doc in found}
        try:
            model = await self._models.body(project, name)
        except NotFound:
            return {}
        return {model["id_"]: model}

    async def describe(
        self, who: Principal, project: str, name: str, version: str, description: str
    ) -> ModelVersion:
        """Replace the description."""
        await self._access.require(who, Action.EXPERIMENT_WRITE, project=project)
        checks.check_value(description, "description")
        return await self._change(project, name, version, lambda _: {"description": description})

    async def annotate(
        self, who: Principal, project: str, at: tuple[str, str], notes: ModelNotes
    ) -> ModelVersion:
        """Change description and tags of the version `at` (name, version)."""
        await self._access.require(who, Action.EXPERIMENT_WRITE, project=project)
        check_notes(notes)
        return await self._change(project, *at, lambda body: noted(body, notes))

    async def set_stage(
        self, who: Principal, project: str, at: tuple[str, str], stage: str, *, archive: bool
    ) -> ModelVersion:
        """Move the version `at` (name, version); `archive` moves others out of that stage."""
        await self._access.require(who, Action.EXPERIMENT_WRITE, project=project)
        stage = _stage(stage)
        if archive and stage not in {"Staging", "Production"}:
            raise InvalidInput("archive_existing_versions goes with Staging and Production only.")
        model, chosen = await self.bodies(project, *at)
        others = await self._models.versions(model) if archive else []
        for body in others:
            if body["stage"] == stage and body["version"] != chosen["version"]:
                version = str(body["version"])
                await self._change(project, at[0], version, lambda _: {"stage": "Archived"})
        return await self._change(project, *at, lambda _: {"stage": stage})

    async def set_tag(
        self, who: Principal, project: str, at: tuple[str, str], key: str, value: str
    ) -> None:
        """Set one tag of the version `at` (name, version)."""
        await self._access.require(who, Action.EXPERIMENT_WRITE, project=project)
        checks.check_pairs([(key, value)], "tag name")
        await self._change(project, *at, lambda b: {"tags": b["tags"] | {escape(key): value}})

    async def delete_tag(self, who: Principal, project: str, at: tuple[str, str], key: str) -> None:
        """Remove one tag of the version `at`; succeeds when there is none."""
        await self._access.require(who, Action.EXPERIMENT_WRITE, project=project)
        gone = escape(key)
        await self._change(
            project, *at, lambda b: {"tags": {k: v for k, v in b["tags"].items() if k != gone}}
        )

    async def delete(self, who: Principal, project: str, name: str, version: str) -> None:
        """Delete the version and the aliases that point to it; its number is not used again."""
        await self._access.require(who, Action.EXPERIMENT_WRITE, project=project)
        model, body = await self.bodies(project, name, version)
        gone = body["version"]
        await self._models.change(
            project,
            name,
            lambda b: {"aliases": {k: v for k, v in b["aliases"].items() if v != gone}},
        )
        await self._documents.delete(VERSIONS, version_id(model, gone))

    async def _change(
        self, project: str, name: str, version: str, alter: Callable[[Body], Body]
    ) -> ModelVersion:
        model, body = await self.bodies(project, name, version)
        id = version_id(model, body["version"])

        def whole(body: Body) -> Body:
            return body | alter(body) | {"updated_at": to_ms(self._context.clock())}

        changed = await self._changes.apply("model version", VERSIONS, id, whole)
        return to_version(model, changed)


def number(version: str) -> int:
    """Return the number of a version. Raises InvalidInput for other text."""
    if not version.isascii() or not version.isdecimal() or len(version) > 10:
        raise InvalidInput(f"Invalid model version {version[:40]!r}: it is a number from 1.")
    return int(version)


def _stage(stage: str) -> str:
    found = next((known for known in STAGES if known.lower() == stage.lower()), None)
    if found is None:
        raise InvalidInput(f"Invalid stage {stage[:40]!r}: there are {', '.join(STAGES)}.")
    return found
