"""Packs local code for a job or service: one file as it is, a folder as a tar.gz.

Packing the same files twice gives the same bytes, so that the lab keeps them once.
"""

from __future__ import annotations

import gzip
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast
from urllib.parse import quote

from mllab.client.http import Http, part
from mllab.errors import InvalidInput
from mllab.model.files import UploadedFile
from mllab.model.workloads import CodeSource, DatasetCode, GitCode, UploadedCode

LEFT_OUT = {".git", ".hg", "__pycache__", ".venv", ".ipynb_checkpoints", ".mypy_cache"}
"""Names of files and folders that are never sent along."""

_IN_MEMORY = 8 << 20
_CHUNK = 1 << 20


def code_source(http: Http, project: str, code: str | Path | CodeSource) -> CodeSource:
    """Return what a spec names for `code`, after sending it if it lies on this machine.

    A string is a git URL (`git+https://…`), a dataset (`datasets/key`) or a local path; a
    `Path` is always local.

    Raises:
        InvalidInput: there is no such file or folder here.
    """
    if not isinstance(code, str | Path):
        return code
    if isinstance(code, str) and code.startswith("git+"):
        return GitCode(url=code)
    if isinstance(code, str) and code.startswith("datasets/"):
        return DatasetCode(key=code.removeprefix("datasets/"))
    return UploadedCode(id=upload_code(http, project, Path(code)).id)


def upload_code(http: Http, project: str, path: Path) -> UploadedFile:
    """Send a file or folder and return how the lab keeps it."""
    if not path.exists():
        raise InvalidInput(f"There is no file or folder {str(path)!r} here to send as code.")
    with _packed(path) as (name, file):
        answer = http.json(
            "POST",
            f"/projects/{part(project)}/code",
            content=iter(lambda: file.read(_CHUNK), b""),
            headers={
                "X-Lab-File-Name": quote(name),
                "Content-Type": "application/octet-stream",
            },
        )
    return UploadedFile.model_validate(answer)


@contextmanager
def _packed(path: Path) -> Iterator[tuple[str, BinaryIO]]:
    if path.is_file():
        with path.open("rb") as file:
            yield path.name, file
        return
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as packed:
        pack_folder(path, cast(BinaryIO, packed))
        packed.seek(0)
        yield "code.tar.gz", cast(BinaryIO, packed)


def pack_folder(folder: Path, target: BinaryIO) -> None:
    """Write the folder's content as a tar.gz, without dates and owners, in order of names."""
    with (
        gzip.GzipFile(fileobj=target, mode="wb", mtime=0, compresslevel=6) as stream,
        tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as archive,
    ):
        for path in _content(folder):
            archive.add(
                path, str(path.relative_to(folder)), recursive=False, filter=_without_circumstances
            )


def _content(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.name in LEFT_OUT:
            continue
        if path.is_symlink() or path.is_dir() or path.is_file():  # no sockets, no devices
            yield path
        if path.is_dir() and not path.is_symlink():
            yield from _content(path)


def _without_circumstances(info: tarfile.TarInfo) -> tarfile.TarInfo:
    info.uid = info.gid = 0
    info.uname = info.gname = ""
    info.mtime = 0
    info.mode = 0o755 if info.isdir() or info.mode & 0o100 else 0o644
    return info
