"""Builds the wheel of the running client, so that every workload has exactly this one.

Works for editable and for installed labs alike: it reads the package's own modules and
the metadata of its distribution, server extras left out. Same content, same file.
"""

from __future__ import annotations

import base64
import hashlib
import io
import os
import zipfile
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import mllab
from mllab.errors import Unavailable

_EPOCH = (1980, 1, 1, 0, 0, 0)


def build_client_wheel(folder: Path) -> Path:
    """Return the wheel below `folder`, written if it is not there. Repeatable.

    Raises:
        Unavailable: this lab was not installed, so its requirements are not known.
    """
    content, digest = _running_client()
    path = folder / digest / f"mllab-{mllab.__version__}-py3-none-any.whl"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{path.name}.{os.getpid()}")
        part.write_bytes(content)
        part.rename(path)
    return path


@cache
def _running_client() -> tuple[bytes, str]:
    """Return the wheel and its name; once, as what runs does not change while it runs."""
    content = _wheel(_modules(Path(mllab.__file__).parent))
    return content, hashlib.sha256(content).hexdigest()[:16]


def _modules(package: Path) -> dict[str, bytes]:
    """Return name in the wheel -> content; code only, no assets of the server."""
    files = [*package.rglob("*.py"), *package.rglob("py.typed")]
    return {str(path.relative_to(package.parent)): path.read_bytes() for path in sorted(files)}


def _wheel(files: dict[str, bytes]) -> bytes:
    info = f"mllab-{mllab.__version__}.dist-info"
    files = files | {
        f"{info}/METADATA": _metadata().encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: mllab\nRoot-Is-Purelib: true\n"
        b"Tag: py3-none-any\n",
        f"{info}/entry_points.txt": b"[console_scripts]\nmllab = mllab.cli.app:main\n",
    }
    lines = [f"{name},sha256={_digest(data)},{len(data)}" for name, data in files.items()]
    record = "\n".join([*lines, f"{info}/RECORD,,", ""]).encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in [*files.items(), (f"{info}/RECORD", record)]:
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return buffer.getvalue()


def _digest(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


def client_requirements() -> list[str]:
    """Return what the client needs, without the server's extras.

    Raises:
        Unavailable: this lab was not installed, so its requirements are not known.
    """
    try:
        needs = distribution("mllab").requires or []
    except PackageNotFoundError as exc:
        raise Unavailable("This lab is not installed; run it from an installed package.") from exc
    return [line for line in needs if "extra ==" not in line]


def _metadata() -> str:
    head = ["Metadata-Version: 2.3", "Name: mllab", f"Version: {mllab.__version__}"]
    return "\n".join([*head, *(f"Requires-Dist: {line}" for line in client_requirements()), ""])
