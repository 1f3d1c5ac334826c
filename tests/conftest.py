"""Fixtures that several suites share; every store is real and belongs to one test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from mllab.core.schema import COLLECTIONS
from mllab.stores.documents.base import DocumentStore
from mllab.stores.documents.sqlite import SqliteDocuments
from mllab.stores.files import Files


@pytest.fixture
async def documents(tmp_path: Path) -> AsyncIterator[DocumentStore]:
    """An open document store with the product's collections."""
    store = SqliteDocuments(tmp_path / "metadata.sqlite", COLLECTIONS)
    await store.open()
    yield store
    await store.close()


@pytest.fixture
def files() -> Files:
    """A file store in memory."""
    return Files("memory://")
