"""Previews of datasets and models: the beginning of a version, read by a child process.

What somebody uploaded is never parsed in the lab's own process: `mllab.previewer` does it,
in a process of its own for each file, with limits on time, memory and output, without the
lab's environment. A version never changes, so a preview is kept (in memory, bounded).
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
from pathlib import Path

from pydantic import ValidationError

from mllab.core.context import Context
from mllab.core.files import OpenFile, VersionedFiles
from mllab.errors import LimitReached
from mllab.model.accounts import Principal
from mllab.model.files import FileRef
from mllab.model.previews import Preview, PreviewFormat

AT_ONCE = 2
MOST_WAITING = 20
TIMEOUT_S = 20.0
_ENDS = 8 << 20
"""Bytes of each end of an object that are fetched from a bucket."""

_MOST_ANSWER = 8 << 20
_MOST_KEPT = 8 << 20


class Previews:
    """Makes and keeps previews."""

    def __init__(self, context: Context, files: VersionedFiles) -> None:
        self._store = context.files
        self._files = files
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0
        self._kept: OrderedDict[tuple[str, int], bytes] = OrderedDict()

    async def get(
        self, who: Principal, ref: FileRef, number: int | None = None, *, rows: int = 100
    ) -> Preview:
        """Return the beginning of one version, by default the newest.

        Raises:
            LimitReached: very many previews are being made.
        """
        opened = await self._files.open(who, ref, number)  # authorises
        known = self._kept.get((opened.object, rows))
        if known is None:
            known = await self._in_turn(opened, rows)
            self._keep((opened.object, rows), known)
        return Preview.model_validate_json(known)

    async def _in_turn(self, opened: OpenFile, rows: int) -> bytes:
        if self._waiting >= MOST_WAITING:
            raise LimitReached("Too many previews are being made; try again in some seconds.")
        self._waiting += 1
        try:
            async with self._turns:
                return await self._made(opened, rows)
        finally:
            self._waiting -= 1

    async def _made(self, opened: OpenFile, rows: int) -> bytes:
        folder = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="lab-preview-"))
        try:
            path = self._store.local_path(opened.object) or await _fetched(opened, folder)
            request = {
                "path": str(path),
                "name": opened.version.key.rpartition("/")[2],
                "size_bytes": opened.version.size_bytes,
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

    def _keep(self, what: tuple[str, int], made: bytes) -> None:
        self._kept[what] = made
        while sum(map(len, self._kept.values())) > _MOST_KEPT:
            self._kept.popitem(last=False)


async def _fetched(opened: OpenFile, folder: Path) -> Path:
    """Write the object's two ends where they belong in a file of its size; between is a hole.

    Tables of lines begin at the front; Parquet and zip have their contents at the end.
    """
    size = opened.version.size_bytes
    path = folder / "object"
    second = max(_ENDS, size - _ENDS)
    with path.open("wb") as file:
        file.truncate(size)
        for start, end in ((0, _ENDS), (second, size)):
            file.seek(start)
            if start < end:
                async for chunk in opened.read(start, min(end, size)):
                    file.write(chunk)
    return path


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
