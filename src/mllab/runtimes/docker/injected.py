"""What the lab puts into a container before it starts: the code that prepares a program.

So any image with Python will do, and it is always this lab's version. Nothing secret is
among it: secrets are variables of the container.
"""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from mllab.model.workloads import Program, WorkloadSpec
from mllab.runtimes.client_wheel import build_client_wheel, client_requirements
from mllab.runtimes.inside.telling import NOT_PREPARED

WORK = "/lab/work"
ENVIRONMENTS = "/lab/environments"
HOME = "/home/lab"
CA_FILE = "/lab/ca.pem"
_CODE = "lab/code"
_TASK = "lab/task.json"
_OPEN = 0o1777
"""Anybody may make files: which user an image runs as is its own affair."""

_NO_PYTHON = (
    "[lab] its image has no python3, or one before 3.11; code and requirements need it. "
    "Put them into the image, or choose another image."
)
ENTRY = f"""command -v python3 >/dev/null && exec python3 -I -S -c "
import sys
if sys.version_info < (3, 11):
    print('{_NO_PYTHON}')
    sys.exit({NOT_PREPARED})
sys.path.insert(0, '/{_CODE}')
from mllab.runtimes.inside.contained import main
main()"
echo '{_NO_PYTHON}'
exit {NOT_PREPARED}
"""
"""Shell command that prepares the workload and becomes its program; starts Python once."""


def files_for(
    spec: WorkloadSpec, wheels: Path, command: str, installer: Mapping[str, str]
) -> dict[str, bytes]:
    """Return what the preparing code needs, by path; `wheels` is a folder for the client's."""
    wheel = build_client_wheel(wheels)
    place = f"lab/{wheel.parent.name}/{wheel.name}"
    task = _task(spec, f"/{place}", command, installer)
    code = {f"{_CODE}/{name}": content for name, content in _code().items()}
    return {**code, place: wheel.read_bytes(), _TASK: json.dumps(task).encode()}


def archive(files: Mapping[str, bytes]) -> bytes:
    """Return a tar archive of files and the lab's own folders for the container's root."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for folder, mode in (("lab", 0o755), ("lab/work", _OPEN), ("lab/environments", _OPEN)):
            entry = tarfile.TarInfo(folder)
            entry.type, entry.mode = tarfile.DIRTYPE, mode
            tar.addfile(entry)
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(content), 0o644
            tar.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def _task(
    spec: WorkloadSpec, wheel: str, command: str, installer: Mapping[str, str]
) -> dict[str, object]:
    """Return what the lab knows of the task; the container adds the rest (`contained.py`)."""
    port = spec.ports[0] if spec.ports else 0
    return {
        "folder": "/lab/work" if not spec.volume else "/tmp",  # noqa: S108 - the container's own
        "work": HOME if spec.volume else WORK,
        "run": "/tmp",  # noqa: S108
        "address": f"0.0.0.0:{port}",
        "installer": dict(installer),
        "program": spec.program.value,
        "command": command,
        "code": spec.code.model_dump(mode="json") if spec.code else None,
        "requirements": spec.requirements,
        "model_uri": spec.model_uri,
        "base_path": spec.base_path,
        "environments": ENVIRONMENTS,
        "wheel": wheel,
        "client_requirements": client_requirements() if spec.program is Program.WORKSPACE else [],
    }


@cache
def _code() -> Mapping[str, bytes]:
    """Return the modules, below parents without content: the real ones need more than Python."""
    from mllab.runtimes import inside

    folder = Path(inside.__file__).parent
    found = {"mllab/__init__.py": b"", "mllab/runtimes/__init__.py": b""}
    for path in sorted(folder.glob("*.py")):
        found[f"mllab/runtimes/inside/{path.name}"] = path.read_bytes()
    return found
