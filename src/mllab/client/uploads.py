"""Resumable uploads: sends a file by tus, and goes on where an earlier call stopped.

The lab keeps all there is to know: an upload is found again by the fingerprint that was
sent with it, so nothing is written down on this side and any machine may go on.
"""

from __future__ import annotations

import base64
import builtins
import hashlib
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx

from mllab.client.http import Http, part
from mllab.client.transfer import Outgoing, Source
from mllab.errors import Conflict, LabError, Unavailable
from mllab.model.files import Upload

_TUS = {"Tus-Resumable": "1.0.0"}
_PIECE = _TUS | {"Content-Type": "application/offset+octet-stream"}
_LARGEST_HEADER = 12_000
_TRIES = 9
_FIRST_PAUSE_S = 0.2
_PATIENCE = httpx.Timeout(60, connect=10, read=900)
"""The lab answers the last byte once the whole is safe and hashed."""


@dataclass(frozen=True)
class Announced:
    """What is to become of the bytes; `pairs` go into `Upload-Metadata`."""

    kind: str
    key: str
    pairs: Mapping[str, str]

    @property
    def described(self) -> str:
        """Return the header."""
        pairs = {"kind": self.kind.removesuffix("s"), "key": self.key, **self.pairs}
        encoded = {name: base64.b64encode(text.encode()).decode() for name, text in pairs.items()}
        return ",".join(f"{name} {text}" for name, text in encoded.items())

    def fits(self) -> bool:
        """Tell whether a header can hold that much; PUT says the same in fewer bytes."""
        return len(self.described) <= _LARGEST_HEADER


class Uploads:
    """The caller's unfinished uploads of one project."""

    def __init__(self, http: Http, project: str) -> None:
        self._http = http
        self._path = f"/projects/{part(project)}/uploads"

    def list(self, **only: str) -> builtins.list[Upload]:
        """Return them all, or those of one `kind` and `key`."""
        return [Upload.model_validate(each) for each in self._http.pages(self._path, **only)]

    def get(self, id: str) -> Upload:
        """Return how far one is, and its version once it is done."""
        return Upload.model_validate(
            self._http.json("GET", f"{self._path}/{part(id)}", timeout=_PATIENCE)
        )

    def delete(self, id: str) -> None:
        """Give one up; the bytes that came go."""
        self._http.json("DELETE", f"{self._path}/{part(id)}", headers=_TUS)

    def begin(self, sent: Outgoing, announced: Announced) -> Upload:
        """Announce an upload; no bytes go yet."""
        headers = {"Upload-Length": str(sent.size), "Upload-Metadata": announced.described}
        return Upload.model_validate(self._http.json("POST", self._path, headers=_TUS | headers))

    def send(self, sent: Outgoing, announced: Announced) -> int:
        """Send a source, from where an earlier call stopped, and return its version's number.

        Raises:
            Unavailable: the lab was away for too long; the same call goes on later.
            Conflict: somebody else is sending this very upload.
        """
        upload = self._begun(announced) or self.begin(sent, announced)
        failures, reached = 0, upload.offset_bytes
        while upload.version is None:
            try:
                self._send_rest(upload, sent)
                upload = self.get(upload.id)
            except (Unavailable, Conflict) as exc:
                upload, fault = self._look_again(upload), exc
                failures = 1 if upload.offset_bytes > reached else failures + 1
                if failures == _TRIES:
                    raise _resumable(fault) from exc
                time.sleep(_FIRST_PAUSE_S * 2 ** (failures - 1))
            reached = upload.offset_bytes
        return upload.version

    def _begun(self, announced: Announced) -> Upload | None:
        wanted = announced.pairs.get("fingerprint")
        if not wanted:
            return None
        found = self.list(kind=announced.kind, key=announced.key)
        return next((each for each in found if each.fingerprint == wanted), None)

    def _send_rest(self, upload: Upload, sent: Outgoing) -> None:
        offset = upload.offset_bytes
        headers = {"Upload-Offset": str(offset), "Content-Length": str(upload.size_bytes - offset)}
        self._http.json(
            "PATCH",
            f"{self._path}/{upload.id}",
            content=sent.read_from(offset),
            headers=_PIECE | headers,
            timeout=_PATIENCE,
        )

    def _look_again(self, upload: Upload) -> Upload:
        try:
            return self.get(upload.id)
        except Unavailable:
            return upload


def fingerprint(source: Source, announced: Announced) -> str:
    """Return the mark by which a later call with the same file and words finds the upload."""
    if not isinstance(source, str | Path):
        return ""
    path = Path(source).resolve()
    found = path.stat()
    facts = [str(path), found.st_size, found.st_mtime_ns, announced.described]
    return hashlib.sha256(os.fsencode("\n".join(map(str, facts)))).hexdigest()


def _resumable(fault: LabError) -> LabError:
    """Return the fault with what can be done about it."""
    text = f"{fault.message} What arrived is kept: the same call goes on from there."
    return type(fault)(text, **fault.details)
