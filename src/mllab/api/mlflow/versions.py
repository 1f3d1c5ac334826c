"""The protocol's calls on versions of registered models."""

from __future__ import annotations

from mllab.api.mlflow import wire
from mllab.api.mlflow.calls import READ, WRITE, Ask, Call, Json, Of, Pair
from mllab.api.mlflow.experiments import Search
from mllab.core.registry.versions import NewVersion


class _At(Ask):
    name: str = ""
    version: str = ""

    @property
    def at(self) -> tuple[str, str]:
        return self.name, self.version


class _Create(Ask):
    name: str = ""
    source: str = ""
    run_id: str = ""
    model_id: str = ""
    run_link: str = ""
    description: str = ""
    tags: list[Pair] = []


class _Describe(_At):
    description: str = ""


class _Stage(_At):
    stage: str = ""
    archive_existing_versions: bool = False


class _Tag(_At, Pair):
    pass


async def _create(of: Of[_Create]) -> Json:
    """Register the next version of a model."""
    ask = of.ask
    new = NewVersion(
        ask.name,
        ask.source,
        ask.run_id,
        ask.model_id,
        ask.run_link,
        ask.description,
        [tag.pair for tag in ask.tags],
    )
    made = await of.core.registry.versions.create(of.who, of.project, new)
    return {"model_version": wire.model_version(made)}


async def _get(of: Of[_At]) -> Json:
    """Return a version."""
    found = await of.core.registry.versions.get(of.who, of.project, *of.ask.at)
    return {"model_version": wire.model_version(found)}


async def _search(of: Of[Search]) -> Json:
    """Return a page of versions."""
    question = of.ask.question(200_000, 10_000)
    found, cursor = await of.core.registry.versions.search(of.who, of.project, question)
    return wire.page("model_versions", [wire.model_version(one) for one in found], cursor)


async def _download_uri(of: Of[_At]) -> Json:
    """Return where the version's files are."""
    found = await of.core.registry.versions.get(of.who, of.project, *of.ask.at)
    return {"artifact_uri": found.location}


async def _describe(of: Of[_Describe]) -> Json:
    """Replace the description of a version."""
    found = await of.core.registry.versions.describe(
        of.who, of.project, *of.ask.at, of.ask.description
    )
    return {"model_version": wire.model_version(found)}


async def _set_stage(of: Of[_Stage]) -> Json:
    """Move a version to a stage."""
    ask = of.ask
    found = await of.core.registry.versions.set_stage(
        of.who, of.project, ask.at, ask.stage, archive=ask.archive_existing_versions
    )
    return {"model_version": wire.model_version(found)}


async def _delete(of: Of[_At]) -> Json:
    """Delete a version."""
    await of.core.registry.versions.delete(of.who, of.project, *of.ask.at)
    return {}


async def _set_tag(of: Of[_Tag]) -> Json:
    """Set a tag of a version."""
    ask = of.ask
    await of.core.registry.versions.set_tag(of.who, of.project, ask.at, ask.key, ask.value)
    return {}


async def _delete_tag(of: Of[_Tag]) -> Json:
    """Remove a tag of a version."""
    await of.core.registry.versions.delete_tag(of.who, of.project, of.ask.at, of.ask.key)
    return {}


CALLS = [
    Call("POST", "model-versions/create", WRITE, _Create, _create),
    Call("GET", "model-versions/get", READ, _At, _get),
    Call("GET", "model-versions/search", READ, Search, _search),
    Call("GET", "model-versions/get-download-uri", READ, _At, _download_uri),
    Call("PATCH", "model-versions/update", WRITE, _Describe, _describe),
    Call("POST", "model-versions/transition-stage", WRITE, _Stage, _set_stage),
    Call("DELETE", "model-versions/delete", WRITE, _At, _delete),
    Call("POST", "model-versions/set-tag", WRITE, _Tag, _set_tag),
    Call("DELETE", "model-versions/delete-tag", WRITE, _Tag, _delete_tag),
]
