"""Datasets and models of a project: upload, download, versions.

A key may end in `.v2`, as in the original client: that names version 2 wherever a version
is read, changed or deleted.
"""

from __future__ import annotations

import builtins
import json
import re
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO, cast
from urllib.parse import quote

import httpx

from mllab.client.http import Http, part
from mllab.client.transfer import (
    Incoming,
    Outgoing,
    Progress,
    Source,
    no_progress,
    outgoing,
    save,
)
from mllab.client.uploads import Announced, Uploads, fingerprint
from mllab.errors import BackendFailed, InvalidInput, NotFound
from mllab.model.base import check_file_key
from mllab.model.files import FileSummary, FileVersion
from mllab.model.previews import Preview
from mllab.model.uses import Use

_NUMBERED = re.compile(r"(.+)\.v([1-9][0-9]{0,8})", re.DOTALL)
RESUMABLE_FROM = 16 * 1024 * 1024
"""Bytes from which on an upload is resumable; a smaller file is sent again as quickly."""

_PATIENCE = httpx.Timeout(60, connect=10, read=900)
"""The lab answers once all bytes are safe on its disk, which may take a while."""


class VersionedFiles:
    """Datasets, or models, of one project."""

    def __init__(self, http: Http, project: str, kind: str) -> None:
        self._http = http
        self._project = project
        self._kind = kind
        self._url = f"/projects/{part(project)}/{kind}"

    def list(self, prefix: str = "", *, q: str = "") -> builtins.list[FileSummary]:
        """Return the files whose key begins with `prefix` and holds `q` (case aside)."""
        items = self._http.pages(self._url, limit=1000, prefix=prefix, q=q)
        return [FileSummary.model_validate(each) for each in items]

    def versions(self, key: str) -> builtins.list[FileVersion]:
        """Return the versions of one file, newest first."""
        items = self._http.pages(f"{self._at(key)}/versions", limit=1000)
        return [FileVersion.model_validate(each) for each in items]

    def uses(self, key: str, version: int | None = None) -> builtins.list[Use]:
        """Return where a file, or one version of it, is used: lasting uses, then newest first."""
        found = self.get(key, version)
        numbered = version is not None or found.key != key
        params = {"version": found.version} if numbered else {}
        items = self._http.pages(f"{self._at(found.key)}/uses", limit=1000, **params)
        return [Use.model_validate(each) for each in items]

    def get(self, key: str, version: int | None = None) -> FileVersion:
        """Return what is known of one version, by default the newest."""
        found = _NUMBERED.fullmatch(key) if version is None else None
        if found:
            try:
                return self._get(found[1], int(found[2]))
            except NotFound:
                pass  # a file whose name itself ends so
        return self._get(key, version)

    def _get(self, key: str, version: int | None) -> FileVersion:
        url = f"{self._at(key)}/versions"
        if version is not None:
            return FileVersion.model_validate(self._http.json("GET", f"{url}/{version}"))
        page = self._http.json("GET", url, params={"limit": 1})
        return FileVersion.model_validate(page["items"][0])

    def preview(self, key: str, version: int | None = None, *, rows: int = 100) -> Preview:
        """Return the beginning of a version: rows, columns and statistics, text, or cells."""
        params = {"rows": rows} | ({"version": version} if version else {})
        return Preview.model_validate(
            self._http.json("GET", f"{self._at(key)}/preview", params=params)
        )

    def upload(
        self,
        key: str,
        source: Source,
        *,
        metadata: Mapping[str, str] | None = None,
        content_type: str | None = None,
        verify: bool = False,
        on_progress: Progress = no_progress,
    ) -> FileVersion:
        """Store a path, bytes or an open file as a new version.

        `verify` reads the source once before, so that the lab itself can refuse other
        bytes; without it the hashes are compared afterwards.

        A large file is sent resumably: a line that breaks is taken up again, and after a
        call that ended early the same call goes on where it stopped.

        Raises:
            BackendFailed: the lab stored other bytes; that version was deleted again.
        """
        facts = {"metadata": json.dumps(dict(metadata or {}))}
        if content_type:
            facts["content_type"] = content_type
        with outgoing(source, on_progress) as sent:
            if verify:
                facts["sha256"] = sent.hash_first()
            announced = self._announced(key, source, facts)
            if sent.can_go_back() and (sent.size or 0) >= RESUMABLE_FROM and announced.fits():
                uploads = Uploads(self._http, self._project)
                version = self._get(key, uploads.send(sent, announced))
            else:
                version = self._put(key, sent, facts)
        if version.sha256 != sent.sha256:
            self.delete(key, version.version)
            raise BackendFailed(f"The lab stored other bytes for {key!r} than were sent.")
        return version

    def _put(self, key: str, sent: Outgoing, facts: dict[str, str]) -> FileVersion:
        names = {
            "metadata": "X-Lab-Metadata",
            "content_type": "Content-Type",
            "sha256": "X-Content-SHA256",
        }
        headers = {names[name]: value for name, value in facts.items()}
        if sent.size is not None:
            headers["Content-Length"] = str(sent.size)
        answer = self._http.json(
            "PUT", self._at(key), content=iter(sent), headers=headers, timeout=_PATIENCE
        )
        return FileVersion.model_validate(answer)

    def _announced(self, key: str, source: Source, facts: dict[str, str]) -> Announced:
        self._at(key)  # refuses what cannot be a key
        announced = Announced(self._kind, key, facts)
        mark = fingerprint(source, announced)
        return replace(announced, pairs=facts | {"fingerprint": mark}) if mark else announced

    def download(
        self,
        key: str,
        target: str | Path,
        *,
        version: int | None = None,
        on_progress: Progress = no_progress,
    ) -> Path:
        """Write a version to `target` (a file, or a folder that exists); return the file.

        The file appears when it is whole and its hash is right. A connection that breaks
        is taken up again where it broke.
        """
        found = self.get(key, version)
        path = Path(target)
        if path.is_dir():
            path = path / found.key.rpartition("/")[2]
        save(self._incoming(found), path, on_progress)
        return path

    def open(self, key: str, version: int | None = None) -> BinaryIO:
        """Return a version as an open file, checked and ready to be read from its start.

        The bytes lie in a temporary file that goes when it is closed.
        """
        found = self.get(key, version)
        file = cast(BinaryIO, tempfile.TemporaryFile())
        try:
            self._incoming(found).write_to(file, no_progress)
        except BaseException:
            file.close()
            raise
        file.seek(0)
        return file

    def read(self, key: str, version: int | None = None) -> bytes:
        """Return the bytes of a version; for files that fit into memory."""
        with self.open(key, version) as file:
            return file.read()

    def update(
        self, key: str, metadata: Mapping[str, str | None], version: int | None = None
    ) -> FileVersion:
        """Set metadata of a version, by default the newest; None removes an entry."""
        found = self.get(key, version)
        answer = self._http.json(
            "PATCH",
            self._at(found.key),
            params={"version": found.version},
            json={"metadata": dict(metadata)},
        )
        return FileVersion.model_validate(answer)

    def delete(self, key: str, version: int | None = None) -> None:
        """Delete one version, or all when none is named by number or by `.v2`."""
        params: dict[str, int] = {}
        if version is not None or _NUMBERED.fullmatch(key):
            found = self.get(key, version)
            if version is not None or found.key != key:
                params = {"version": found.version}
            key = found.key
        self._http.json("DELETE", self._at(key), params=params)

    def _incoming(self, found: FileVersion) -> Incoming:
        url = f"{self._at(found.key)}?version={found.version}"
        return Incoming(self._http, url, found.size_bytes, found.sha256)

    def _at(self, key: str) -> str:
        try:
            return f"{self._url}/{quote(check_file_key(key))}"
        except ValueError as exc:
            raise InvalidInput(f"{key!r} cannot be a key: {exc}.") from exc
