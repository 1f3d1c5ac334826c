"""Streams of changes for open pages: each caller hears of what they may see, no more.

A stream looks again at its caller's rights at each heartbeat, and at once when one of the
changes concerns them; it ends when the credential does. It never holds more than a bounded
number of events: a reader who is too slow is told to look at everything anew.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass

from mllab.core.changes import Note
from mllab.core.feed import Entry, Feed, server_sent
from mllab.core.permissions import Access, Action, is_own, suffices
from mllab.errors import LabError, LimitReached
from mllab.model.accounts import Principal
from mllab.model.changes import What
from mllab.model.projects import Role

BEAT_S = 20.0
"""How often a stream says that it lives, and looks at its caller's rights (seconds)."""

MOST_WAITING = 256
"""How many events wait for one reader."""

MOST_STREAMS = 1000
"""How many streams one user may have open."""

NEEDED: Mapping[What, Action] = {
    What.SERVICE: Action.SERVICE_READ,
    What.JOB: Action.JOB_READ,
    What.RUN: Action.EXPERIMENT_READ,
    What.DATASET: Action.FILE_READ,
    What.MODEL: Action.FILE_READ,
    What.PROJECT: Action.PROJECT_READ,
    What.MEMBER: Action.MEMBER_READ,
    What.WORKSPACE: Action.WORKSPACE_READ,
    What.EXPERIMENT: Action.EXPERIMENT_READ,
    What.UPLOAD: Action.FILE_WRITE,
    What.TOKEN: Action.TOKEN_READ,
    What.USER: Action.USER_READ,
    What.SECRET: Action.SECRET_READ,
}
"""What it takes to hear of each kind of thing: the action that reads it."""

Look = Callable[[], Awaitable[Principal]]
"""Says who calls as the credential stands now; raises NotSignedIn once it is void."""


@dataclass(frozen=True)
class Sight:
    """What a caller may see, as it was when somebody looked; `project` narrows it."""

    who: Principal
    roles: Mapping[str, Role]
    project: str | None

    def sees(self, note: Note) -> bool:
        """Tell whether the caller may hear of a change."""
        if self.project is not None and note.project != self.project:
            return False
        action = NEEDED[note.what]
        if note.project is None:
            return is_own(self.who, action, note.user)
        if note.what is What.MEMBER and note.user == self.who.user and self._reaches(note.project):
            return True  # that they lost their place, too
        if note.what is What.UPLOAD and note.user != self.who.user and not self.who.is_admin:
            return False  # each belongs to whoever began it
        role = Role.OWNER if self.who.is_admin else self.roles.get(note.project)
        return role is not None and suffices(role, action)

    def is_shaken_by(self, note: Note) -> bool:
        """Tell whether the change may have changed what the caller may see."""
        if note.what is What.PROJECT:
            return note.project == self.project or note.project in self.roles
        about_rights = note.what in {What.MEMBER, What.TOKEN, What.USER}
        return about_rights and note.user == self.who.user

    def _reaches(self, project: str) -> bool:
        return self.who.scope.project in {None, project}


class Events:
    """Opens streams of changes."""

    beat_s: float = BEAT_S

    def __init__(self, access: Access, feed: Feed) -> None:
        self._access = access
        self._feed = feed
        self._open: dict[str | None, set[_Stream]] = {}
        self._is_closed = False

    async def open(
        self,
        look: Look,
        *,
        project: str | None = None,
        after: str | None = None,
        most_s: float | None = None,
    ) -> AsyncIterator[bytes]:
        """Return a stream of server-sent events; it ends by itself when `look` raises.

        `after` is the id of the last event that the reader had before a break. The stream
        ends after `most_s` seconds, None means never.

        Raises:
            LimitReached: the user has very many open.
            NotFound: no such project for this caller.
        """
        sight = await self._look(look, project)
        user = sight.who.user
        if len(self._open.get(user, ())) >= MOST_STREAMS:
            raise LimitReached(f"{user!r} has {MOST_STREAMS} streams open. Close some pages.")
        end_at = None if most_s is None else asyncio.get_running_loop().time() + most_s
        return self._stream(_Stream(sight, end_at), look, after)

    def close(self) -> None:
        """End all streams; there are no more after that. Repeatable."""
        self._is_closed = True
        for streams in self._open.values():
            for stream in streams:
                stream.end()

    async def _stream(self, stream: _Stream, look: Look, after: str | None) -> AsyncIterator[bytes]:
        mine = self._open.setdefault(stream.sight.who.user, set())
        mine.add(stream)
        try:
            with self._feed.listening(stream.take), suppress(LabError):
                yield self._greeting(stream, after)
                async for piece in self._pieces(stream, look):
                    yield piece
        finally:
            mine.discard(stream)
            if not mine:
                self._open.pop(stream.sight.who.user, None)

    async def _pieces(self, stream: _Stream, look: Look) -> AsyncIterator[bytes]:
        time = asyncio.get_running_loop().time
        beat_at = time() + self.beat_s
        while not self._is_closed and time() < stream.end_at:
            await stream.wait(min(beat_at, stream.end_at) - time())
            if stream.is_shaken or time() >= beat_at:
                beat_at = time() + self.beat_s
                stream.is_shaken = False
                stream.sight = await self._look(look, stream.sight.project)
            yield stream.waiting(self._feed.here) or b": still here\n\n"

    async def _look(self, look: Look, project: str | None) -> Sight:
        who = await look()
        await self._access.require(who, Action.EVENTS_READ)
        if project is not None:
            await self._access.require(who, Action.PROJECT_READ, project=project)
        return Sight(who, await self._access.roles(who), project)

    def _greeting(self, stream: _Stream, after: str | None) -> bytes:
        if not after:
            return server_sent("hello", "{}", self._feed.here)
        missed = self._feed.since(after)
        if missed is None or len(missed) > MOST_WAITING:
            return server_sent("reset", "{}", self._feed.here)
        seen = b"".join(entry.wire for entry in missed if stream.sight.sees(entry.note))
        return seen + server_sent("hello", "{}", self._feed.here)


class _Stream:
    """What waits for one reader."""

    def __init__(self, sight: Sight, end_at: float | None) -> None:
        self.sight = sight
        self.end_at = math.inf if end_at is None else end_at
        self.is_shaken = False
        self._waiting: list[bytes] = []
        self._is_late = False
        self._wake = asyncio.Event()

    def take(self, entry: Entry) -> None:
        """Keep an event for the reader, if it is for them."""
        self.is_shaken = self.is_shaken or self.sight.is_shaken_by(entry.note)
        sees = self.sight.sees(entry.note)
        if sees and not self._is_late:
            self._waiting.append(entry.wire)
        if len(self._waiting) > MOST_WAITING:
            self._waiting, self._is_late = [], True
        if sees or self.is_shaken:
            self._wake.set()

    async def wait(self, most_s: float) -> None:
        """Return when there is something to do, or after `most_s` seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(max(0, most_s)):
                await self._wake.wait()
        self._wake.clear()

    def waiting(self, here: str) -> bytes:
        """Take everything that waits; a late reader gets `reset` instead."""
        pieces, self._waiting = self._waiting, []
        if self._is_late:
            self._is_late = False
            return server_sent("reset", "{}", here)
        return b"".join(pieces)

    def end(self) -> None:
        """Have the stream look whether it goes on."""
        self._wake.set()
