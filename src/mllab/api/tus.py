"""The words of tus 1.0 (https://tus.io/protocols/resumable-upload): headers in and out.

Knows the protocol's headers and our records; nothing of bytes and documents.
"""

from __future__ import annotations

import base64
import binascii
import json
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Depends, Header, Request
from pydantic import ValidationError
from starlette.exceptions import HTTPException

from mllab.core.writers import ALGORITHMS, Checksum
from mllab.errors import InvalidInput
from mllab.model.files import FileKind, NewUpload, Upload, UploadState

VERSION = "1.0.0"
PIECE = "application/offset+octet-stream"
EXTENSIONS = "creation,creation-with-upload,termination,checksum,expiration"
ALWAYS = {"Tus-Resumable": VERSION}
_LARGEST = 1 << 60
_KINDS = {"dataset": FileKind.DATASET, "model": FileKind.MODEL}

Length = Annotated[
    int, Header(alias="Upload-Length", ge=0, le=_LARGEST, description="Bytes of the whole file.")
]
Offset = Annotated[
    int, Header(alias="Upload-Offset", ge=0, le=_LARGEST, description="Where this body begins.")
]
Described = Annotated[
    str,
    Header(
        alias="Upload-Metadata",
        max_length=16_000,
        description="Pairs `name base64`, by commas: `kind` (dataset, model), `key` or "
        "`filename`, `filetype`, `metadata` (a JSON object), `sha256`, `fingerprint`.",
    ),
]
Summed = Annotated[
    str,
    Header(alias="Upload-Checksum", max_length=200, description="`<algorithm> <base64>`."),
]
Spoken = Annotated[str, Header(alias="Tus-Resumable", description=f"`{VERSION}`.")]


def speak(request: Request) -> None:
    """See to it that failures too say which protocol this is."""
    request.state.always_headers = ALWAYS


def understand(version: Spoken = "") -> None:
    """Refuse another version of the protocol with 412, as it demands."""
    if version != VERSION:
        text = f"Send 'Tus-Resumable: {VERSION}'; no other version is understood."
        raise HTTPException(412, text, {"Tus-Version": VERSION})


Speaks = Depends(speak)
Understands = Depends(understand)


def abilities(max_bytes: int) -> dict[str, str]:
    """Return the headers that answer OPTIONS."""
    return ALWAYS | {
        "Tus-Version": VERSION,
        "Tus-Extension": EXTENSIONS,
        "Tus-Max-Size": str(max_bytes),
        "Tus-Checksum-Algorithm": ",".join(ALGORITHMS),
    }


def headers_of(upload: Upload) -> dict[str, str]:
    """Return what every answer about an upload says in its headers."""
    found = ALWAYS | {
        "Upload-Offset": str(upload.offset_bytes),
        "Upload-Length": str(upload.size_bytes),
        "Cache-Control": "no-store",
    }
    if upload.described:
        found["Upload-Metadata"] = upload.described
    if upload.state is UploadState.DONE:
        return found | {"X-Lab-Key": quote(upload.key), "X-Lab-Version": str(upload.version)}
    return found | {"Upload-Expires": f"{upload.expires_at:%a, %d %b %Y %H:%M:%S} GMT"}


def is_piece(request: Request) -> bool:
    """Tell whether the request's body is a piece of a file."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower() == PIECE


def require_piece(request: Request) -> None:
    """Refuse a body of another type with 415."""
    if not is_piece(request):
        raise HTTPException(415, f"The body of an upload is of type {PIECE}.")


def checksum_of(header: str) -> Checksum | None:
    """Return what `Upload-Checksum` says."""
    if not header:
        return None
    algorithm, _, digest = header.strip().partition(" ")
    if algorithm not in ALGORITHMS:
        raise HTTPException(400, f"Checksums are of {', '.join(ALGORITHMS)}.")
    try:
        return Checksum(algorithm, base64.b64decode(digest, validate=True))
    except (binascii.Error, ValueError) as exc:
        raise HTTPException(400, "Upload-Checksum is '<algorithm> <base64>'.") from exc


def announced(size_bytes: int, described: str) -> NewUpload:
    """Return the upload that a creation announces.

    Raises:
        InvalidInput: a value that is missing or wrong.
    """
    found = _pairs(described)
    kind = found.get("kind", "dataset")
    facts: dict[str, Any] = {
        "kind": _KINDS.get(kind, kind),
        "key": found.get("key") or found.get("filename", ""),
        "size_bytes": size_bytes,
        "content_type": found.get("content_type") or found.get("filetype") or None,
        "metadata": _json(found.get("metadata", "{}")),
        "sha256": found.get("sha256", "").lower() or None,
        "fingerprint": found.get("fingerprint", ""),
        "described": described,
    }
    try:
        return NewUpload.model_validate(facts)
    except ValidationError as exc:
        faults = "; ".join(
            f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in exc.errors()
        )
        raise InvalidInput(f"Upload-Metadata does not fit: {faults}") from exc


def _pairs(described: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for pair in filter(None, (each.strip() for each in described.split(","))):
        name, _, value = pair.partition(" ")
        try:
            found[name] = base64.b64decode(value.strip(), validate=True).decode()
        except (binascii.Error, ValueError) as exc:
            raise InvalidInput("Upload-Metadata is 'name base64, name base64, …'.") from exc
    return found


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as exc:
        raise InvalidInput("The metadata in Upload-Metadata must be a JSON object.") from exc
