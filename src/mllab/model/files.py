"""Datasets and models: keys, versions and their hashes."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from mllab.model.base import FileKey, ProjectName, Record, Timestamp, Title, UserName


class FileKind(StrEnum):
    """The two kinds of versioned files; the value is the first part of the full key."""

    DATASET = "datasets"
    MODEL = "models"


class FileVersion(Record):
    """One complete, immutable version of a dataset or model.

    `sha256` is lower-case hex over the stored bytes; `metadata` is the owner's own.
    """

    project: ProjectName
    kind: FileKind
    key: FileKey
    version: int
    size_bytes: int
    sha256: str
    content_type: str
    metadata: dict[str, str] = {}
    created_by: UserName
    created_at: Timestamp


class FileSummary(Record):
    """A dataset or model as a list shows it: its newest version and how many there are."""

    project: ProjectName
    kind: FileKind
    key: FileKey
    versions: int
    latest: FileVersion


class FileChange(Record):
    """Metadata to set on one version; a value of None removes the entry."""

    metadata: dict[Title, str | None] = Field(default={}, max_length=100)
