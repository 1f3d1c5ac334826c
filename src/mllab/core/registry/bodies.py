"""Registered models and versions as documents, and what searches see of them. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from mllab.core.search import Kind
from mllab.core.tracking.artifacts import SCHEME
from mllab.core.tracking.bodies import escape, from_ms, plain
from mllab.model.tracking import ModelVersion, RegisteredModel
from mllab.stores.documents.base import Body

PROMPT_TAG = "mlflow.prompt.is_prompt"
_FIELDS = {
    "name": "name",
    "version_number": "version",
    "run_id": "run_id",
    "source_path": "source",
    "creation_timestamp": "created_at",
    "last_updated_timestamp": "updated_at",
}


def look(body: Body, kind: Kind, key: str) -> Any:
    """Return what a search means by `kind` and `key`; what is no prompt says so."""
    if kind is Kind.TAG:
        return body["tags"].get(escape(key), "false" if key == PROMPT_TAG else None)
    return body[_FIELDS[key]]


def to_version(model: Body, body: Body) -> ModelVersion:
    """Return the record of a version; `model` is the registered model's document."""
    version = body["version"]
    location = body["location"]
    return ModelVersion(
        project=body["project"],
        name=model["name"],
        version=str(version),
        description=body["description"],
        stage=body["stage"],
        source=body["source"],
        location=SCHEME + location if location else body["source"],
        run_id=body["run_id"],
        run_link=body["run_link"],
        model_id=body["model_id"],
        user=body["user"],
        tags=plain(body["tags"]),
        aliases=sorted(k for k, v in plain(model["aliases"]).items() if v == version),
        created_at=from_ms(body["created_at"]),
        updated_at=from_ms(body["updated_at"]),
    )


def to_model(model: Body, versions: Iterable[Body]) -> RegisteredModel:
    """Return the record of a registered model with the newest version of each stage."""
    newest: dict[str, Body] = {}
    for body in versions:
        before = newest.get(body["stage"])
        if before is None or body["version"] > before["version"]:
            newest[body["stage"]] = body
    return RegisteredModel(
        project=model["project"],
        name=model["name"],
        description=model["description"],
        tags=plain(model["tags"]),
        aliases={alias: str(version) for alias, version in plain(model["aliases"]).items()},
        latest=[to_version(model, body) for _, body in sorted(newest.items())],
        created_at=from_ms(model["created_at"]),
        updated_at=from_ms(model["updated_at"]),
    )
