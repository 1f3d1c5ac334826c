"""Code is kept once, by content, as long as something refers to it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from file_room import FileRoom, open_room, pieces

from mllab.errors import InvalidInput, NotFound
from mllab.model.accounts import SYSTEM
from mllab.model.files import NewVersion, UploadedFile
from mllab.stores.documents.base import DocumentStore


@pytest.fixture
async def room(documents: DocumentStore, tmp_path: Path) -> FileRoom:
    return await open_room(documents, tmp_path / "files")


async def send(room: FileRoom, data: bytes = b"print(1)", name: str = "train.py") -> UploadedFile:
    return await room.code.upload(SYSTEM, "news", name, NewVersion(), pieces(data))


async def test_code_comes_back_as_it_was(room: FileRoom) -> None:
    code = await send(room)
    opened = await room.code.open(SYSTEM, "news", code.id)
    assert opened.code == code
    assert code.name == "train.py"
    assert b"".join([chunk async for chunk in opened.read()]) == b"print(1)"


async def test_equal_code_is_stored_once(room: FileRoom) -> None:
    sent = await asyncio.gather(*(send(room) for _ in range(10)))
    assert len({each.id for each in sent}) == 1
    assert len(await room.objects()) == 1
    assert (await send(room, name="other.py")).id != sent[0].id
    assert await room.notes() == 0


@pytest.mark.parametrize("name", ["a/b.py", "..", "", "a\nb", "x" * 201])
async def test_bad_names_are_refused(room: FileRoom, name: str) -> None:
    with pytest.raises(InvalidInput):
        await send(room, name=name)


async def test_unused_code_goes_after_a_day(room: FileRoom) -> None:
    code = await send(room)
    assert await room.code.sweep() == 0
    room.clock.advance(hours=25)
    assert await room.code.sweep() == 1
    assert await room.objects() == []
    with pytest.raises(NotFound, match="send it again"):
        await room.code.open(SYSTEM, "news", code.id)


@pytest.mark.parametrize("collection", ["jobs", "job_runs", "services"])
async def test_code_in_use_stays(room: FileRoom, collection: str) -> None:
    code = await send(room)
    user = {"project": "news", "spec": {"code": {"kind": "upload", "id": code.id}}}
    await room.documents.put(collection, "news/x", user)
    room.clock.advance(days=3)
    assert await room.code.sweep() == 0
    assert await room.code.open(SYSTEM, "news", code.id)


async def test_code_that_is_sent_again_stays_for_another_day(room: FileRoom) -> None:
    await send(room)
    room.clock.advance(hours=20)
    await send(room)
    room.clock.advance(hours=20)
    assert await room.code.sweep() == 0


async def test_a_forgotten_project_has_no_code(room: FileRoom) -> None:
    await send(room)
    assert await room.code.forget_project("news")
    assert await room.objects() == []
    assert await room.documents.count("code") == 0
