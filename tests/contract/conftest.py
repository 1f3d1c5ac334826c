"""The stores under contract: one parameter per back-end, each real and empty."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from mllab.stores.documents.base import DocumentStore
from mllab.stores.documents.sqlite import SqliteDocuments
from mllab.stores.files import Files

THINGS = {"things": [["kind"], ["kind", "size"], ["nested.name"]], "others": []}

Opener = Callable[[], Awaitable[DocumentStore]]


@pytest.fixture(params=["sqlite"])
async def open_store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Opener]:
    """A function that opens the same data once more, as after a restart."""
    opened: list[DocumentStore] = []

    async def open_one() -> DocumentStore:
        make = {"sqlite": lambda: SqliteDocuments(tmp_path / "data" / "m.sqlite", THINGS)}
        opened.append(make[request.param]())
        await opened[-1].open()
        return opened[-1]

    yield open_one
    for each in opened:
        await each.close()


@pytest.fixture
async def store(open_store: Opener) -> DocumentStore:
    """An open, empty document store."""
    return await open_store()


@pytest.fixture(params=["folder", "memory"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Files:
    """An empty file store; a bucket is one more parameter."""
    folder = tmp_path / "a folder #1%20?"
    return Files({"folder": folder.as_uri(), "memory": "memory://"}[request.param])
