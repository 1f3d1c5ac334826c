"""Versions appear whole, are numbered without holes, and go without a trace."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from file_room import LIMIT, NEWS, FileRoom, open_room, pieces

from mllab.errors import Conflict, InvalidInput, NotFound, TooLarge
from mllab.model.accounts import SYSTEM
from mllab.model.files import FileChange, FileKind, FileRef, NewVersion
from mllab.stores.documents.base import DocumentStore, eq

NOW = timedelta(0)


@pytest.fixture
async def room(documents: DocumentStore, tmp_path: Path) -> FileRoom:
    return await open_room(documents, tmp_path / "files")


async def test_a_version_says_what_it_is(room: FileRoom) -> None:
    data = b"one,two\n" * 1000
    new = NewVersion(metadata={"source": "web"}, sha256=hashlib.sha256(data).hexdigest())
    version = await room.upload(data, new=new)
    assert (version.version, version.size_bytes) == (1, len(data))
    assert version.sha256 == hashlib.sha256(data).hexdigest()
    assert version.content_type == "text/csv"
    assert version.metadata == {"source": "web"}
    assert version.created_at == room.clock.time
    assert await room.read() == data
    assert await room.notes() == 0


async def test_fifty_uploads_at_once_get_fifty_numbers(room: FileRoom) -> None:
    bodies = [str(n).encode() for n in range(50)]
    versions = await asyncio.gather(*(room.upload(body) for body in bodies))
    assert sorted(v.version for v in versions) == list(range(1, 51))
    for body, version in zip(bodies, versions, strict=True):
        assert await room.read(NEWS, version.version) == body
    (summary,) = (await room.files.list(SYSTEM, "news", FileKind.DATASET)).items
    assert (summary.versions, summary.latest.version) == (50, 50)


async def test_a_number_is_never_given_again(room: FileRoom) -> None:
    for _ in range(3):
        await room.upload()
    await room.files.delete(SYSTEM, NEWS, 3)
    assert (await room.files.version(SYSTEM, NEWS)).version == 2
    assert (await room.upload()).version == 4
    await room.files.delete(SYSTEM, NEWS)
    assert (await room.upload()).version == 5


async def test_deleting_all_versions_leaves_neither_list_entry_nor_bytes(room: FileRoom) -> None:
    await room.upload()
    await room.upload()
    await room.files.delete(SYSTEM, NEWS)
    assert await room.objects() == []
    assert (await room.files.list(SYSTEM, "news", FileKind.DATASET)).items == []
    with pytest.raises(NotFound, match=r"raw/news\.csv"):
        await room.files.versions(SYSTEM, NEWS)
    with pytest.raises(NotFound):
        await room.files.delete(SYSTEM, NEWS)


async def test_a_key_may_be_the_folder_of_others(room: FileRoom) -> None:
    refs = [NEWS.model_copy(update={"key": key}) for key in ("a", "a/b", "a/v0000000001")]
    for ref in refs:
        await room.upload(ref.key.encode(), ref)
    assert [await room.read(ref, 1) for ref in refs] == [b"a", b"a/b", b"a/v0000000001"]
    await room.files.delete(SYSTEM, refs[0])
    assert await room.read(refs[1]) == b"a/b"


async def test_a_wrong_hash_leaves_nothing(room: FileRoom) -> None:
    with pytest.raises(InvalidInput, match="Nothing was kept"):
        await room.upload(new=NewVersion(sha256="0" * 64))
    await assert_nothing(room)


async def test_a_wrong_size_leaves_nothing(room: FileRoom) -> None:
    with pytest.raises(InvalidInput, match="5 were declared"):
        await room.upload(b"four", new=NewVersion(size_bytes=5))
    await assert_nothing(room)


async def test_a_cut_off_upload_leaves_nothing(room: FileRoom) -> None:
    async def cut() -> AsyncIterator[bytes]:
        yield b"x" * 3_000_000
        raise InvalidInput("cut off")

    with pytest.raises(InvalidInput, match="cut off"):
        await room.files.upload(SYSTEM, NEWS, NewVersion(), cut())
    await assert_nothing(room)


async def test_a_cancelled_upload_leaves_nothing(room: FileRoom) -> None:
    reached = asyncio.Event()

    async def endless() -> AsyncIterator[bytes]:
        yield b"x" * 3_000_000
        reached.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(room.files.upload(SYSTEM, NEWS, NewVersion(), endless()))
    await reached.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await assert_nothing(room)


async def test_too_many_bytes_are_refused_early_and_late(room: FileRoom) -> None:
    for new in (NewVersion(size_bytes=LIMIT + 1), NewVersion()):
        with pytest.raises(TooLarge, match=f"at most {LIMIT} bytes"):
            await room.upload(b"x" * (LIMIT + 1), new=new)
    await assert_nothing(room)
    assert (await room.upload(b"x" * LIMIT)).size_bytes == LIMIT


@pytest.mark.parametrize("key", ["versions", "a/versions", "a/versions/3", "versions/12"])
async def test_keys_that_the_api_needs_are_refused(room: FileRoom, key: str) -> None:
    with pytest.raises(InvalidInput, match="Choose another name"):
        await room.upload(ref=NEWS.model_copy(update={"key": key}))


@pytest.mark.parametrize("key", ["versions/a", "a/versions/1/model.pb", "a/versions/v1", "x#1 ä%"])
async def test_other_keys_are_taken(room: FileRoom, key: str) -> None:
    ref = NEWS.model_copy(update={"key": key})
    await room.upload(b"x", ref)
    assert await room.read(ref) == b"x"


async def test_metadata_changes_entry_by_entry(room: FileRoom) -> None:
    await room.upload(new=NewVersion(metadata={"a": "1", "b": "2"}))
    change = FileChange(metadata={"a": None, "c": "3"})
    version = await room.files.update(SYSTEM, NEWS, None, change)
    assert version.metadata == {"b": "2", "c": "3"}
    (summary,) = (await room.files.list(SYSTEM, "news", FileKind.DATASET)).items
    assert summary.latest == version


async def test_metadata_has_a_limit(room: FileRoom) -> None:
    await room.upload(new=NewVersion(metadata={str(n): "" for n in range(100)}))
    with pytest.raises(InvalidInput, match="at most 100"):
        await room.files.update(SYSTEM, NEWS, None, FileChange(metadata={"more": ""}))


async def test_lists_are_paged_and_filtered_by_prefix(room: FileRoom) -> None:
    for key in ("a", "b/1", "b/2", "b/3"):
        await room.upload(ref=NEWS.model_copy(update={"key": key}))
    first = await room.files.list(SYSTEM, "news", FileKind.DATASET, prefix="b/", limit=2)
    rest = await room.files.list(
        SYSTEM, "news", FileKind.DATASET, prefix="b/", limit=2, cursor=first.next_cursor
    )
    assert [each.key for each in first.items + rest.items] == ["b/1", "b/2", "b/3"]
    assert rest.next_cursor is None


async def test_kinds_and_projects_are_apart(room: FileRoom) -> None:
    await room.add_project("other")
    model = NEWS.model_copy(update={"kind": FileKind.MODEL})
    other = NEWS.model_copy(update={"project": "other"})
    for ref in (NEWS, model, other):
        assert (await room.upload(ref=ref)).version == 1


async def test_the_sweep_finishes_what_a_crash_left_before_publishing(room: FileRoom) -> None:
    await leave_note(room, "news/datasets/raw/news.csv/object_1")
    await room.store.write("news/datasets/raw/news.csv/object_1", pieces(b"x"))
    assert await room.files.sweep() == 0, "it may still be running elsewhere"
    room.clock.advance(hours=25)
    assert await room.files.sweep() == 1
    await assert_nothing(room)


async def test_the_sweep_keeps_what_was_published_and_mends_the_list(room: FileRoom) -> None:
    await room.upload()
    (object,) = await room.objects()
    await room.documents.delete("files", "news/datasets/raw/news.csv")
    await leave_note(room, object, state="sealed")
    assert await room.files.sweep(NOW) == 1
    assert await room.read() == b"a,b\n"
    assert len((await room.files.list(SYSTEM, "news", FileKind.DATASET)).items) == 1
    assert await room.notes() == 0


async def test_the_sweep_leaves_running_uploads_alone(room: FileRoom) -> None:
    async def slow() -> AsyncIterator[bytes]:
        yield b"first "
        room.clock.advance(days=3)
        assert await room.files.sweep() == 0
        yield b"second"

    await room.files.upload(SYSTEM, NEWS, NewVersion(), slow())
    assert await room.read() == b"first second"


async def test_the_first_sweep_of_a_lab_spares_what_this_lab_began(room: FileRoom) -> None:
    async def slow() -> AsyncIterator[bytes]:
        yield b"x" * 3_000_000
        room.clock.advance(seconds=5)
        assert await room.files.sweep(NOW) == 0
        yield b"second"

    await room.files.upload(SYSTEM, NEWS, NewVersion(), slow())
    assert (await room.files.version(SYSTEM, NEWS)).size_bytes == 3_000_006


async def test_an_upload_that_was_taken_away_fails_and_leaves_nothing(room: FileRoom) -> None:
    async def robbed() -> AsyncIterator[bytes]:
        yield b"first"
        assert await room.files.forget_project("news")
        yield b"second"

    with pytest.raises(Conflict, match="send the file again"):
        await room.files.upload(SYSTEM, NEWS, NewVersion(), robbed())
    await assert_nothing(room)


async def test_an_upload_into_a_project_that_goes_meanwhile_fails(room: FileRoom) -> None:
    async def late() -> AsyncIterator[bytes]:
        yield b"first"
        await room.documents.put("projects", "news", {"name": "news", "state": "deleting"})

    with pytest.raises(NotFound, match="deleted during the upload"):
        await room.files.upload(SYSTEM, NEWS, NewVersion(), late())
    await assert_nothing(room)


async def test_forgetting_waits_for_an_upload_that_is_being_published(room: FileRoom) -> None:
    await leave_note(room, "news/datasets/raw/news.csv/object_1", state="sealed")
    assert not await room.files.forget_project("news")
    room.clock.advance(minutes=11)
    assert await room.files.forget_project("news")


async def test_a_forgotten_project_leaves_the_others_alone(room: FileRoom) -> None:
    await room.add_project("news-2")
    kept = FileRef(project="news-2", kind=FileKind.MODEL, key="kept")
    await room.upload(ref=kept)
    await room.upload()
    assert await room.files.forget_project("news")
    assert await room.files.forget_project("news")
    assert len(await room.objects()) == 1
    assert await room.documents.count("versions", eq("project", "news")) == 0
    assert await room.read(kept) == b"a,b\n"


async def assert_nothing(room: FileRoom) -> None:
    """Check that no version, no object and no note is there."""
    assert await room.objects() == []
    assert await room.notes() == 0
    assert await room.documents.count("versions") == 0
    assert await room.documents.count("files") == 0


async def leave_note(room: FileRoom, object: str, state: str = "writing") -> None:
    """Leave what a lab leaves that is killed in the middle of an upload."""
    await room.documents.put(
        "uploads",
        "upload_1",
        {
            "owner": "versions",
            "project": "news",
            "kind": "datasets",
            "key": "raw/news.csv",
            "object": object,
            "state": state,
            "started_at": "2026-01-01T00:00:00.000000Z",
        },
    )
