"""Which WebSockets are open, and the end of those that may be no more.

Each open WebSocket of nginx holds one question open here, on a Unix socket (`sockets.js`):
the credential and the workload that it was opened with. Every few seconds each pair is
looked at again; who may no more gets an answer, and nginx cuts exactly that WebSocket. A
lab that goes away cuts none: nginx asks the next one. Knows no rule; `access.py` does.
"""

from __future__ import annotations

import asyncio
import logging
import re
import socket
from collections import Counter
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import cast

log = logging.getLogger("mllab.gateway")

EVERY_S = 5.0
"""How often each pair is looked at (seconds): what is revoked is cut at most that much later."""

_LONGEST_QUESTION = 4096
_LINE = re.compile(rb"\r\nX-Lab-(Credential|Workload): *([^\r\n]*)", re.IGNORECASE)
_CUT = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"

Pair = tuple[str, str]
"""Credential and workload's key, as nginx names them."""


class OpenSockets:
    """The questions that are held open. `holds` tells whether a pair still may."""

    def __init__(self, holds: Callable[[str, str], Awaitable[bool]]) -> None:
        self._holds = holds
        self._held: dict[Pair, set[_Question]] = {}
        self._connected: set[_Question] = set()
        self._is_closed = False
        self._server: asyncio.Server | None = None

    async def listen(self, listener: socket.socket) -> None:
        """Take questions on a listening Unix socket."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_unix_server(lambda: _Question(self), sock=listener)

    async def watch(self) -> None:
        """Look every `EVERY_S` seconds, for ever."""
        while True:
            await asyncio.sleep(EVERY_S)
            started = monotonic()
            await self.look()
            if monotonic() - started > EVERY_S:
                log.warning("looking at open WebSockets took %.0f s", monotonic() - started)

    async def look(self) -> None:
        """Look at each pair once, and cut the WebSockets of those that may no more."""
        for pair in list(self._held):
            if not await self._holds(*pair):
                self._cut(pair)

    async def close(self) -> None:
        """Leave all open WebSockets to the next lab; none of their connections stays here."""
        self._is_closed = True
        if self._server is not None:
            self._server.close()
        for question in self._connected:
            question.drop()
        await asyncio.sleep(0)  # a dropped connection is gone one turn of the loop later

    def count(self) -> dict[str, int]:
        """Return how many WebSockets are open to each workload, by its key."""
        found: Counter[str] = Counter()
        for (_, workload), questions in self._held.items():
            found[workload] += len(questions)
        return found

    def _cut(self, pair: Pair) -> None:
        questions = self._held.pop(pair, set())
        log.info("cutting %d WebSockets to %s: no longer allowed", len(questions), pair[1])
        for question in questions:
            question.answer()

    def connect(self, question: _Question) -> None:
        """Know a connection before it asks."""
        self._connected.add(question)
        if self._is_closed:  # it was accepted just before
            question.drop()

    def add(self, question: _Question) -> None:
        """Hold a question open."""
        self._held.setdefault(question.pair, set()).add(question)

    def remove(self, question: _Question) -> None:
        """Forget a question whose WebSocket closed. Repeatable."""
        self._connected.discard(question)
        questions = self._held.get(question.pair, set())
        questions.discard(question)
        if not questions:
            self._held.pop(question.pair, None)


class _Question(asyncio.Protocol):
    """One connection of nginx: a request head that waits for its answer."""

    __slots__ = ("_head", "_open", "_transport", "pair")

    def __init__(self, sockets: OpenSockets) -> None:
        self._open = sockets
        self._head = b""
        self._transport: asyncio.Transport | None = None
        self.pair: Pair = ("", "")

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is none by class
        self._open.connect(self)

    def data_received(self, data: bytes) -> None:
        self._head += data
        if b"\r\n\r\n" in self._head:
            said = {name.lower(): value.decode() for name, value in _LINE.findall(self._head)}
            self._head = b""
            self.pair = (said.get(b"credential", ""), said.get(b"workload", ""))
            self._open.add(self)
        elif len(self._head) > _LONGEST_QUESTION:
            self.drop()

    def connection_lost(self, exc: Exception | None) -> None:
        self._open.remove(self)

    def answer(self) -> None:
        """Say that the WebSocket may stay no longer."""
        if self._transport is not None:
            self._transport.write(_CUT)
            self._transport.close()

    def drop(self) -> None:
        """Leave the question to the next lab."""
        if self._transport is not None:
            self._transport.abort()
