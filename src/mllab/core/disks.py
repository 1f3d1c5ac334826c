"""Says that a disk is nearly full before something fails for it.

Looks at the disks of the lab's data and of what its runtime writes; frees nothing.
"""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

from mllab.config import Settings
from mllab.errors import LabError, StorageFull
from mllab.runtimes.base import Runtime

SMALL_SHARE = 0.05
ENOUGH_BYTES = 10 << 30
"""So much free is never little, however large the disk is."""


class Disks:
    """The disks that a lab writes to."""

    def __init__(self, settings: Settings, runtime: Runtime) -> None:
        self._data = settings.data_dir
        self._runtime = runtime

    async def check(self) -> None:
        """Raise `StorageFull` if one is nearly full; name it and the next step."""
        folders = {"the lab's data": self._data}
        try:
            kept = await self._runtime.storage()
        except LabError:  # the runtime's own check says so
            kept = []
        folders |= {f"the {self._runtime.name} runtime": folder for folder in kept}
        for what, folder in folders.items():
            await asyncio.to_thread(_check, what, folder)


def _check(what: str, folder: Path) -> None:
    disk = shutil.disk_usage(folder)
    if is_little(disk.free, disk.total):
        raise StorageFull(
            f"The disk of {what} is nearly full: {disk.free / (1 << 30):.1f} of "
            f"{disk.total / (1 << 30):.1f} GiB are free. Delete what is not needed (old versions, "
            "job runs, images: `docker image prune`), or make the disk larger."
        )


def is_little(free: int, total: int) -> bool:
    """Tell whether so few free bytes are worth a word."""
    return free < min(total * SMALL_SHARE, ENOUGH_BYTES)
