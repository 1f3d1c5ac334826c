"""Folders as one ZIP file and back: what uploads of folders and `unpack` need.

An archive is never trusted: nothing is written outside the target folder.
"""

from __future__ import annotations

import secrets
import shutil
import tarfile
import zipfile
from pathlib import Path

from mllab.errors import InvalidInput


def pack(folder: Path, target: Path) -> None:
    """Write all files below `folder` into the ZIP file `target`."""
    if not folder.is_dir():
        raise InvalidInput(f"{folder} is not a folder.")
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as archive:
        for path in sorted(folder.rglob("*")):
            archive.write(path, path.relative_to(folder))


def unpack(file: Path, folder: Path) -> None:
    """Unpack a ZIP or tar archive into `folder`, which is replaced as a whole.

    Raises:
        InvalidInput: no archive, or one that wants to write elsewhere.
    """
    fresh = folder.with_name(f".{folder.name[:100]}.{secrets.token_hex(4)}.part")
    try:
        _extract(file, fresh)
        shutil.rmtree(folder, ignore_errors=True)
        fresh.rename(folder)
    except (tarfile.TarError, zipfile.BadZipFile) as exc:
        raise InvalidInput(f"{file.name} cannot be unpacked: {exc}.") from exc
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _extract(file: Path, folder: Path) -> None:
    if zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as archive:
            archive.extractall(folder)  # noqa: S202 - drops `..` and leading slashes itself
    elif tarfile.is_tarfile(file):
        with tarfile.open(file) as packed:
            folder.mkdir()
            for entry in packed:
                _extract_entry(packed, entry, folder)
    else:
        raise InvalidInput(f"{file.name} is neither a ZIP nor a tar archive.")


def _extract_entry(packed: tarfile.TarFile, entry: tarfile.TarInfo, folder: Path) -> None:
    # By hand, because Debian 12's Python knows no `filter="data"`.
    target = folder / entry.name
    if not target.is_relative_to(folder) or ".." in entry.name.split("/"):
        raise InvalidInput(f"The archive holds {entry.name!r}, which leads out of its folder.")
    if entry.isdir():
        target.mkdir(parents=True, exist_ok=True)
    elif entry.isfile() and (source := packed.extractfile(entry)):
        target.parent.mkdir(parents=True, exist_ok=True)
        with source, target.open("wb") as file:
            shutil.copyfileobj(source, file)
    else:
        raise InvalidInput(f"The archive holds {entry.name!r}, a link or a device: pack it anew.")
