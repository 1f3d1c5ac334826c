"""Documents in one SQLite file: the store of a lab on one machine.

One thread writes and several read beside it (write-ahead log). Writes that wait at the
same moment share one transaction and so one flush to disk (`sqlite_writer.py`). Questions
become SQL in `sqlite_query.py`.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue
from typing import Any, TypeVar

from mllab.errors import BackendFailed, Conflict, InvalidInput, StorageFull, Unavailable
from mllab.stores.documents.base import (
    Body,
    Document,
    DocumentStore,
    Found,
    Indexes,
    RevisionConflict,
    Values,
    Where,
)
from mllab.stores.documents.sqlite_query import Question, Sql, column, conditions, extract
from mllab.stores.documents.sqlite_writer import Work, Writer
from mllab.stores.documents.values import check_id, to_json

T = TypeVar("T")

VERSION = 1
"""Of the tables' form; kept in SQLite's `user_version`, 0 is a new file."""

READERS = 4
"""Reading threads; a long search must not hold up the short ones."""

PARSED_AT_ONCE = 200_000
"""Characters of `select`'s rows that are parsed by one call: few calls, yet none that holds
up other threads for long."""

BUSY_S = 10.0
"""How long a write waits for another process (a backup) to let go of the file."""

_LARGEST_REVISION = 2**63 - 1
_GET = "SELECT id,revision,body FROM {} WHERE id=?"
_DELETE = "DELETE FROM {} WHERE id=?"
_INSERT = "INSERT INTO {} (id,revision,body) VALUES (?,1,?) ON CONFLICT(id) DO"
_UPSERT = f"{_INSERT} UPDATE SET revision=revision+1,body=excluded.body"
_REPLACE = "UPDATE {} SET revision=revision+1,body=? WHERE id=? AND revision=?"
_AGAIN = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PROTOCOL,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_INTERRUPT,
}


@contextmanager
def map_errors(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into ours by their code; faults of our own SQL pass through."""
    try:
        yield
    except sqlite3.Error as exc:
        code = getattr(exc, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        if code == sqlite3.SQLITE_FULL:
            raise StorageFull(
                f"The disk that holds {path.name} is full; free some space, then try again."
            ) from exc
        if code in _AGAIN:
            raise Unavailable(
                f"The metadata in {path.name} cannot be reached now; try again shortly."
            ) from exc
        if code in {sqlite3.SQLITE_ERROR, sqlite3.SQLITE_MISUSE, sqlite3.SQLITE_RANGE}:
            raise
        raise BackendFailed(
            f"The metadata in {path.name} cannot be used (SQLite code {code}); "
            "check the disk and restore a backup if the file is damaged."
        ) from exc


class SqliteDocuments(DocumentStore):
    """The document store over one SQLite file; see `DocumentStore` for the contract."""

    def __init__(self, path: Path, collections: Indexes) -> None:
        """Name the file and the collections; nothing is touched before `open`."""
        self._path = path
        self._collections = collections
        self._writer: Writer | None = None
        self._readers: ThreadPoolExecutor | None = None
        self._idle: SimpleQueue[sqlite3.Connection] = SimpleQueue()
        self._quick: sqlite3.Connection | None = None

    async def open(self) -> None:
        """Create the file, its tables and indexes where missing, and start the threads."""
        await asyncio.to_thread(self._open)

    def _open(self) -> None:
        _create(self._path)
        with map_errors(self._path):
            connection = _connect(self._path)
            try:
                _prepare(connection, self._path, self._collections)
            except BaseException:
                connection.close()
                raise
            for _ in range(READERS):
                self._idle.put(_reader(self._path))
            self._quick = _reader(self._path)
            self._quick.execute("PRAGMA busy_timeout=0")
        self._writer = Writer(connection)
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="documents-read")

    async def close(self) -> None:
        """Finish what was accepted and let go of the file; repeatable."""
        writer, self._writer = self._writer, None
        readers, self._readers = self._readers, None
        if writer is None or readers is None:
            return
        await asyncio.to_thread(readers.shutdown)
        quick, self._quick = self._quick, None
        if quick is not None:
            quick.close()
        while not self._idle.empty():
            self._idle.get().close()
        await asyncio.to_thread(writer.close)

    async def get(self, collection: str, id: str) -> Document | None:
        """Return the document, or None if there is none."""
        question: Sql = (_GET.format(self._table(collection)), [check_id(id)])
        await asyncio.sleep(0)  # many in a row must leave others their turn
        rows = self._at_once(question)
        if rows is None:
            rows = await self._read(_all(question))
        return _document(rows[0]) if rows else None

    async def put(
        self, collection: str, id: str, body: Body, *, if_revision: int | None = None
    ) -> int:
        """Write the whole document and return its new revision."""
        text, values = _put(self._table(collection), check_id(id), to_json(body), if_revision)
        rows = await self._write(_all((text, values)))
        if not rows:
            raise _moved(collection, id, if_revision)
        return int(rows[0][0])

    async def put_many(self, collection: str, bodies: Sequence[tuple[str, Body]]) -> None:
        """Write many documents in one go."""
        sql = _UPSERT.format(self._table(collection))
        rows = await asyncio.to_thread(lambda: [(check_id(i), to_json(b)) for i, b in bodies])
        await self._write(lambda connection: connection.executemany(sql, rows).close())

    async def delete(self, collection: str, id: str, *, if_revision: int | None = None) -> bool:
        """Delete the document; False if there was none."""
        table = self._table(collection)
        check_id(id)

        def work(connection: sqlite3.Connection) -> bool | None:
            found = connection.execute(_GET.format(table), [id]).fetchone()
            if found is None:
                return False
            if if_revision is not None and found[1] != if_revision:
                return None
            connection.execute(_DELETE.format(table), [id])
            return True

        deleted = await self._write(work)
        if deleted is None:
            raise _moved(collection, id, if_revision)
        return deleted

    async def delete_where(self, collection: str, *where: Where) -> int:
        """Delete all documents that meet the conditions."""
        if not where:
            raise ValueError("delete_where needs a condition")
        text, values = conditions(where)
        sql = f"DELETE FROM {self._table(collection)} WHERE {text}"  # noqa: S608
        return await self._write(lambda connection: connection.execute(sql, values).rowcount)

    async def find(
        self,
        collection: str,
        *where: Where,
        order_by: str = "id",
        descending: bool = False,
        limit: int = 100,
        cursor: str | None = None,
    ) -> Found:
        """Return documents that meet all conditions, ordered by one field, then by id."""
        if not 1 <= limit < 2**31:
            raise InvalidInput("A page has a limit of at least 1.")
        self._table(collection)
        question = Question(collection, where, order_by, descending)
        select = question.page(limit, cursor)

        def work(connection: sqlite3.Connection) -> Found:
            rows = connection.execute(*select).fetchall()
            documents = [_document(row[:3]) for row in rows[:limit]]
            if len(rows) <= limit:
                return Found(documents, None)
            last = rows[limit - 1]
            return Found(documents, question.cursor(last[3], last[0]))

        return await self._read(work)

    async def select(self, collection: str, *where: Where, fields: Sequence[str]) -> list[Values]:
        """Return the id and these fields of all documents that meet the conditions."""
        text, values = conditions(where)
        sql = f"SELECT {extract(fields)} FROM {self._table(collection)} WHERE {text}"  # noqa: S608

        def work(connection: sqlite3.Connection) -> list[Values]:
            found: list[Values] = []
            texts: list[str] = []
            size = 0
            for (one,) in connection.execute(sql, values):
                texts.append(one)
                size += len(one)
                if size > PARSED_AT_ONCE:
                    found += _values(texts, 1 + len(fields))
                    texts, size = [], 0
            return found + _values(texts, 1 + len(fields))

        return await self._read(work)

    async def count(self, collection: str, *where: Where) -> int:
        """Return how many documents meet the conditions."""
        text, values = conditions(where)
        sql = f"SELECT count(*) FROM {self._table(collection)} WHERE {text}"  # noqa: S608
        return int((await self._read(_all((sql, values))))[0][0])

    def _table(self, collection: str) -> str:
        if collection not in self._collections:
            raise ValueError(f"no collection {collection!r} in this store")
        return f'"{collection}"'

    def _at_once(self, question: Sql) -> list[Any] | None:
        """Answer by the primary key without a thread; None where that would have to wait.

        Such an answer takes less than the way to a thread and back.
        """
        if self._quick is None:
            raise _closed(self._path)
        try:
            return self._quick.execute(*question).fetchall()
        except sqlite3.OperationalError:
            return None  # a reading thread waits, or says what is wrong

    async def _read(self, work: Work[T]) -> T:
        if self._readers is None:
            raise _closed(self._path)

        def run() -> T:
            connection = self._idle.get()
            try:
                return work(connection)
            finally:
                self._idle.put(connection)

        with map_errors(self._path):
            return await asyncio.get_running_loop().run_in_executor(self._readers, run)

    async def _write(self, work: Work[T]) -> T:
        if self._writer is None:
            raise _closed(self._path)
        with map_errors(self._path):
            return await asyncio.wrap_future(self._writer.submit(work))


def _create(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # The file holds password hashes: nobody else's business, whatever the umask is.
        path.touch(mode=0o600)
    except OSError as exc:
        raise BackendFailed(
            f"The metadata file {path} cannot be made ({exc.strerror}); check its folder."
        ) from exc


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(
        path, timeout=BUSY_S, isolation_level=None, check_same_thread=False, cached_statements=256
    )
    # Flushed at each commit: what was acknowledged survives a loss of power, too.
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "journal_size_limit=67108864"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _reader(path: Path) -> sqlite3.Connection:
    connection = _connect(path)
    connection.execute("PRAGMA query_only=ON")
    return connection


def _prepare(connection: sqlite3.Connection, path: Path, collections: Indexes) -> None:
    """Refuse a newer form, then create what is missing, all or nothing."""
    connection.execute("BEGIN IMMEDIATE")
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > VERSION:
        raise Conflict(
            f"The metadata in {path} was written by a newer lab (form {version}, this one knows "
            f"{VERSION}). Install that version of mllab, or restore a backup made before it."
        )
    for collection, indexes in collections.items():
        connection.execute(
            f'CREATE TABLE IF NOT EXISTS "{collection}" '
            "(id TEXT PRIMARY KEY NOT NULL, revision INTEGER NOT NULL, body TEXT NOT NULL)"
        )
        for fields in indexes:
            name = f"{collection}({','.join(fields)})"
            columns = ",".join([*map(column, fields), "id"])
            connection.execute(f'CREATE INDEX IF NOT EXISTS "{name}" ON "{collection}" ({columns})')
    connection.execute(f"PRAGMA user_version={VERSION}")
    connection.execute("COMMIT")


def _put(table: str, id: str, text: str, if_revision: int | None) -> Sql:
    if if_revision is None:
        return f"{_UPSERT.format(table)} RETURNING revision", [id, text]
    if if_revision == 0:
        return f"{_INSERT.format(table)} NOTHING RETURNING revision", [id, text]
    revision = min(if_revision, _LARGEST_REVISION)
    return f"{_REPLACE.format(table)} RETURNING revision", [text, id, revision]


def _all(sql: Sql) -> Work[list[Any]]:
    return lambda connection: connection.execute(*sql).fetchall()


def _document(row: tuple[str, int, str]) -> Document:
    return Document(row[0], row[1], json.loads(row[2]))


def _values(texts: Iterable[str], length: int) -> list[Values]:
    rows = json.loads(f"[{','.join(texts)}]")
    return [[id, *itertools.chain(*parts)][:length] for id, *parts in rows]


def _moved(collection: str, id: str, if_revision: int | None) -> RevisionConflict:
    expected = "there already" if if_revision == 0 else f"not at revision {if_revision} any more"
    return RevisionConflict(f"{id} in {collection} is {expected}; read it again, then repeat.")


def _closed(path: Path) -> Unavailable:
    return Unavailable(
        f"The metadata in {path.name} is not open; the lab starts or stops just now."
    )
