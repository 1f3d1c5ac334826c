"""The lab's view of one attempt's folder: where it is, whether it runs, how it ended."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mllab.model.workloads import WorkloadSpec
from mllab.runtimes.base import Phase, RuntimeStatus
from mllab.runtimes.process import state

_LOST = (
    "it and its supervisor are gone without a word; most likely the machine was started "
    "again, or someone killed them"
)


@dataclass(frozen=True)
class Attempt:
    """A folder `{root}/{workload}/{attempt}`; it need not exist."""

    folder: Path

    @property
    def work(self) -> Path:
        """The working folder."""
        return self.folder / "work"

    @property
    def log(self) -> Path:
        """The folder of the output's files."""
        return self.folder / "log"

    @property
    def token_file(self) -> Path:
        """The workload's own secret, which the gateway adds; readable by the lab only."""
        return self.folder / "token"

    def make(self, spec: WorkloadSpec) -> None:
        """Create the folder, or what a start that died half-way left out."""
        self.work.mkdir(mode=0o700, parents=True, exist_ok=True)
        state.write_whole(str(self.folder / "spec.json"), spec.model_dump_json())

    def spec(self) -> WorkloadSpec | None:
        """Return what was asked for, None if there is no such attempt."""
        try:
            return WorkloadSpec.model_validate_json((self.folder / "spec.json").read_bytes())
        except (FileNotFoundError, NotADirectoryError):
            return None

    def supervisor(self) -> int | None:
        """Return the supervisor's pid while it runs."""
        claimed = state.claimed_by(str(self.folder))
        if claimed is None or claimed[1] == 0 or state.start_time(claimed[0]) != claimed[1]:
            return None
        return claimed[0]

    def claimed(self) -> bool:
        """Tell whether it was started, or never will be."""
        return state.claimed_by(str(self.folder)) is not None

    def forbid(self) -> None:
        """Make sure that an attempt which nobody claimed never starts."""
        if self.folder.exists() and state.claim(str(self.folder), os.getpid(), 0):
            state.write_whole(
                str(self.folder / "status.json"),
                '{"phase": "exited", "reason": "stopped before it started", "exit_code": 143, '
                '"started_at": null, "finished_at": null, "pid": null, "ports": {}}',
            )

    def written(self) -> state.Status | None:
        """Return what the supervisor wrote last."""
        return state.read_status(str(self.folder))

    def status(self) -> RuntimeStatus:
        """Say where it is."""
        running = self.supervisor() is not None
        written = self.written()  # after the look at the supervisor: it may end between
        if not self.folder.exists():
            return RuntimeStatus(Phase.LOST, "it was removed")
        if written is None:
            if running or not self.claimed():
                return RuntimeStatus(Phase.PREPARING, "starting")
            return RuntimeStatus(Phase.LOST, _LOST)
        if written["phase"] != Phase.EXITED and not running:
            return RuntimeStatus(Phase.LOST, _LOST, started_at=_time(written["started_at"]))
        return RuntimeStatus(
            phase=Phase(written["phase"]),
            reason=written["reason"],
            exit_code=written["exit_code"],
            started_at=_time(written["started_at"]),
            finished_at=_time(written["finished_at"]),
        )

    def delete(self) -> None:
        """Remove the folder with all that is in it."""
        delete_folder(self.folder)


def _time(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def size_of(folder: Path) -> int:
    """Return what a folder takes on disk, in bytes; what goes meanwhile is left out."""
    total = 0
    for parent, folders, files in os.walk(folder):
        for name in (*folders, *files):
            with suppress(FileNotFoundError):
                total += os.lstat(os.path.join(parent, name)).st_blocks * 512
    return total


def delete_folder(folder: Path) -> None:
    """Remove a folder, also where a workload took its own right to write. Repeatable."""

    def insist(function: Callable[..., Any], path: str, error: Any) -> None:
        if isinstance(error[1], FileNotFoundError):
            return
        parent = os.path.dirname(path)
        os.chmod(parent, stat.S_IRWXU)
        if os.path.isdir(path) and not os.path.islink(path):
            os.chmod(path, stat.S_IRWXU)
            shutil.rmtree(path, onerror=insist)
        else:
            os.unlink(path)

    shutil.rmtree(folder, onerror=insist)
