"""The protocol's calls on registered models."""

from __future__ import annotations

from mllab.api.mlflow import wire
from mllab.api.mlflow.calls import READ, WRITE, Ask, Call, Json, Of, Pair
from mllab.api.mlflow.experiments import Search
from mllab.core.registry.versions import number


class _Name(Ask):
    name: str = ""


class _Create(_Name):
    description: str = ""
    tags: list[Pair] = []


class _Rename(_Name):
    new_name: str = ""


class _Describe(_Name):
    description: str = ""


class _Latest(_Name):
    stages: list[str] = []


class _Tag(_Name, Pair):
    pass


class _Alias(_Name):
    alias: str = ""
    version: str = ""


async def _create(of: Of[_Create]) -> Json:
    """Register a name."""
    ask = of.ask
    made = await of.core.registry.models.create(
        of.who,
        of.project,
        ask.name,
        description=ask.description,
        tags=[tag.pair for tag in ask.tags],
    )
    return {"registered_model": wire.registered_model(made)}


async def _get(of: Of[_Name]) -> Json:
    """Return a registered model."""
    found = await of.core.registry.models.get(of.who, of.project, of.ask.name)
    return {"registered_model": wire.registered_model(found)}


async def _search(of: Of[Search]) -> Json:
    """Return a page of registered models."""
    question = of.ask.question(1000, 100)
    found, cursor = await of.core.registry.models.search(of.who, of.project, question)
    return wire.page("registered_models", [wire.registered_model(m) for m in found], cursor)


async def _rename(of: Of[_Rename]) -> Json:
    """Rename a registered model."""
    ask = of.ask
    found = await of.core.registry.models.rename(of.who, of.project, ask.name, ask.new_name)
    return {"registered_model": wire.registered_model(found)}


async def _describe(of: Of[_Describe]) -> Json:
    """Replace the description of a registered model."""
    ask = of.ask
    found = await of.core.registry.models.describe(of.who, of.project, ask.name, ask.description)
    return {"registered_model": wire.registered_model(found)}


async def _delete(of: Of[_Name]) -> Json:
    """Delete a registered model with all its versions."""
    await of.core.registry.models.delete(of.who, of.project, of.ask.name)
    return {}


async def _latest(of: Of[_Latest]) -> Json:
    """Return the newest version of each stage."""
    ask = of.ask
    found = await of.core.registry.versions.latest(of.who, of.project, ask.name, ask.stages)
    return {"model_versions": [wire.model_version(one) for one in found]}


async def _set_tag(of: Of[_Tag]) -> Json:
    """Set a tag of a registered model."""
    ask = of.ask
    await of.core.registry.models.set_tag(of.who, of.project, ask.name, ask.key, ask.value)
    return {}


async def _delete_tag(of: Of[_Tag]) -> Json:
    """Remove a tag of a registered model."""
    await of.core.registry.models.delete_tag(of.who, of.project, of.ask.name, of.ask.key)
    return {}


async def _set_alias(of: Of[_Alias]) -> Json:
    """Let an alias point to a version."""
    ask = of.ask
    await of.core.registry.models.set_alias(
        of.who, of.project, ask.name, ask.alias, number(ask.version)
    )
    return {}


async def _delete_alias(of: Of[_Alias]) -> Json:
    """Remove an alias."""
    await of.core.registry.models.delete_alias(of.who, of.project, of.ask.name, of.ask.alias)
    return {}


async def _by_alias(of: Of[_Alias]) -> Json:
    """Return the version that an alias points to."""
    ask = of.ask
    found = await of.core.registry.versions.get_by_alias(of.who, of.project, ask.name, ask.alias)
    return {"model_version": wire.model_version(found)}


CALLS = [
    Call("POST", "registered-models/create", WRITE, _Create, _create),
    Call("GET", "registered-models/get", READ, _Name, _get),
    Call("GET", "registered-models/search", READ, Search, _search),
    Call("POST", "registered-models/rename", WRITE, _Rename, _rename),
    Call("PATCH", "registered-models/update", WRITE, _Describe, _describe),
    Call("DELETE", "registered-models/delete", WRITE, _Name, _delete),
    Call("POST", "registered-models/get-latest-versions", READ, _Latest, _latest),
    Call("GET", "registered-models/get-latest-versions", READ, _Latest, _latest),
    Call("POST", "registered-models/set-tag", WRITE, _Tag, _set_tag),
    Call("DELETE", "registered-models/delete-tag", WRITE, _Tag, _delete_tag),
    Call("POST", "registered-models/alias", WRITE, _Alias, _set_alias),
    Call("DELETE", "registered-models/alias", WRITE, _Alias, _delete_alias),
    Call("GET", "registered-models/alias", READ, _Alias, _by_alias),
]
