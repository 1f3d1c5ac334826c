"""Brings a workload's code into its working folder: an upload, a dataset or a repository.

Runs in the workload's own process; standard library only. Archives are unpacked with the
checks of tarfile's `data` filter, which Debian 12's Python does not have yet: nothing lands
outside of the folder, no link leads out of it, no device is made.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import tarfile
import time
import urllib.error
import urllib.parse
import urllib.request
import zipfile

from mllab.runtimes.inside.telling import Failed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from http.client import HTTPResponse
    from typing import Any

    from mllab.runtimes.inside.telling import Teller

_LAB_AWAY_S = 60.0
_TIMEOUT_S = 60.0
_TARS = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")


def fetch_code(code: dict[str, Any], work: str, variables: dict[str, str], teller: Teller) -> str:
    """Bring `code` into `work` and return the folder in which the program begins."""
    if code["kind"] == "git":
        from mllab.runtimes.inside.repositories import fetch_repository

        return fetch_repository(code["url"], work, variables, teller)
    project = f"{variables.get('LAB_ENDPOINT', '')}/api/projects/{variables.get('LAB_PROJECT')}"
    if code["kind"] == "upload":
        teller.progress("fetching its code")
        path, name = _download(f"{project}/code/{code['id']}", work, variables)
        _place(path, work, name or "code")
        return work
    key = code["key"]
    teller.progress(f"fetching its code from dataset {key}")
    version = f"?version={code['version']}" if code.get("version") else ""
    address = f"{project}/datasets/{urllib.parse.quote(key)}{version}"
    path, _ = _download(address, work, variables)
    _place(path, work, os.path.basename(key))
    return work


def _download(address: str, work: str, variables: dict[str, str]) -> tuple[str, str | None]:
    """Return a temporary file with the answer, and the name that the lab gave it."""
    headers = {"Authorization": f"Bearer {variables.get('LAB_API_TOKEN', '')}"}
    request = urllib.request.Request(address, headers=headers)  # noqa: S310 - the lab's own
    path = f"{work}/.code.part"
    with _open(request) as answer, open(path, "wb") as file:
        shutil.copyfileobj(answer, file, 1 << 20)
        name: str | None = answer.headers.get("X-Lab-File-Name")
        size = answer.headers.get("Content-Length")
    if size is not None and os.path.getsize(path) != int(size):
        raise Failed("its code came incomplete; start it again")
    return path, urllib.parse.unquote(name) if name else None


def _open(request: urllib.request.Request) -> HTTPResponse:
    """Ask the lab, directly and not by a proxy; wait while it is being started again."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    end = time.monotonic() + _LAB_AWAY_S
    while True:
        try:
            answer: HTTPResponse = opener.open(request, timeout=_TIMEOUT_S)
            return answer
        except urllib.error.HTTPError as exc:
            if exc.code < 500:
                raise Failed(f"its code cannot be had: {_message(exc)}") from exc
            trouble = _message(exc)
        except (OSError, ValueError) as exc:
            trouble = f"the lab does not answer ({exc})"
        if time.monotonic() > end:
            raise Failed(f"its code cannot be had: {trouble}")
        time.sleep(1.0)


def _message(answer: urllib.error.HTTPError) -> str:
    try:
        return str(json.loads(answer.read())["message"])
    except (ValueError, KeyError, TypeError, OSError):
        return f"the lab answered {answer.code}"


def _place(path: str, work: str, name: str) -> None:
    """Unpack what is called like an archive, put anything else there under its name."""
    if not name.endswith((*_TARS, ".zip")):
        os.replace(path, f"{work}/{_plain(name)}")
        return
    try:
        unpack(path, work)
    finally:
        os.unlink(path)


def _plain(name: str) -> str:
    plain = re.sub(r"[\x00-\x1f/\\]", "_", os.path.basename(name))
    return plain if plain not in ("", ".", "..") else "code"


def unpack(path: str, folder: str) -> None:
    """Unpack a tar or zip file into `folder`; refuse what would leave it."""
    try:
        if zipfile.is_zipfile(path):
            _unzip(path, folder)
        else:
            _untar(path, folder)
    except (tarfile.TarError, zipfile.BadZipFile, OSError, EOFError) as exc:
        raise Failed(f"its code cannot be unpacked: {exc}") from exc


def _untar(path: str, folder: str) -> None:
    root = os.path.realpath(folder)
    with tarfile.open(path) as archive:
        for entry in archive:
            _inside(root, entry.name, entry.name)
            if entry.issym():
                _inside(root, os.path.join(os.path.dirname(entry.name), entry.linkname), entry.name)
            elif entry.islnk():
                _inside(root, entry.linkname, entry.name)
            elif entry.isfile() or entry.isdir():
                entry.mode = entry.mode & 0o755 | (0o700 if entry.isdir() else 0o600)
            else:
                raise Failed(f"its code holds {entry.name!r}, which is a device")
            entry.uid, entry.gid, entry.uname, entry.gname = os.getuid(), os.getgid(), "", ""
            archive.extract(entry, folder)


def _inside(root: str, path: str, name: str) -> None:
    """Raise `Failed` if `path` leads out of `root`, links that are there already followed."""
    target = os.path.realpath(os.path.join(root, path))
    if os.path.isabs(path) or os.path.commonpath([root, target]) != root:
        raise Failed(f"its code holds {name!r}, which leads out of its folder")


def _unzip(path: str, folder: str) -> None:
    with zipfile.ZipFile(path) as archive:
        for entry in archive.infolist():
            mode = entry.external_attr >> 16
            _inside(os.path.realpath(folder), entry.filename, entry.filename)
            if stat.S_ISLNK(mode):
                raise Failed(f"its code holds {entry.filename!r}, a link; send it as a tar file")
            target = archive.extract(entry, folder)
            if mode & 0o100 and not entry.is_dir():
                os.chmod(target, 0o700)
