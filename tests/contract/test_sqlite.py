"""What only SQLite's store can show: its file, its threads, its failures."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from mllab.errors import BackendFailed, Conflict, InvalidInput, StorageFull, Unavailable
from mllab.stores.documents import sqlite
from mllab.stores.documents.base import RevisionConflict, Where, eq
from mllab.stores.documents.sqlite import SqliteDocuments
from mllab.stores.documents.sqlite_query import Question

WRITERS = Path(__file__).parent.parent / "support" / "writers.py"
THINGS = {"things": [["kind"], ["kind", "size"]]}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "m.sqlite"


@pytest.fixture
async def store(path: Path) -> AsyncIterator[SqliteDocuments]:
    store = SqliteDocuments(path, THINGS)
    await store.open()
    yield store
    await store.close()


def kill_a_writer(path: Path, round: int, after: int) -> set[str]:
    """Run a writer, kill it after so many acknowledged documents; return those."""
    command = [sys.executable, str(WRITERS), "documents", str(path), str(round)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        acknowledged = {child.stdout.readline() for _ in range(after)}
        child.kill()
        acknowledged |= set(child.stdout.readlines())
    return {line.strip() for line in acknowledged if line.endswith("\n")}


async def test_what_was_acknowledged_survives_kill_9(path: Path) -> None:
    acknowledged: set[str] = set()
    for round in range(4):
        acknowledged |= kill_a_writer(path, round, random.randint(1, 400))  # noqa: S311
    store = SqliteDocuments(path, {"things": [["round"]]})
    await store.open()
    for id in acknowledged:
        found = await store.get("things", id)
        assert found is not None
        assert found.body["id_"] == id
    counts = [await store.count("things", eq("round", str(round))) for round in range(4)]
    assert sum(counts) == await store.count("things") >= len(acknowledged)
    await store.close()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


async def test_data_of_a_newer_version_is_refused_and_not_touched(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version=99")
    with pytest.raises(Conflict, match="newer lab.*Install"):
        await SqliteDocuments(path, THINGS).open()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)


async def test_a_later_version_adds_collections_and_indexes(
    store: SqliteDocuments, path: Path
) -> None:
    await store.put("things", "a", {"kind": "x", "new": 1})
    await store.close()
    later = SqliteDocuments(path, {"things": [["kind"], ["new"]], "more": []})
    await later.open()
    assert await later.count("things", eq("new", 1)) == 1
    assert await later.put("more", "a", {}) == 1
    await later.close()


async def test_only_the_owner_can_read_the_file(store: SqliteDocuments, path: Path) -> None:
    await store.put("things", "a", {})
    assert {each.stat().st_mode & 0o077 for each in path.parent.iterdir()} == {0}


async def test_a_full_disk_is_told_and_everything_before_is_kept(
    store: SqliteDocuments, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await store.put("things", "small", {})
    await store.close()
    connect = sqlite._connect

    def narrow(path: Path) -> sqlite3.Connection:
        connection = connect(path)
        connection.execute("PRAGMA max_page_count=40")
        return connection

    monkeypatch.setattr(sqlite, "_connect", narrow)
    full = SqliteDocuments(path, THINGS)
    await full.open()
    puts = [full.put("things", "large", {"x": "x" * 1_000_000}), full.put("things", "b", {})]
    large, small = await asyncio.gather(*puts, return_exceptions=True)
    assert isinstance(large, StorageFull)
    assert small == 1
    assert await full.count("things") == 2
    await full.close()


async def test_a_damaged_file_is_told(path: Path) -> None:
    await asyncio.to_thread(path.write_bytes, b"no database at all" * 1000)
    with pytest.raises(BackendFailed, match="backup"):
        await SqliteDocuments(path, THINGS).open()


async def test_a_place_that_cannot_be_is_told(path: Path) -> None:
    await asyncio.to_thread(path.touch)
    with pytest.raises(BackendFailed, match="check its folder"):
        await SqliteDocuments(path / "below.sqlite", THINGS).open()


async def test_a_file_that_another_process_holds_is_unavailable(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "BUSY_S", 0.05)
    store = SqliteDocuments(path, THINGS)
    await store.open()
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        puts = (store.put("things", str(n), {}) for n in range(20))
        results = await asyncio.gather(*puts, return_exceptions=True)
        assert {type(each) for each in results} == {Unavailable}
    assert await store.put("things", "a", {}) == 1
    await store.close()


async def test_one_failure_in_a_group_is_only_its_own(store: SqliteDocuments) -> None:
    await store.put("things", "there", {})
    creates = [store.put("things", id, {}, if_revision=0) for id in ("a", "there", "b")]
    bad = store.put_many("things", [("c", {}), ("d", {"n": 2**64})])
    results = await asyncio.gather(*creates, bad, return_exceptions=True)
    assert [type(each) for each in results] == [int, RevisionConflict, int, InvalidInput]


@pytest.mark.parametrize(
    ("question", "index"),
    [
        ([eq("kind", "x")], "things(kind"),
        ([eq("kind", "x"), eq("size", 1)], "things(kind,size)"),
    ],
)
async def test_a_question_goes_by_its_index(
    store: SqliteDocuments, path: Path, question: list[Where], index: str
) -> None:
    sql, values = Question("things", question, "id", False).page(10, None)
    with closing(sqlite3.connect(path)) as connection:
        plan = connection.execute(f"EXPLAIN QUERY PLAN {sql}", values).fetchall()
    assert f"USING INDEX {index}" in str(plan)
    assert "SCAN" not in str(plan)
