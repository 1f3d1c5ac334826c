"""What the lab says while no Docker Engine answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from mllab.errors import Unavailable
from mllab.runtimes.docker.runtime import DockerRuntime
from mllab.runtimes.docker.starting import DockerOptions


async def test_an_engine_that_is_away_may_come_back(tmp_path: Path) -> None:
    address = f"unix://{tmp_path}/none.sock"
    runtime = DockerRuntime(DockerOptions(address, "lab", "a", "b", tmp_path))
    for asked in (runtime.check, runtime.list):
        with pytest.raises(Unavailable, match="Start the Docker Engine"):
            await asked()
    await runtime.close()
