"""A lab's API with a folder for files, as a child process that tests measure and kill.

`python file_server.py FOLDER [LARGEST_FILE]` cleans up what a former life left, then prints
its port and a token of an editor of project `alpha`. No file may become larger than
LARGEST_FILE bytes: that is how a full disk looks to a process.
"""

from __future__ import annotations

import asyncio
import resource
import socket
import sys
from datetime import timedelta
from pathlib import Path

import uvicorn
from people import cheap_passwords, settle

from mllab.api.app import create_app
from mllab.config import Settings
from mllab.core.context import Context
from mllab.core.lab import LabCore
from mllab.core.schema import COLLECTIONS
from mllab.model.accounts import NewToken, Principal
from mllab.runtimes.dummy import DummyRuntime
from mllab.stores.documents.sqlite import SqliteDocuments
from mllab.stores.files import Files


async def serve(folder: Path) -> None:
    """Serve until killed."""
    documents = SqliteDocuments(folder / "metadata.sqlite", COLLECTIONS)
    await documents.open()
    context = Context(Settings(data_dir=folder), documents, Files((folder / "files").as_uri()))
    core = LabCore(context, DummyRuntime(), passwords=cheap_passwords())
    await core.files.sweep(timedelta(0))
    if await documents.get("users", "bob") is None:
        await settle(core)
    issued = await core.tokens.create(Principal(user="bob"), NewToken())
    listening = socket.create_server(("127.0.0.1", 0))
    sys.stdout.write(f"{listening.getsockname()[1]} {issued.secret}\n")
    sys.stdout.flush()
    config = uvicorn.Config(create_app(core), lifespan="off", log_level="error", ws="none")
    await uvicorn.Server(config).serve(sockets=[listening])


if __name__ == "__main__":
    if len(sys.argv) > 2:
        largest = int(sys.argv[2])
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))
    asyncio.run(serve(Path(sys.argv[1])))
