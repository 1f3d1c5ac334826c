"""Datasets and models: keys, versions and their hashes."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from mllab.model.base import FileKey, ProjectName, Record, Text, Timestamp, Title, UserName

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""Lower-case hex."""

_PART = r"[A-Za-z0-9!#$&^_.+-]+"
ContentType = Annotated[
    str,
    StringConstraints(pattern=rf"^{_PART}/{_PART}( *; *[\x20-\x7e]*)?$", max_length=200),
]


class FileKind(StrEnum):
    """The two kinds of versioned files; the value is the first part of the full key."""

    DATASET = "datasets"
    MODEL = "models"


class FileRef(Record):
    """Which dataset or model is meant, whether or not it exists."""

    project: ProjectName
    kind: FileKind
    key: FileKey


class NewVersion(Record):
    """What comes along with the bytes of a new version.

    `sha256` and `size_bytes` are what the sender declares: bytes that differ are refused.
    `content_type` None lets the lab guess it from the key.
    """

    content_type: ContentType | None = None
    metadata: dict[Title, Text] = Field(default={}, max_length=100)
    sha256: Sha256 | None = None
    size_bytes: int | None = Field(default=None, ge=0)


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

    metadata: dict[Title, Text | None] = Field(default={}, max_length=100)


class UploadState(StrEnum):
    """How far an upload is."""

    OPEN = "open"
    """Bytes are missing, or the version is just being made of them."""
    DONE = "done"


class NewUpload(Record):
    """A resumable upload as it is announced: all that a PUT would say, before the bytes.

    `fingerprint` is the sender's own mark of its source, by which it finds the upload again.
    `described` is what the sender told of the file, as it stood in the request.
    """

    kind: FileKind
    key: FileKey
    size_bytes: int = Field(ge=0)
    content_type: ContentType | None = None
    metadata: dict[Title, Text] = Field(default={}, max_length=100)
    sha256: Sha256 | None = None
    fingerprint: Title = ""
    described: str = Field(default="", max_length=20_000)


class Upload(Record):
    """A resumable upload: `offset_bytes` of `size_bytes` are safe; `version` once it is done."""

    id: str
    project: ProjectName
    kind: FileKind
    key: FileKey
    size_bytes: int
    offset_bytes: int
    state: UploadState
    version: int | None = None
    fingerprint: str = ""
    described: str = ""
    created_by: UserName
    created_at: Timestamp
    expires_at: Timestamp


class UploadedFile(Record):
    """Code as the lab keeps it; equal bytes under an equal name are kept once."""

    id: str
    name: str
    size_bytes: int
    sha256: str
