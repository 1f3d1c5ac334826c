"""Where the process runtime keeps things, and the short folder for Unix sockets."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

from mllab.errors import InvalidInput, Unavailable
from mllab.runtimes.base import Handle
from mllab.runtimes.process.attempts import Attempt

_SAFE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
# A socket's path has at most 107 bytes. Below the folder come `/<10 signs>/` and Jupyter's
# `kernel-<uuid>-ipc-<n>`, 52 at most.
_LONGEST = 107 - 12 - 52


@dataclass(frozen=True)
class Folders:
    """All places below the root; `sockets` is short and private."""

    root: Path
    sockets: Path

    @property
    def volumes(self) -> Path:
        """Where named volumes are."""
        return self.root / "volumes"

    @property
    def owners(self) -> Path:
        """Where it is noted whose each volume is."""
        return self.root / ".owners"

    @property
    def listeners(self) -> Path:
        """Where the pipes of listening labs are."""
        return self.root / ".listeners"

    def volume(self, name: str) -> Path:
        """Return the folder of a named volume."""
        return self.volumes / safe(name)

    def attempt(self, workload: str, number: int) -> Attempt:
        """Return the folder of an attempt."""
        return Attempt(self.root / safe(workload) / str(int(number)))

    def of(self, handle: Handle) -> Attempt:
        """Return the attempt that a handle names."""
        return self.attempt(handle["id"], handle["attempt"])

    def attempts(self, workload: str) -> list[int]:
        """Return the numbers of all attempts that are on disk, in order."""
        try:
            names = os.listdir(self.root / safe(workload))
        except (FileNotFoundError, NotADirectoryError):
            return []
        return sorted(int(name) for name in names if name.isdigit())

    def workloads(self) -> list[str]:
        """Return the ids of all workloads that are on disk."""
        try:
            names = sorted(os.listdir(self.root))
        except FileNotFoundError:
            return []
        return [name for name in names if name != "volumes" and _SAFE.fullmatch(name)]

    def run(self, workload: str, number: int) -> Path:
        """Return the short folder of an attempt's sockets."""
        text = f"{self.root}\n{workload}\n{number}"
        return self.sockets / hashlib.sha256(text.encode()).hexdigest()[:10]


def safe(name: str) -> str:
    """Return `name` if it can be the name of a folder, whatever it is.

    Raises:
        InvalidInput: it could lead elsewhere.
    """
    if not _SAFE.fullmatch(name):
        raise InvalidInput(f"{name!r} cannot name a workload or volume; use letters, digits, _ -.")
    return name


def short_folder(wanted: Path, root: Path) -> Path:
    """Return where sockets go: `wanted`, or a folder in /tmp where that is too long."""
    if len(os.fsencode(wanted)) <= _LONGEST:
        return wanted
    name = f"mllab-{os.getuid()}-{hashlib.sha256(os.fsencode(root)).hexdigest()[:8]}"
    folder = Path(tempfile.gettempdir()) / name
    fits = len(os.fsencode(folder)) <= _LONGEST
    return folder if fits else Path("/tmp") / name  # noqa: S108 - see make_private


def make_private(folder: Path) -> None:
    """Make a folder that only this user can enter.

    Raises:
        Unavailable: it is there and somebody else's.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.getuid():
        raise Unavailable(f"{folder} belongs to somebody else; remove it, or set a shorter folder.")
    folder.chmod(0o700)
