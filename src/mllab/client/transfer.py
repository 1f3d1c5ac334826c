"""Bytes between a disk and the lab: constant memory, hashed on the way, resumed when cut.

Knows files, streams and hashes; not what a dataset is.
"""

from __future__ import annotations

import hashlib
import io
import os
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from mllab.client.http import Http
from mllab.errors import BackendFailed, InvalidInput, Unavailable

CHUNK = 1 << 20
Source = str | Path | bytes | BinaryIO
Progress = Callable[[int, int | None], None]
"""Called with the bytes done and their total (None when it is not known)."""

_TRIES = 6
_FIRST_PAUSE_S = 0.2


def no_progress(done: int, total: int | None) -> None:
    """Report to nobody."""


class Outgoing:
    """A source on its way out: counted, and hashed once however often parts are sent again."""

    def __init__(self, file: BinaryIO, size: int | None, on_progress: Progress) -> None:
        self._file = file
        self.size = size
        self._on_progress = on_progress
        self._digest = hashlib.sha256()
        self._hashed = 0
        self._at = 0

    @property
    def sha256(self) -> str:
        """Return the hash of what was read so far."""
        return self._digest.hexdigest()

    def can_go_back(self) -> bool:
        """Tell whether the source can be sent in parts, and parts of it again."""
        return self.size is not None and self._file.seekable()

    def hash_first(self) -> str:
        """Read the whole source once, go back to where it began, and return its hash.

        Raises:
            InvalidInput: the source cannot go back.
        """
        if not self._file.seekable():
            raise InvalidInput("verify=True needs a source that can be read twice.")
        begin, digest = self._file.tell(), hashlib.sha256()
        while chunk := self._file.read(CHUNK):
            digest.update(chunk)
        self._file.seek(begin)
        return digest.hexdigest()

    def __iter__(self) -> Iterator[bytes]:
        return self.read_from(0)

    def read_from(self, start: int) -> Iterator[bytes]:
        """Yield the bytes from `start` on; what lies before is hashed if it is not yet."""
        if start > self._hashed:
            self._go_to(self._hashed)
            while self._at < start:
                self._read(start - self._at)
        self._go_to(start)
        self._on_progress(start, self.size)
        while chunk := self._read(CHUNK if self.size is None else self.size - self._at):
            yield chunk
            self._on_progress(self._at, self.size)
        if self.size is not None and self._at < self.size:
            raise self._shorter()

    def _go_to(self, place: int) -> None:
        if place != self._at:
            self._file.seek(place - self._at, os.SEEK_CUR)
            self._at = place

    def _read(self, most: int) -> bytes:
        chunk = self._file.read(min(CHUNK, most))
        end = self._at + len(chunk)
        if end > self._hashed:
            self._digest.update(chunk[self._hashed - self._at :])
            self._hashed = end
        if not chunk and self._at < self._hashed:
            raise self._shorter()
        self._at = end
        return chunk

    def _shorter(self) -> InvalidInput:
        return InvalidInput("The file became shorter while it was sent; send it again.")


@contextmanager
def outgoing(source: Source, on_progress: Progress) -> Iterator[Outgoing]:
    """Open a path, bytes or an open file for sending; a file that was given stays open."""
    if isinstance(source, bytes):
        yield Outgoing(io.BytesIO(source), len(source), on_progress)
    elif isinstance(source, str | Path):
        try:
            file = open(source, "rb")
        except OSError as exc:
            raise InvalidInput(f"{source} cannot be read: {exc.strerror}.") from exc
        with file:
            yield Outgoing(file, os.fstat(file.fileno()).st_size, on_progress)
    else:
        yield Outgoing(source, _size_of(source), on_progress)


def _size_of(file: BinaryIO) -> int | None:
    if not file.seekable():
        return None
    here = file.tell()
    end = file.seek(0, os.SEEK_END)
    file.seek(here)
    return end - here


class Incoming:
    """An object on its way in: its address, and the size and hash that it must have."""

    def __init__(self, http: Http, url: str, size: int, sha256: str) -> None:
        self._http = http
        self._url = url
        self._size = size
        self._sha256 = sha256

    def write_to(self, file: BinaryIO, on_progress: Progress) -> None:
        """Write all bytes into an empty file; a connection that breaks is taken up again.

        Raises:
            Unavailable: several tries in a row brought nothing.
            BackendFailed: what came is not what the lab had announced.
        """
        digest, done, failures = hashlib.sha256(), 0, 0
        while True:
            before = done
            try:
                for chunk in self._from(done):
                    file.write(chunk)
                    digest.update(chunk)
                    done += len(chunk)
                    on_progress(done, self._size)
                break
            except Unavailable:
                failures = 1 if done > before else failures + 1
                if failures == _TRIES:
                    raise
                time.sleep(_FIRST_PAUSE_S * 2 ** (failures - 1))
        if digest.hexdigest() != self._sha256:
            raise BackendFailed("The bytes that arrived are not what the lab stored; try again.")

    def _from(self, start: int) -> Iterator[bytes]:
        headers = {"Accept-Encoding": "identity"}
        if start:
            headers |= {"Range": f"bytes={start}-", "If-Range": f'"{self._sha256}"'}
        if start == self._size:
            return
        with self._http.stream("GET", self._url, headers=headers) as response:
            if start and response.status_code != 206:
                raise BackendFailed("The lab did not continue where the download broke off.")
            yield from response.iter_raw()


def save(incoming: Incoming, target: Path, on_progress: Progress) -> None:
    """Download into `target`: beside it first, under its name once it is whole."""
    partial = target.with_name(f".{target.name[:100]}.{secrets.token_hex(4)}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with partial.open("xb") as file:
            incoming.write_to(file, on_progress)
        partial.replace(target)
    except OSError as exc:
        raise InvalidInput(f"{target} cannot be written: {exc.strerror}.") from exc
    finally:
        partial.unlink(missing_ok=True)
