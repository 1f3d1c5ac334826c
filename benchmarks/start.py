"""How quickly an installed lab answers, and what it costs when idle.

From `mllab up` on an empty data folder to the first 200 of `/api/health` through nginx;
then the proportional memory (PSS) of the lab and its nginx after it has been left alone.
Several rounds, medians. The aim is in the table.
"""

from __future__ import annotations

import ssl
import sys
import tempfile
import time
from pathlib import Path

import httpx

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))
from _report import report
from running_lab import RunningLab

ROUNDS = 7
SETTLE_S = 3.0


def first_answer(lab: RunningLab, began: float) -> float:
    lab.start()
    # To load certificates would count as the lab's own time.
    with httpx.Client(base_url=lab.url, verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)) as http:
        while True:
            try:
                if http.get("/api/health").status_code == 200:
                    return time.monotonic() - began
            except httpx.TransportError:
                time.sleep(0.005)


def memory_mib(lab: RunningLab) -> float:
    """Return the PSS of the lab's process and of its nginx."""
    return float(sum(p.memory_full_info().pss for p in lab.processes())) / 2**20


def main() -> None:
    starts, idles = [], []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            lab = RunningLab(Path(folder) / "data")
            try:
                starts.append(first_answer(lab, time.monotonic()))
                time.sleep(SETTLE_S)
                idles.append(memory_mib(lab))
            finally:
                lab.down()
    report(
        {"start_s": starts, "idle_mib": idles},
        {"start_s": "at most 1.5", "idle_mib": "at most 120"},
    )


if __name__ == "__main__":
    main()
