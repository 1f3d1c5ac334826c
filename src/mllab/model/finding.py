"""What a search by name finds: enough to show a line and to go there."""

from __future__ import annotations

from enum import StrEnum

from mllab.model.base import Record


class Noun(StrEnum):
    """Kinds of things that have a name and a page."""

    PROJECT = "project"
    DATASET = "dataset"
    MODEL = "model"
    EXPERIMENT = "experiment"
    REGISTERED_MODEL = "registered-model"
    SERVICE = "service"
    JOB = "job"
    USER = "user"


class Hit(Record):
    """One thing. `id` is what its path names it by, `name` what people call it."""

    noun: Noun
    project: str | None = None
    id: str
    name: str


class Hits(Record):
    """What was found, the best first."""

    items: list[Hit]
