"""A disk that is nearly full: said in the health, while the lab stays ready."""

from __future__ import annotations

import shutil
from collections import namedtuple

import pytest
from people import Api, People

from mllab.core.disks import is_little

GIB = 1 << 30
Disk = namedtuple("Disk", "total used free")


@pytest.mark.parametrize(
    ("free", "total", "little"),
    [
        (11 * GIB, 10_000 * GIB, False),
        (9 * GIB, 10_000 * GIB, True),
        (6 * GIB, 100 * GIB, False),
        (4 * GIB, 100 * GIB, True),
        (0, GIB, True),
    ],
)
def test_what_is_little(free: int, total: int, little: bool) -> None:
    assert is_little(free, total) is little


async def test_a_full_disk_is_told_and_the_lab_stays_ready(
    api: Api, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = Disk(100 * GIB, 99 * GIB, GIB)
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: full)
    async with api(None) as anybody:
        health = (await anybody.get("/api/health")).json()
        assert health["status"] == "degraded"
        assert health["components"]["metadata"] == "ok"
        assert health["components"]["disk"].startswith(
            "The disk of the lab's data is nearly full: 1.0 of 100.0 GiB are free. Delete"
        )
        assert (await anybody.get("/api/ready")).status_code == 200
