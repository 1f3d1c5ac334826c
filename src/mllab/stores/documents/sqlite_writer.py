"""The one thread that writes into a SQLite file, many writers' work in one transaction.

Plain `sqlite3` in a thread of our own, not a library around it: a whole group is one step
of the thread, so a cancelled request can never leave half a transaction. What the work
does, this module does not know.
"""

from __future__ import annotations

import sqlite3
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import Any, TypeVar

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], T]
"""Statements of one write; may be done twice when its first transaction failed."""

Waiting = tuple[Work[Any], Future[Any]]

LARGEST_GROUP = 200
"""Pieces of work in one transaction at most, so that the first need not wait for long."""


class Writer:
    """The one thread that writes: takes all work that waits and commits it together."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="documents-write")
        self._waiting: deque[Waiting] = deque()

    def submit(self, work: Work[T]) -> Future[T]:
        """Have the work done and committed; the future then holds its result."""
        future: Future[T] = Future()
        self._waiting.append((work, future))
        # One step per piece of work; most find that an earlier step has taken it along.
        self._thread.submit(self._step)
        return future

    def close(self) -> None:
        """Do all that waits, then close."""
        self._thread.shutdown()
        self._connection.close()

    def _step(self) -> None:
        group: list[Waiting] = []
        while self._waiting and len(group) < LARGEST_GROUP:
            work, future = self._waiting.popleft()
            if future.set_running_or_notify_cancel():
                group.append((work, future))
        if not group:
            return
        if self._commit(group, alone=len(group) == 1):
            return
        for each in group:
            self._commit([each], alone=True)

    def _commit(self, group: list[Waiting], *, alone: bool) -> bool:
        """Do the group in one transaction; False if each part is to be tried alone."""
        begun = False
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            begun = True
            results = [work(self._connection) for work, _ in group]
            self._connection.execute("COMMIT")
        except Exception as exc:  # noqa: BLE001 - the edge of a thread: else callers wait for ever
            with suppress(sqlite3.Error):
                self._connection.rollback()
            if begun and not alone:
                return False
            for _, future in group:
                future.set_exception(exc)
            return True
        for (_, future), result in zip(group, results, strict=True):
            future.set_result(result)
        return True
