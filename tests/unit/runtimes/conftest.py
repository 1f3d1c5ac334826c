"""A process runtime in a folder of its own."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from process_machine import Machine


@pytest.fixture
async def machine() -> AsyncIterator[Machine]:
    # Not tmp_path: its length would always send sockets elsewhere.
    with tempfile.TemporaryDirectory() as folder:
        found = Machine(Path(folder) / "w")
        yield found
        for listed in await found.runtime.list():
            await found.runtime.remove(listed.handle, volume=True)
        sockets = found.runtime._folders.sockets
        if sockets.is_dir():
            sockets.rmdir()
