"""All that lies in the process runtime's folders, and whose it is.

A volume's folder is its user's to fill, so a note beside it keeps the owner's labels.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from mllab.model.workloads import WorkloadSpec
from mllab.runtimes.base import Held, owner_of
from mllab.runtimes.process import state
from mllab.runtimes.process.folders import Folders, safe


def note_owner(folders: Folders, spec: WorkloadSpec) -> None:
    """Write down whose a volume is."""
    if spec.volume:
        folders.owners.mkdir(mode=0o700, parents=True, exist_ok=True)
        state.write_whole(str(_note(folders, spec.volume)), json.dumps(owner_of(spec.labels)))


def forget_owner(folders: Folders, volume: str) -> None:
    """Remove the note of a volume that is gone. Repeatable."""
    _note(folders, volume).unlink(missing_ok=True)


def held(folders: Folders, namespace: str) -> list[Held]:
    """Return the folders of workloads and volumes of this lab."""
    return [*_workloads(folders, namespace), *_volumes(folders, namespace)]


def _workloads(folders: Folders, namespace: str) -> Iterator[Held]:
    for name in folders.workloads():
        newest = folders.attempt(name, max(folders.attempts(name), default=0))
        spec = newest.spec()
        # A start that died before it wrote more leaves nothing but the name.
        labels = spec.labels if spec else {"lab.namespace": namespace, "lab.workload": name}
        if labels.get("lab.namespace") == namespace:
            running = newest.supervisor() is not None
            yield Held("folder", name, labels, _made_at(folders.root / name), running=running)


def _volumes(folders: Folders, namespace: str) -> Iterator[Held]:
    for path in sorted(folders.volumes.iterdir() if folders.volumes.is_dir() else ()):
        try:
            labels = json.loads(_note(folders, path.name).read_text())
        except FileNotFoundError:  # made before notes were: nobody can say whose it is
            continue
        if labels.get("lab.namespace") == namespace:
            yield Held("volume", path.name, labels, _made_at(path))


def _note(folders: Folders, volume: str) -> Path:
    return folders.owners / f"{safe(volume)}.json"


def _made_at(folder: Path) -> datetime | None:
    try:
        return datetime.fromtimestamp(folder.stat().st_ctime, UTC)
    except FileNotFoundError:
        return None
