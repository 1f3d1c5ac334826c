"""Files of a project as the original client handled them: keys, local copies, versions.

A key is `datasets/news.csv` or `models/topics`, or one version of it: `…/news.csv.v2`. A
local copy lies in the project's folder under its key; version 1 without a suffix.
"""

from __future__ import annotations

import hashlib
import logging
import re
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from mllab.client.packing import pack, unpack
from mllab.errors import InvalidInput, NotFound
from mllab.model.base import check_file_key
from mllab.model.files import FileSummary, FileVersion

if TYPE_CHECKING:
    from mllab.client.files import VersionedFiles
    from mllab.client.projects import Project

log = logging.getLogger("mllab.client")
_SUFFIX = re.compile(r"\.v([1-9][0-9]*)$")
_KINDS = {
    "dataset": "datasets",
    "datasets": "datasets",
    "model": "models",
    "models": "models",
}
Listener = Callable[[str], None]


class FileHandler:
    """The files of one project; `project` None works on local copies only."""

    def __init__(self, folder: Path, project: Project | None) -> None:
        self.folder = folder
        self._project = project
        self.on_file_requested: list[Listener] = []
        self.on_file_uploaded: list[Listener] = []

    def get_file(
        self,
        key: str,
        force_download: bool = False,
        unpack: bool | str = False,
        track_event: bool = True,
    ) -> str | None:
        """Return the path of a local copy, downloaded if need be; None if there is no file.

        `unpack` unpacks a ZIP or tar archive and returns the folder: beside the file, or
        the one that a text names, relative to the file's folder.
        """
        path = self._fetch(key, force_download) if self._project else self._newest_local(key)
        if path is None:
            log.warning("There is no file %s.", key)
            return None
        if track_event:
            self._tell(self.on_file_requested, self._key_of(path))
        return str(_unpacked(path, unpack) if unpack else path)

    def upload_file(
        self,
        file_path: str | Path,
        data_type: str,
        metadata: Mapping[str, str] | None = None,
        file_name: str | None = None,
        versioning: bool = True,
        track_event: bool = True,
    ) -> str:
        """Upload a file and return the key of its version.

        Without `versioning` the older versions are deleted afterwards.
        """
        kind = _kind_of(data_type)
        files = self._files(kind)
        version = files.upload(file_name or Path(file_path).name, file_path, metadata=metadata)
        if not versioning:
            for older in files.versions(version.key):
                if older.version < version.version:
                    files.delete(version.key, older.version)
        key = _key(version)
        if track_event:
            self._tell(self.on_file_uploaded, key)
        return key

    def upload_folder(
        self,
        folder_path: str | Path,
        data_type: str,
        metadata: Mapping[str, str] | None = None,
        file_name: str | None = None,
        track_event: bool = True,
    ) -> str:
        """Upload a folder as one ZIP file and return the key of its version."""
        folder = Path(folder_path)
        name = file_name or f"{folder.resolve().name}.zip"
        with tempfile.TemporaryDirectory() as temporary:
            archive = Path(temporary) / "folder.zip"
            pack(folder, archive)
            return self.upload_file(archive, data_type, metadata, name, track_event=track_event)

    def list_remote_files(self, data_type: str = "dataset", prefix: str = "") -> list[FileSummary]:
        """Return the project's datasets or models."""
        return self._files(_kind_of(data_type)).list(prefix)

    def get_file_info(self, key: str) -> FileVersion | None:
        """Return what the lab knows of a file, None if it knows none."""
        kind, name = _split(key)
        try:
            return self._files(kind).get(name)
        except NotFound:
            return None

    def delete_remote_file(self, key: str) -> bool:
        """Delete a file, or one version of it; tell whether there was one."""
        kind, name = _split(key)
        try:
            self._files(kind).delete(name)
        except NotFound:
            return False
        return True

    def load_local_file(self, key: str) -> str | None:
        """Return the newest local copy, or the one of the version that the key names."""
        path = self._newest_local(key)
        return str(path) if path else None

    def resolve_path_from_key(self, key: str) -> str:
        """Return where a key's local copy lies, whether or not it is there."""
        return str(self._local(key))

    def get_version_from_key(self, key: str) -> int:
        """Return the version that a key names, 1 if it names none."""
        found = _SUFFIX.search(key)
        return int(found[1]) if found else 1

    def remove_version_from_key(self, key: str) -> str:
        """Return the key without its version."""
        return _SUFFIX.sub("", key)

    def _fetch(self, key: str, force_download: bool) -> Path | None:
        kind, _ = _split(key)
        version = self.get_file_info(key)
        if version is None:
            return None
        path = self._local(_local_key(version))
        if force_download or not _holds(path, version):
            self._files(kind).download(version.key, path, version=version.version)
        return path

    def _newest_local(self, key: str) -> Path | None:
        exact = self._local(key)
        if _SUFFIX.search(key):
            first = self._local(self.remove_version_from_key(key))
            exact = first if self.get_version_from_key(key) == 1 else exact
            return exact if exact.is_file() else None
        copies = [exact, *exact.parent.glob(f"{_escaped(exact.name)}.v*")]
        found = [path for path in copies if path.is_file()]
        return max(found, key=lambda path: self.get_version_from_key(path.name), default=None)

    def _local(self, key: str) -> Path:
        kind, name = _split(key)
        return self.folder / kind / name

    def _key_of(self, path: Path) -> str:
        return path.relative_to(self.folder).as_posix()

    def _files(self, kind: str) -> VersionedFiles:
        if self._project is None:
            raise InvalidInput("Not connected to a lab: set LAB_ENDPOINT and LAB_PROJECT.")
        return self._project.datasets if kind == "datasets" else self._project.models

    def _tell(self, listeners: list[Listener], key: str) -> None:
        for listener in list(listeners):
            listener(key)


def _kind_of(data_type: str) -> str:
    try:
        return _KINDS[str(data_type)]
    except KeyError as exc:
        raise InvalidInput(f"A data type is 'dataset' or 'model', not {data_type!r}.") from exc


def _split(key: str) -> tuple[str, str]:
    kind, _, name = key.partition("/")
    if kind not in {"datasets", "models"}:
        raise InvalidInput(f"A key begins with datasets/ or models/: {key!r}.")
    try:
        return kind, check_file_key(name)
    except ValueError as exc:
        raise InvalidInput(f"{key!r} cannot be a key: {exc}.") from exc


def _key(version: FileVersion) -> str:
    return f"{version.kind}/{version.key}.v{version.version}"


def _local_key(version: FileVersion) -> str:
    return _key(version) if version.version > 1 else f"{version.kind}/{version.key}"


def _holds(path: Path, version: FileVersion) -> bool:
    """Tell whether the file there is that version; only then it need not be fetched."""
    if not path.is_file() or path.stat().st_size != version.size_bytes:
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == version.sha256


def _unpacked(path: Path, where: bool | str) -> Path:
    name = _SUFFIX.sub("", path.name)
    for ending in (".zip", ".tar.gz", ".tgz", ".tar"):
        name = name.removesuffix(ending)
    folder = path.parent / where if isinstance(where, str) else path.parent / f"{name}.unpacked"
    unpack(path, folder)
    return folder


def _escaped(name: str) -> str:
    return re.sub(r"([*?\[])", r"[\1]", name)
