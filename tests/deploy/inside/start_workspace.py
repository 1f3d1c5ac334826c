"""Run in a container of the workspace image: starts JupyterLab as a runtime does, then ends."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from mllab.runtimes.client_wheel import build_client_wheel, client_requirements
from mllab.runtimes.inside.prepare import prepare
from mllab.runtimes.inside.task import Task
from mllab.runtimes.inside.telling import Teller


def main() -> None:
    """Prepare, start, wait for the first answer and stop."""
    os.makedirs("/tmp/run")
    with open(os.devnull, "wb") as nobody:
        program = prepare(_task(), Teller(nobody.fileno()))
    with subprocess.Popen(program.argv, env=program.environment, cwd=program.folder) as jupyter:
        answer = _answer(jupyter)
        jupyter.terminate()
    print(f"JupyterLab answers {answer}")


def _answer(jupyter: subprocess.Popen[bytes]) -> int:
    for _ in range(600):
        if jupyter.poll() is not None:
            sys.exit(f"JupyterLab ended with {jupyter.returncode}")
        try:
            with urllib.request.urlopen("http://127.0.0.1:8888/workspaces/ann/api") as found:
                return int(found.status)
        except OSError:
            time.sleep(0.1)
    sys.exit("JupyterLab does not answer")


def _task() -> Task:
    environment = {"HOME": "/home/lab", "PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
    return Task(
        folder="/tmp/run",
        work="/home/lab",
        run="/tmp/run",
        address="127.0.0.1:8888",
        environment=environment,
        installer=environment | {"UV_CACHE_DIR": "/tmp/cache", "UV_PYTHON_DOWNLOADS": "never"},
        program="workspace",
        command="",
        code=None,
        requirements=[],
        model_uri=None,
        base_path="/workspaces/ann/",
        token="test",
        contained=True,
        python="/usr/bin/python3",
        uv="/usr/local/bin/uv",
        environments="/opt/lab/environments",
        wheel=str(build_client_wheel(Path("/tmp/wheels"))),
        client_requirements=client_requirements(),
    )


main()
