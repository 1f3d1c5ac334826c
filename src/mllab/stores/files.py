"""Where bytes are kept: one class for a local folder, memory and S3.

Knows keys and bytes; what a dataset or a version is, it does not know. Keys are relative
paths that the callers have checked. An object appears whole or not at all. A folder is
served by `folder.py`, everything else by obstore.
"""

from __future__ import annotations

import builtins
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import obstore
from obstore.exceptions import (
    BaseError,
    InvalidPathError,
    PermissionDeniedError,
    UnauthenticatedError,
)
from obstore.store import MemoryStore, S3Store
from pydantic import SecretStr

from mllab.errors import BackendFailed, InvalidInput, NotFound, Unavailable
from mllab.stores.drafts import Drafts, PartDrafts, Saved
from mllab.stores.folder import Folder
from mllab.stores.folder_drafts import FolderDrafts
from mllab.stores.objects import Digest, Lane, Objects, Stat, Written, batches, check_key

if TYPE_CHECKING:
    from obstore.store import ClientConfig, RetryConfig, S3Config

__all__ = ["Files", "S3Access", "Stat", "Written"]

PART = 8 * 1024 * 1024
"""Bytes of one part of an upload to S3: 10,000 parts make 80 GB."""

PARTS_AT_ONCE = 4
_PER_DELETE = 1000
_RETRIES: RetryConfig = {"max_retries": 4, "retry_timeout": timedelta(seconds=20)}
"""obstore alone would try for three minutes, longer than anybody waits for an answer."""


@dataclass(frozen=True)
class S3Access:
    """How to reach S3; None leaves it to the usual `AWS_*` variables."""

    endpoint: str | None = None
    access_key: str | None = None
    secret_key: SecretStr | None = None
    region: str = "us-east-1"


class Files:
    """A file store; methods may be called concurrently.

    Every method raises `Unavailable` or `BackendFailed` when the place itself fails, and
    `InvalidInput` for a key that is no relative path.
    """

    def __init__(self, url: str, s3: S3Access | None = None) -> None:
        """Open `file:///folder`, `memory://` or `s3://bucket[/prefix]`.

        Raises:
            InvalidInput: another URL.
        """
        self._objects = _open(url, s3 or S3Access())
        self._drafts: Drafts = (
            FolderDrafts(self._objects)
            if isinstance(self._objects, Folder)
            else PartDrafts(self._objects)
        )

    async def write(self, key: str, chunks: AsyncIterator[bytes]) -> Written:
        """Store all `chunks` under `key`, replacing what is there; constant memory.

        When `chunks` raises, nothing becomes visible, parts are discarded and the error
        passes on. Raises StorageFull when the disk or bucket takes no more.
        """
        return await self._objects.write(check_key(key), chunks)

    def read(self, key: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """Return the bytes `start` up to before `end`. Raises NotFound on first use.

        What lies beyond the object's end is left out without an error.
        """
        return self._objects.read(check_key(key), start, end)

    async def stat(self, key: str) -> Stat | None:
        """Return what is known of the object, or None."""
        return await self._objects.stat(check_key(key))

    def list(self, prefix: str = "") -> AsyncIterator[Stat]:
        """Return all objects below the folder `prefix`, in order of their keys."""
        return self._objects.list(check_key(prefix) if prefix else "")

    async def delete(self, key: str) -> None:
        """Delete the object; succeeds when there is none."""
        await self._objects.delete(check_key(key))

    async def delete_folder(self, prefix: str) -> int:
        """Delete all objects below the folder `prefix`; return how many."""
        return await self._objects.delete_folder(check_key(prefix))

    def local_path(self, key: str) -> Path | None:
        """Return the object's path on this machine's disk (it may not exist), or None."""
        return self._objects.local_path(check_key(key))

    @property
    def folder(self) -> Path | None:
        """The folder of this machine in which objects lie under their keys, or None."""
        return self._objects.folder

    async def append(
        self,
        draft: str,
        at: int,
        chunks: AsyncIterator[bytes],
        saved: Saved,
        *,
        whole: bool = False,
    ) -> int:
        """Let a draft grow from its byte `at`; see `Drafts`."""
        return await self._drafts.append(check_key(draft), at, chunks, saved, whole=whole)

    async def publish(self, draft: str, size_bytes: int, key: str) -> Written:
        """Make a draft the object `key`; see `Drafts`."""
        return await self._drafts.publish(check_key(draft), size_bytes, check_key(key))

    async def discard(self, draft: str) -> None:
        """Delete a draft; succeeds when there is none."""
        await self._drafts.discard(check_key(draft))

    async def sweep(self, older_than: timedelta) -> int:
        """Remove what writes that died have left and not touched for so long; repeatable.

        Returns how many. A bucket's own lifecycle rule does this for S3.
        """
        return await self._objects.sweep(older_than)


def _open(url: str, s3: S3Access) -> Objects:
    parts = urlsplit(url)
    if parts.scheme == "file" and not parts.netloc and parts.path.startswith("/"):
        return Folder(Path(unquote(url.removeprefix("file://"))))
    if url == "memory://":
        return _Bucket(MemoryStore())
    if parts.scheme == "s3" and parts.netloc:
        return _Bucket(_s3(parts.netloc, parts.path.strip("/"), s3))
    raise InvalidInput("A file store is file:///folder, memory:// or s3://bucket[/prefix].")


def _s3(bucket: str, prefix: str, access: S3Access) -> S3Store:
    config: S3Config = {"region": access.region}
    if access.endpoint:
        config["endpoint"] = access.endpoint
    if access.access_key and access.secret_key:
        config["access_key_id"] = access.access_key
        config["secret_access_key"] = access.secret_key.get_secret_value()
    plain = bool(access.endpoint and access.endpoint.startswith("http://"))
    options: ClientConfig = {"allow_http": plain}
    return S3Store(
        bucket, prefix=prefix or None, config=config, client_options=options, retry_config=_RETRIES
    )


@contextmanager
def _map_errors(key: str) -> Iterator[None]:
    """Turn obstore's errors into ours by their class."""
    try:
        yield
    except FileNotFoundError as exc:
        raise NotFound("file", key) from exc
    except InvalidPathError as exc:
        raise InvalidInput(f"The file store takes no key like {key!r}.") from exc
    except (PermissionDeniedError, UnauthenticatedError) as exc:
        raise BackendFailed("The bucket refuses the lab's credentials; check S3_* keys.") from exc
    except (BaseError, OSError) as exc:  # obstore's writer knows only OSError
        raise Unavailable("The bucket does not answer as it should; try again later.") from exc


class _Bucket(Objects):
    """Objects in a bucket, or in memory, through obstore."""

    def __init__(self, store: MemoryStore | S3Store) -> None:
        self._store = store

    async def write(self, key: str, chunks: AsyncIterator[bytes]) -> Written:
        # Without `close` nothing becomes visible; the writer must not be a context manager
        # here, for leaving that would close it after an error as well.
        digest, hashing = Digest(), Lane()
        with _map_errors(key):
            writer = obstore.open_writer_async(
                self._store, key, buffer_size=PART, max_concurrency=PARTS_AT_ONCE
            )
        try:
            async for batch in batches(chunks):
                hashed = hashing.do(digest.add, batch)
                with _map_errors(key):
                    await writer.write(b"".join(batch))
                await hashed
            with _map_errors(key):
                await writer.close()
        finally:
            hashing.close()
        return digest.written

    async def read(self, key: str, start: int, end: int | None) -> AsyncIterator[bytes]:
        with _map_errors(key):
            size = (await obstore.head_async(self._store, key))["size"]
            end = size if end is None else min(end, size)
            if start >= end:
                return
            found = await obstore.get_async(self._store, key, options={"range": (start, end)})
        stream = found.stream(min_chunk_size=1024 * 1024)
        while True:
            with _map_errors(key):
                chunk = await anext(stream, None)
            if chunk is None:
                return
            yield bytes(chunk)

    async def stat(self, key: str) -> Stat | None:
        try:
            with _map_errors(key):
                found = await obstore.head_async(self._store, key)
        except NotFound:
            return None
        return Stat(found["path"], found["size"], found["last_modified"])

    async def list(self, prefix: str) -> AsyncIterator[Stat]:
        stream = obstore.list(self._store, prefix or None, chunk_size=1000)
        while True:
            with _map_errors(prefix):
                chunk = await anext(stream, None)
            if chunk is None:
                return
            for each in chunk:
                yield Stat(each["path"], each["size"], each["last_modified"])

    async def delete(self, key: str) -> None:
        with _map_errors(key):
            try:
                await obstore.delete_async(self._store, key)
            except FileNotFoundError:
                return

    async def delete_folder(self, prefix: str) -> int:
        keys: builtins.list[str] = [each.key async for each in self.list(prefix)]
        for start in range(0, len(keys), _PER_DELETE):
            with _map_errors(prefix):
                await obstore.delete_async(self._store, keys[start : start + _PER_DELETE])
        return len(keys)
