"""Which writes are told, of what, and gathered into how many notes."""

from __future__ import annotations

import pytest

from mllab.core.changes import READERS, SILENT, Note, Watched
from mllab.core.feed import Entry, Feed
from mllab.core.schema import COLLECTIONS
from mllab.model.changes import What
from mllab.stores.documents.base import Body, DocumentStore, RevisionConflict, eq

JOB = Note(What.JOB, "alpha", "train")


@pytest.fixture
def told() -> list[Note]:
    """What the store of `watched` told."""
    return []


@pytest.fixture
def watched(documents: DocumentStore, told: list[Note]) -> Watched:
    """A store that tells."""
    return Watched(documents, told.append)


def test_every_collection_is_told_of_or_silent_by_decision() -> None:
    assert not SILENT & set(READERS)
    assert SILENT | set(READERS) == set(COLLECTIONS)


@pytest.mark.parametrize(
    ("collection", "id", "body", "note"),
    [
        ("jobs", "alpha/train", {}, JOB),
        ("job_runs", "alpha/train/0000000001", {}, JOB),
        ("files", "alpha/datasets/a/b.csv", {}, Note(What.DATASET, "alpha", "a/b.csv")),
        ("versions", "alpha/models/a/b/v0000000001", {}, Note(What.MODEL, "alpha", "a/b")),
        ("metrics", "alpha/run1/aa/bb", {}, Note(What.RUN, "alpha", "run1")),
        ("members", "alpha/bob", {}, Note(What.MEMBER, "alpha", "bob", "bob")),
        ("users", "bob", {}, Note(What.USER, None, "bob", "bob")),
        ("projects", "alpha", {}, Note(What.PROJECT, "alpha", "alpha")),
        (
            "tokens",
            "ff",
            {"kind": "api", "id_": "tok_1", "user": "bob"},
            Note(What.TOKEN, None, "tok_1", "bob"),
        ),
        ("tokens", "ff", {"kind": "ticket", "id_": "tok_1", "user": "bob"}, None),
        (
            "workloads",
            "wl_1",
            {"kind": "job", "project": "alpha", "owner_name": "train"},
            JOB,
        ),
        (
            "uses",
            "alpha/ff/0000000001/read/run1",
            {"project": "alpha", "kind": "datasets", "key": "a.csv"},
            Note(What.DATASET, "alpha", "a.csv"),
        ),
        (
            "resumable",
            "upload_1",
            {"project": "alpha", "user": "bob"},
            Note(What.UPLOAD, "alpha", "upload_1", "bob"),
        ),
        (
            "workloads",
            "wl_1",
            {"kind": "workspace", "project": None, "user": "bob"},
            Note(What.WORKSPACE, None, "bob", "bob"),
        ),
    ],
)
async def test_a_write_says_what_changed(
    watched: Watched, told: list[Note], collection: str, id: str, body: Body, note: Note | None
) -> None:
    await watched.put(collection, id, body)
    assert told == ([note] if note else [])


async def test_a_write_that_failed_is_not_told(watched: Watched, told: list[Note]) -> None:
    with pytest.raises(RevisionConflict):
        await watched.put("jobs", "alpha/train", {}, if_revision=7)
    assert not await watched.delete("jobs", "alpha/train")
    assert told == []


async def test_a_deletion_is_told(watched: Watched, told: list[Note]) -> None:
    await watched.put("jobs", "alpha/train", {})
    await watched.delete("jobs", "alpha/train")
    assert told == [JOB, JOB]


async def test_points_of_one_call_are_told(watched: Watched, told: list[Note]) -> None:
    await watched.put_many("metrics", [("alpha/run1/a/1", {}), ("alpha/run1/b/2", {})])
    assert told == [Note(What.RUN, "alpha", "run1")] * 2


async def test_a_token_is_told_when_made_and_when_gone_not_when_used(
    watched: Watched, told: list[Note]
) -> None:
    body = {"kind": "session", "id_": "tok_1", "user": "bob"}
    for _ in range(2):
        await watched.put("tokens", "ff", body)
    await watched.delete_where("tokens", eq("id_", "tok_1"))
    await watched.put("tokens", "ee", body)
    await watched.delete("tokens", "ee")
    assert told == [Note(What.TOKEN, None, "tok_1", "bob")] * 4


async def test_what_is_written_often_is_told_once() -> None:
    feed = Feed()
    heard: list[Entry] = []
    with feed.listening(heard.append):
        for _ in range(100):
            feed.tell(JOB)
        feed.flush()
        feed.flush()
    assert [entry.note for entry in heard] == [JOB]
