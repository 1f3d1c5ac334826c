"""Core's files over real stores, with a project and a clock that tests move: `open_room`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from mllab.config import Settings
from mllab.core.code import Code
from mllab.core.context import Context
from mllab.core.files import VersionedFiles
from mllab.core.lineage import Lineage
from mllab.core.permissions import Access
from mllab.model.accounts import SYSTEM
from mllab.model.files import FileKind, FileRef, FileVersion, NewVersion
from mllab.stores.documents.base import DocumentStore
from mllab.stores.files import Files

NEWS = FileRef(project="news", kind=FileKind.DATASET, key="raw/news.csv")


LIMIT = 4_000_000


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.time = datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def advance(self, **parts: int) -> None:
        self.time += timedelta(**parts)


async def pieces(*parts: bytes) -> AsyncIterator[bytes]:
    """Yield the parts one by one, as a request's body comes."""
    for part in parts:
        yield part


class FileRoom:
    """Datasets and code of one lab on a folder, as tests use them."""

    def __init__(self, context: Context, clock: Clock) -> None:
        self.clock = clock
        self._context = context
        self.documents = context.documents
        self.store = context.files
        self.files = VersionedFiles(context, Access(context.documents), Lineage(context))
        self.code = Code(context, Access(context.documents))

    def context_with(self, files: Files) -> Context:
        """Return the lab's context with its file store opened once more."""
        return replace(self._context, files=files)

    async def add_project(self, name: str) -> None:
        await self.documents.put("projects", name, {"name": name, "state": "active"})

    async def upload(
        self, data: bytes = b"a,b\n", ref: FileRef = NEWS, new: NewVersion | None = None
    ) -> FileVersion:
        return await self.files.upload(SYSTEM, ref, new or NewVersion(), pieces(data))

    async def read(self, ref: FileRef = NEWS, number: int | None = None) -> bytes:
        opened = await self.files.open(SYSTEM, ref, number)
        return b"".join([chunk async for chunk in opened.read()])

    async def objects(self) -> list[str]:
        return [each.key async for each in self.store.list()]

    async def notes(self) -> int:
        return await self.documents.count("uploads")


async def open_room(documents: DocumentStore, folder: Path) -> FileRoom:
    """Return files and code over `documents` and a folder, with the project `news`."""
    clock = Clock()
    settings = Settings(max_upload_bytes=LIMIT)
    room = FileRoom(Context(settings, documents, Files(folder.as_uri()), clock), clock)
    await room.add_project("news")
    return room
