"""Resumable uploads over a real store: whose turn it is, crashes, expiry, any chunking."""

from __future__ import annotations

import asyncio
import hashlib
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from file_room import NEWS, FileRoom, open_room, pieces
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mllab.core import resumable
from mllab.core.permissions import Access
from mllab.core.resumable import ResumableUploads
from mllab.core.schema import COLLECTIONS
from mllab.core.writers import Checksum, Piece
from mllab.errors import ChecksumMismatch, Conflict, InvalidInput, LabError, LimitReached, NotFound
from mllab.model.accounts import SYSTEM
from mllab.model.files import NewUpload, Upload
from mllab.stores.documents.base import DocumentStore
from mllab.stores.documents.sqlite import SqliteDocuments
from mllab.stores.files import Files

DATA = bytes(range(256)) * 40


class Room:
    """The uploads of a lab that can be started again on the same data."""

    def __init__(self, room: FileRoom, folder: Path) -> None:
        self.room = room
        self.folder = folder
        self.restart()

    def restart(self) -> None:
        """Forget all that was only in memory, as a killed lab does."""
        context = self.room.context_with(Files(self.folder.as_uri()))
        self.uploads = ResumableUploads(context, Access(context.documents), self.room.files)

    async def begin(self, size: int = len(DATA), **more: Any) -> Upload:
        new = NewUpload(kind=NEWS.kind, key=NEWS.key, size_bytes=size, **more)
        return await self.uploads.create(SYSTEM, "news", new)

    async def send(self, id: str, offset: int, *parts: bytes) -> Upload:
        return await self.uploads.append(SYSTEM, "news", id, Piece(offset, pieces(*parts)))

    async def get(self, id: str) -> Upload:
        return await self.uploads.get(SYSTEM, "news", id)

    async def left(self) -> tuple[int, list[str]]:
        """Return how many documents of uploads there are, and what lies beside objects."""
        drafts = await asyncio.to_thread(lambda: [*(self.folder / ".drafts").glob("*")])
        return await self.room.documents.count("resumable"), [each.name for each in drafts]


@pytest.fixture
async def lab(documents: DocumentStore, tmp_path: Path) -> Room:
    return Room(await open_room(documents, tmp_path / "files"), tmp_path / "files")


class Line:
    """A body that comes as the test lets it; `taken` once its first chunk was."""

    def __init__(self) -> None:
        self.waiting: asyncio.Queue[bytes | None] = asyncio.Queue()
        self.taken = asyncio.Event()

    async def chunks(self) -> AsyncIterator[bytes]:
        while (chunk := await self.waiting.get()) is not None:
            yield chunk
            self.taken.set()


async def begin_to_send(lab: Room, id: str, first: bytes) -> tuple[Line, asyncio.Task[Upload]]:
    """Start a request of which `first` has been taken and more is to come."""
    line = Line()
    piece = Piece(0, line.chunks())
    task = asyncio.create_task(lab.uploads.append(SYSTEM, "news", id, piece))
    await line.waiting.put(first)
    await line.taken.wait()
    return line, task


async def test_one_request_at_a_time_writes(lab: Room) -> None:
    id = (await lab.begin()).id
    line, first = await begin_to_send(lab, id, DATA[:100])
    with pytest.raises(Conflict, match="Another request"):
        await lab.send(id, 0, DATA)
    await line.waiting.put(DATA[100:])
    await line.waiting.put(None)
    assert (await first).version == 1
    assert await lab.room.read() == DATA


async def test_of_two_that_begin_together_one_wins(lab: Room) -> None:
    id = (await lab.begin()).id
    both = await asyncio.gather(*(lab.send(id, 0, DATA) for _ in range(2)), return_exceptions=True)
    assert sorted(type(each).__name__ for each in both) == ["Conflict", "Upload"]
    assert (await lab.get(id)).version == 1


async def test_a_writer_whose_line_is_dead_gives_way_and_its_bytes_are_kept(lab: Room) -> None:
    id = (await lab.begin()).id
    _, first = await begin_to_send(lab, id, DATA[:100])
    lab.room.clock.advance(seconds=6)
    with pytest.raises(Conflict, match="is at byte 100"):
        await lab.send(id, 0, DATA)
    with pytest.raises(Conflict, match="went on"):
        await first
    assert (await lab.send(id, 100, DATA[100:])).version == 1
    assert await lab.room.read() == DATA


async def test_a_writer_of_a_killed_lab_gives_way(lab: Room) -> None:
    id = (await lab.begin()).id
    await lab.send(id, 0, DATA[:100])
    found = (await lab.room.documents.find("resumable")).documents[0]
    now = found.body["written_at"]
    await lab.room.documents.put("resumable", id, found.body | {"writer": "x", "written_at": now})
    lab.restart()
    with pytest.raises(Conflict):
        await lab.send(id, 100, DATA[100:])
    lab.room.clock.advance(seconds=6)
    assert (await lab.send(id, 100, DATA[100:])).version == 1


async def test_a_crash_before_the_version_is_mended_by_the_next_look(lab: Room) -> None:
    id = (await lab.begin()).id
    found = (await lab.room.documents.find("resumable")).documents[0]
    await lab.uploads._store.append(id, 0, pieces(DATA), _nothing)
    body = found.body | {"offset": len(DATA), "state": "finishing"}
    await lab.room.documents.put("resumable", id, body)
    await lab.uploads._store.publish(id, len(DATA), body["object"])
    lab.restart()
    both = await asyncio.gather(lab.get(id), lab.get(id))
    assert [each.version for each in both] == [1, 1]
    assert await lab.room.read() == DATA
    assert len(await lab.room.objects()) == 1


async def _nothing(end: int) -> None:
    """Record nothing."""


async def test_what_is_not_finished_expires_and_leaves_nothing(lab: Room) -> None:
    id = (await lab.begin()).id
    lab.room.clock.advance(days=6)
    await lab.send(id, 0, DATA[:100])
    lab.room.clock.advance(days=6)
    assert await lab.uploads.sweep() == 0
    assert (await lab.get(id)).offset_bytes == 100
    lab.room.clock.advance(days=1)
    with pytest.raises(NotFound):
        await lab.get(id)
    assert await lab.uploads.sweep() == 1
    assert await lab.left() == (0, [])


async def test_a_finished_upload_is_forgotten_and_its_version_stays(lab: Room) -> None:
    id = (await lab.begin()).id
    await lab.send(id, 0, DATA)
    lab.room.clock.advance(hours=25)
    assert await lab.uploads.sweep() == 1
    assert await lab.left() == (0, [])
    assert await lab.room.read() == DATA


@pytest.mark.parametrize("how", ["delete", "forget_project"])
async def test_who_goes_takes_a_running_request_along(lab: Room, how: str) -> None:
    id = (await lab.begin()).id
    line, task = await begin_to_send(lab, id, DATA[:100])
    if how == "delete":
        await lab.uploads.delete(SYSTEM, "news", id)
    else:
        assert await lab.uploads.forget_project("news")
    with pytest.raises(Conflict):
        await task
    assert await lab.left() == (0, [])


async def test_more_than_was_announced_is_refused_and_the_rest_kept(lab: Room) -> None:
    id = (await lab.begin()).id
    with pytest.raises(LabError, match="More bytes"):
        await lab.send(id, 0, DATA[:100], DATA)
    assert (await lab.get(id)).offset_bytes == 100


async def test_there_is_an_end_to_open_uploads(lab: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resumable, "MOST_OPEN", 1)
    first = await lab.begin()
    with pytest.raises(LimitReached, match="unfinished"):
        await lab.begin()
    await lab.send(first.id, 0, DATA)
    await lab.begin()


async def test_an_upload_whose_version_is_just_being_made_cannot_be_deleted(lab: Room) -> None:
    id = (await lab.begin()).id
    found = (await lab.room.documents.find("resumable")).documents[0]
    await lab.room.documents.put("resumable", id, found.body | {"state": "finishing"})
    with pytest.raises(Conflict, match="just being made"):
        await lab.uploads.delete(SYSTEM, "news", id)
    assert not await lab.uploads.forget_project("news")
    lab.room.clock.advance(minutes=11)
    await lab.uploads.delete(SYSTEM, "news", id)
    assert await lab.left() == (0, [])


@dataclass(frozen=True)
class Step:
    """A piece of `size` bytes, and what happens to it or after it."""

    size: int
    how: str


STEPS = st.builds(
    Step,
    st.integers(0, 3000),
    st.sampled_from(["plain", "summed", "broken", "missummed", "misplaced", "restart"]),
)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.binary(max_size=9000), steps=st.lists(STEPS, max_size=8))
def test_any_way_of_sending_gives_the_bytes(data: bytes, steps: list[Step]) -> None:
    asyncio.run(_send_so(data, steps))


async def _send_so(data: bytes, steps: list[Step]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        documents = SqliteDocuments(folder / "m.sqlite", COLLECTIONS)
        await documents.open()
        try:
            lab = Room(await open_room(documents, folder / "files"), folder / "files")
            upload = await lab.begin(len(data))
            for step in steps:
                if upload.version is None:
                    upload = await _take(lab, upload, data, step)
            if upload.version is None:
                upload = await lab.send(upload.id, upload.offset_bytes, data[upload.offset_bytes :])
            assert upload.version == 1
            assert (await lab.room.files.version(SYSTEM, NEWS)).sha256 == _hex(data)
            assert await lab.room.read() == data
            assert (await lab.left())[1] == []
        finally:
            await documents.close()


async def _take(lab: Room, upload: Upload, data: bytes, step: Step) -> Upload:
    at = upload.offset_bytes
    part = data[at : at + step.size]
    expected = at + len(part) if step.how in {"plain", "summed", "broken", "restart"} else at
    try:
        await lab.uploads.append(SYSTEM, "news", upload.id, _piece(at, part, step.how))
    except (InvalidInput, ChecksumMismatch, Conflict):
        assert step.how in {"broken", "missummed", "misplaced"}
    if step.how == "restart":
        lab.restart()
    found = await lab.get(upload.id)
    assert found.offset_bytes == expected
    return found


def _piece(at: int, part: bytes, how: str) -> Piece:
    digest = hashlib.sha256(part if how == "summed" else part + b"x").digest()
    summed = Checksum("sha256", digest) if how in {"summed", "missummed"} else None
    if how == "broken":
        return Piece(at, _broken(part))
    return Piece(at + (how == "misplaced"), pieces(part[:7], part[7:]), checksum=summed)


async def _broken(part: bytes) -> AsyncIterator[bytes]:
    yield part
    raise InvalidInput("the line broke")


def _hex(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
