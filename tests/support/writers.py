"""Programs that write into a store until they are killed; tests run them as children.

`python writers.py documents FILE ROUND` prints the id of each document once it was
acknowledged. `python writers.py file FOLDER` prints `half` when half a file was handed over
and then waits for ever.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path

from mllab.stores.documents.sqlite import SqliteDocuments
from mllab.stores.files import Files


async def write_documents(path: str, round: str) -> None:
    """Write from four tasks at once, half of it in batches, and print what is safe."""
    store = SqliteDocuments(Path(path), {"things": [["round"]]})
    await store.open()

    async def write(task: int) -> None:
        for n in range(1_000_000):
            ids = [f"{round}-{task}-{n}-{i}" for i in range(1 + task % 2 * 9)]
            if len(ids) == 1:
                await store.put("things", ids[0], {"round": round, "id_": ids[0]})
            else:
                await store.put_many("things", [(i, {"round": round, "id_": i}) for i in ids])
            sys.stdout.write("".join(f"{id}\n" for id in ids))
            sys.stdout.flush()

    await asyncio.gather(*(write(task) for task in range(4)))


async def write_file(folder: str) -> None:
    """Hand over 20 MiB of a file whose end never comes."""

    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b"x" * 1024 * 1024
        sys.stdout.write("half\n")
        sys.stdout.flush()
        await asyncio.Event().wait()

    await Files(Path(folder).as_uri()).write("a/file", chunks())


if __name__ == "__main__":
    if sys.argv[1] == "documents":
        asyncio.run(write_documents(sys.argv[2], sys.argv[3]))
    else:
        asyncio.run(write_file(sys.argv[2]))
