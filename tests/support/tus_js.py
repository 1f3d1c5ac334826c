"""The ordinary tus-js-client, run under Node."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from npm_packages import HERE, installed, node_tool


def upload(
    url: str, token: str, file: Path, key: str, *, stop_after: int | None = None
) -> dict[str, Any] | None:
    """Upload a file; None when it ended after `stop_after` bytes, as it was told to."""
    command = [node_tool("node"), str(HERE / "upload.cjs"), url, str(file), key]
    command += [str(file.with_suffix(".uploads"))] + ([str(stop_after)] if stop_after else [])
    env = os.environ | {"LAB_API_TOKEN": token, "NODE_PATH": str(installed())}
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=120)
    if stop_after:
        assert done.returncode == 3, done.stderr
        return None
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found
