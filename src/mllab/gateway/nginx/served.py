"""Puts what nginx reads or serves beside its configuration: style, script, the web app.

Copies, because the package may lie where nginx may not read, below a path of any form; and
because the web app's page must name its files from where this lab is.
"""

from __future__ import annotations

import gzip
import shutil
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from mllab.gateway.nginx.config import COOKIES


def copy_files(run_dir: Path, files: Path | None, base: str) -> None:
    """Fill the run folder; `base` is the path below which the lab is.

    A link stands for the stored files: their folder's path may hold what nginx would read
    as its own language.
    """
    link = run_dir / "files"
    link.unlink(missing_ok=True)
    if files is not None:
        link.symlink_to(files.resolve(), target_is_directory=True)
    package = resources.files("mllab.gateway")
    _copy(package.joinpath("static"), run_dir / "static")
    if _copy(package.joinpath("webapp"), run_dir / "webapp"):
        _place(run_dir / "webapp" / "index.html", base)
    for name in ("cookies.js", "limits.js", "sockets.js"):
        script = package.joinpath("nginx", name).read_text()
        (run_dir / name).write_text(script.replace("NAMES", "|".join(COOKIES)))


def _copy(source: Traversable, target: Path) -> bool:
    """Copy a folder of the package; False where there is none: the web app was not built."""
    shutil.rmtree(target, ignore_errors=True)
    if not source.is_dir():
        return False
    with resources.as_file(source) as folder:
        shutil.copytree(folder, target)
    return True


def _place(index: Path, base: str) -> None:
    """Let the page name its files from the host's root: its addresses have many depths."""
    text = index.read_text().replace('="./', f'="{base}/app/')
    text = text.replace('name="lab-base" content=""', f'name="lab-base" content="{base}"')
    index.write_text(text)
    index.with_name("index.html.gz").write_bytes(gzip.compress(text.encode()))
