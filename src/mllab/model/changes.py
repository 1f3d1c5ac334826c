"""What the stream of changes tells: that something is not as it was, never how it is now."""

from __future__ import annotations

from enum import StrEnum

from mllab.model.base import Record


class What(StrEnum):
    """Kinds of things that change."""

    SERVICE = "service"
    JOB = "job"
    RUN = "run"
    DATASET = "dataset"
    MODEL = "model"
    PROJECT = "project"
    MEMBER = "member"
    WORKSPACE = "workspace"
    EXPERIMENT = "experiment"
    UPLOAD = "upload"
    TOKEN = "token"  # noqa: S105
    USER = "user"
    SECRET = "secret"  # noqa: S105


class Change(Record):
    """A hint to look again: whoever wants to know what is new asks for the thing itself.

    `id` is what the thing's path names it by: a job's name for its runs too, a service's for
    its keys, a user's for members and workspaces, a key for datasets and model files; a
    registered model has its internal id.
    """

    what: What
    project: str | None = None
    id: str
