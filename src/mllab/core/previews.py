"""Previews of datasets, models and artifacts: their beginning, read by a child process.

What somebody uploaded is never parsed in the lab's own process: `mllab.previewer` does it,
in a process of its own for each file, with limits on time, memory and output, without the
lab's environment. A preview is kept (in memory, bounded) while its object stays as it is.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sys
import tempfile
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from mllab.core.context import Context
from mllab.core.files import VersionedFiles
from mllab.core.tracking.artifacts import Artifacts
from mllab.errors import LimitReached
from mllab.model.accounts import Principal
from mllab.model.files import FileRef
from mllab.model.previews import Preview, PreviewFormat
from mllab.stores.files import Files

AT_ONCE = 2
MOST_WAITING = 20
TIMEOUT_S = 20.0
_ENDS = 8 << 20
"""Bytes of each end of an object that are fetched from a bucket."""

_MOST_ANSWER = 8 << 20
_MOST_KEPT = 8 << 20


@dataclass(frozen=True)
class _Original:
    """An object as it is now, and the name that says what it holds."""

    object: str
    name: str
    size_bytes: int
    state: str = ""
    """Of an object that may be replaced: since when it is as it is."""


class Previews:
    """Makes and keeps previews."""

    def __init__(self, context: Context, files: VersionedFiles, artifacts: Artifacts) -> None:
        self._store = context.files
        self._files = files
        self._artifacts = artifacts
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0
        self._kept: OrderedDict[tuple[_Original, int], bytes] = OrderedDict()

    async def get(
        self, who: Principal, ref: FileRef, number: int | None = None, *, rows: int = 100
    ) -> Preview:
        """Return the beginning of one version, by default the newest.

        Raises:
            LimitReached: very many previews are being made.
        """
        opened = await self._files.open(who, ref, number)  # authorises
        size = opened.version.size_bytes
        return await self._of(_Original(opened.object, _name(ref.key), size), rows)

    async def of_artifact(
        self, who: Principal, project: str, path: str, *, rows: int = 100
    ) -> Preview:
        """Return the beginning of the artifact `path` of a project.

        Raises:
            NotFound: there is no such file.
            LimitReached: very many previews are being made.
        """
        stat = await self._artifacts.stat(who, project, path)  # authorises
        since = stat.modified_at.isoformat()
        return await self._of(_Original(stat.key, _name(path), stat.size_bytes, since), rows)

    async def _of(self, original: _Original, rows: int) -> Preview:
        known = self._kept.get((original, rows))
        if known is None:
            known = await self._in_turn(original, rows)
            self._keep((original, rows), known)
        return Preview.model_validate_json(known)

    async def _in_turn(self, original: _Original, rows: int) -> bytes:
        if self._waiting >= MOST_WAITING:
            raise LimitReached("Too many previews are being made; try again in some seconds.")
        self._waiting += 1
        try:
            async with self._turns:
                return await self._made(original, rows)
        finally:
            self._waiting -= 1

    async def _made(self, original: _Original, rows: int) -> bytes:
        folder = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="lab-preview-"))
        try:
            local = self._store.local_path(original.object)
            path = local or await _fetched(self._store, original, folder)
            request = {
                "path": str(path),
                "name": original.name,
                "size_bytes": original.size_bytes,
                "rows": rows,
                "folder": str(folder),
            }
            answer = await _ask(json.dumps(request).encode())
        finally:
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
        try:
            return Preview.model_validate_json(answer).model_dump_json().encode()
        except ValidationError:
            problem = "Reading it takes more time, memory or room than a preview may."
            return Preview(format=PreviewFormat.NONE, problem=problem).model_dump_json().encode()

    def _keep(self, what: tuple[_Original, int], made: bytes) -> None:
        self._kept[what] = made
        while sum(map(len, self._kept.values())) > _MOST_KEPT:
            self._kept.popitem(last=False)


async def _fetched(store: Files, original: _Original, folder: Path) -> Path:
    """Write the object's two ends where they belong in a file of its size; between is a hole.

    Tables of lines begin at the front; Parquet and zip have their contents at the end.
    """
    size = original.size_bytes
    path = folder / "object"
    second = max(_ENDS, size - _ENDS)
    with path.open("wb") as file:
        file.truncate(size)
        for start, end in ((0, _ENDS), (second, size)):
            file.seek(start)
            if start < end:
                async for chunk in store.read(original.object, start, min(end, size)):
                    file.write(chunk)
    return path


def _name(path: str) -> str:
    return path.rpartition("/")[2]


async def _ask(request: bytes) -> bytes:
    """Return what the child says; nothing when it took too long, died or said too much."""
    async with _child() as child:
        assert child.stdin is not None  # noqa: S101  # for the type checker
        assert child.stdout is not None  # noqa: S101
        with suppress(TimeoutError, ConnectionError):
            async with asyncio.timeout(TIMEOUT_S):
                child.stdin.write(request)
                child.stdin.close()
                answer = bytearray()
                while chunk := await child.stdout.read(1 << 16):
                    answer += chunk
                    if len(answer) > _MOST_ANSWER:
                        return b""
                return bytes(answer) if await child.wait() == 0 else b""
    return b""


@asynccontextmanager
async def _child() -> AsyncIterator[asyncio.subprocess.Process]:
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", "-m", "mllab.previewer"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={"LANG": "C.UTF-8", "TZ": os.environ.get("TZ", "UTC")},  # no secret of the lab
        cwd="/",
        start_new_session=True,
    )
    try:
        yield child
    finally:
        if child.returncode is None:
            with suppress(ProcessLookupError):
                child.kill()
            await child.wait()
