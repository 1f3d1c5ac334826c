"""Builds the environments of a workspace into the image, with the lab's own code for it.

python3 images/prewarm.py FOLDER    # mllab.runtimes.inside importable, beside this file
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import tomllib
from pathlib import Path

from mllab.runtimes.inside.environments import Environments
from mllab.runtimes.inside.prewarm import build_own
from mllab.runtimes.inside.task import Task
from mllab.runtimes.inside.telling import Teller


def main() -> None:
    """Build JupyterLab and the kernels' template below the folder named."""
    folder = Path(sys.argv[1])
    project = tomllib.loads(Path("pyproject.toml").read_text())["project"]
    needs: list[str] = project["dependencies"]
    cache = tempfile.mkdtemp(dir=folder)  # on the same file system: files are linked
    with tempfile.TemporaryDirectory() as work, open(os.devnull, "wb") as nobody:
        task = _task(str(folder), work, {**os.environ, "UV_CACHE_DIR": cache})
        environments = Environments(task, Teller(nobody.fileno()))
        build_own(environments, needs)
    shutil.rmtree(cache)


def _task(folder: str, work: str, installer: dict[str, str]) -> Task:
    return Task(
        folder=work,
        work=work,
        run=work,
        address="",
        environment={},
        installer=installer,
        program="",
        command="",
        code=None,
        requirements=[],
        model_uri=None,
        base_path="/",
        token="",
        contained=True,
        python="/usr/bin/python3",
        uv="/usr/local/bin/uv",
        environments=folder,
        wheel="",
        client_requirements=[],
    )


if __name__ == "__main__":
    main()
