"""A Docker runtime on the real Engine, under a namespace of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from docker_machine import DockerMachine, namespace


@pytest.fixture
async def machine(tmp_path: Path) -> AsyncIterator[DockerMachine]:
    with namespace() as name:
        found = DockerMachine(name, tmp_path)
        yield found
        await found.runtime.close()
