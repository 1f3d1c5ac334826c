"""What a large file costs through the lab, against `cp` and `sha256sum` of the same bytes.

One round is: `cp` of a 2 GiB file and `sha256sum` of the copy, an upload of the file with
the Python client, a download with it; both go through nginx, are hashed on both sides and
are on disk when they end. The ratios are the commands' time by the lab's, so higher is
better and 1.0 would be: as fast as the commands. Beside it: by how much the memory (RSS)
of the lab's process and of its nginx grew, at most, from before the first upload on.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))
from _report import report
from running_lab import RunningLab, running_lab

from mllab import Lab

ROUNDS = 3
LOOK_EVERY_S = 0.05


class Memory:
    """Watches the RSS of the lab's process and its nginx in a thread of its own."""

    def __init__(self, lab: RunningLab) -> None:
        self._processes = lab.processes()
        self._before = self._now()
        self._peak = self._before
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    def growth_mib(self) -> float:
        """Stop watching and return by how much it grew at most."""
        self._stop.set()
        self._thread.join()
        return (self._peak - self._before) / 2**20

    def _watch(self) -> None:
        while not self._stop.wait(LOOK_EVERY_S):
            self._peak = max(self._peak, self._now())

    def _now(self) -> int:
        return sum(process.memory_info().rss for process in self._processes)


def timed(work: Callable[[], object]) -> float:
    began = time.monotonic()
    work()
    return time.monotonic() - began


def write_random(path: Path, size_mib: int) -> None:
    with Path("/dev/urandom").open("rb") as source, path.open("wb") as target:
        for _ in range(size_mib):
            target.write(source.read(1 << 20))


def by_commands(source: Path, copy: Path) -> None:
    subprocess.run(["cp", str(source), str(copy)], check=True)
    subprocess.run(["sha256sum", str(copy)], check=True, stdout=subprocess.DEVNULL)


def one_round(client: Lab, source: Path, folder: Path) -> tuple[float, float, float]:
    models = client.project("bench").models
    copy, back = folder / "copy", folder / "back"
    commands = timed(lambda: by_commands(source, copy))
    copy.unlink()
    up = timed(lambda: models.upload("big", source))
    down = timed(lambda: models.download("big", back))
    back.unlink()
    models.delete("big")
    return commands, up, down


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mib", type=int, default=2048, help="size of the file")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_random(folder / "source", options.mib)
        with running_lab(folder / "data") as lab:
            client = Lab(lab.url, lab.token())
            client.projects.create("bench")
            client.project("bench").models.upload("warm", b"x")
            memory = Memory(lab)
            rounds = [one_round(client, folder / "source", folder) for _ in range(options.rounds)]
            growth = memory.growth_mib()
            client.close()
    for commands, up, down in rounds:
        print(f"cp + sha256sum {commands:.1f} s, upload {up:.1f} s, download {down:.1f} s")
    report(
        {
            "up_vs_cp": [commands / up for commands, up, _ in rounds],
            "down_vs_cp": [commands / down for commands, _, down in rounds],
            "rss_growth_mib": [growth],
        },
        {
            "up_vs_cp": "at least 0.7 (higher is better)",
            "down_vs_cp": "at least 0.7 (higher is better)",
            "rss_growth_mib": "at most 64",
        },
    )


if __name__ == "__main__":
    main()
