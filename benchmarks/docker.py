"""How much the lab adds to `docker run`, and whether a burst of jobs loses or doubles one.

One round is: a job by the Python client, from submitting it to its final state seen by the
client; `docker run --rm` of the same command in the same image. Rounds alternate, each waits
until the one before is cleaned up, and the figure is the median of the rounds' ratios (1.0
would be: the lab costs nothing). Then the same with several at a time, until all have ended.

A burst is many runs submitted at once, against `xargs -P` of `docker run --rm` with as many at
a time as the lab starts, half of them before and half after it. Each container that the Engine
started, and each line that a job wrote, is counted over all rounds.

`docker run --rm IMAGE COMMAND` is the peer. As a container with a network of its project and
the lab's limits costs the Engine more than a bare one, `docker run` with the same options is
measured beside it.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))
from _report import report
from docker_engine import docker, engine_address, lab_image
from docker_machine import namespace
from running_lab import running_lab, wait_for

from mllab import Lab
from mllab.model.work import JobRun

COMMAND = "echo done"
PROJECT = "bench"
LINE = "done\n"
AIMS = {
    "overhead_1": "at most 1.2",
    "overhead_8": "at most 1.2",
    "burst_vs_docker": "at least 0.8",
    "lost": "0",
    "doubled": "0",
}
LIKE_THE_LAB = (
    "--init --cap-drop ALL --security-opt no-new-privileges --pids-limit 8192 --shm-size 1g "
    "--oom-score-adj 500 --log-opt max-size=32m --log-opt max-file=2"
).split()


class Bench:
    """A project of a lab, and the peers beside it; counts what ran."""

    def __init__(self, client: Lab, name: str) -> None:
        self.jobs = client.project(PROJECT).jobs
        self.namespace = name
        self.ended: list[JobRun] = []
        self.starts: Counter[str] = Counter()

    def job(self, number: int = 0) -> None:
        """Submit a job and wait for its end, as a script of a person would."""
        run = self.jobs.submit(f"job-{number}", COMMAND)
        self.ended.append(self.jobs.wait(run.job, run.number))

    def burst(self, count: int, parallel: int) -> None:
        """Submit so many runs at once and wait for all ends."""
        self.jobs.put("burst", self.jobs.spec(COMMAND))
        with ThreadPoolExecutor(parallel) as pool:
            runs = list(pool.map(self.jobs.run, ["burst"] * count))
        for run in runs:
            self.ended.append(self.jobs.wait("burst", run.number))

    def settle(self) -> None:
        """Wait until nothing of the lab's is left to clean up, so that nobody pays for it."""
        label = f"label=lab.namespace={self.namespace}"
        left = partial(docker, "ps", "--all", "--quiet", "--filter", label)
        wait_for(lambda: not left(), within_s=300, what="the lab cleans up")

    def lost(self) -> int:
        """Return how many did not succeed, or whose line is not in the log."""
        return sum(
            run.status.state != "succeeded" or LINE not in log(self, run) for run in self.ended
        )

    def doubled(self) -> int:
        """Return how many were started more than once, by the Engine or by what they wrote."""
        return sum(
            self.starts[str(run.status.workload)] > 1 or log(self, run).count(LINE) > 1
            for run in self.ended
        )


def log(bench: Bench, run: JobRun) -> str:
    """Return what a run wrote."""
    return "".join(bench.jobs.logs(run.job, run.number))


@contextmanager
def counted(bench: Bench) -> Iterator[None]:
    """Count the Engine's starts of the lab's containers meanwhile."""
    command = ["docker", "events", "--since", str(int(time.time())), "--filter", "event=start"]
    command += ["--filter", f"label=lab.namespace={bench.namespace}"]
    command += ["--format", '{{index .Actor.Attributes "lab.workload"}}']
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as events:
        assert events.stdout is not None
        reader = threading.Thread(target=bench.starts.update, args=(map(str.strip, events.stdout),))
        reader.start()
        try:
            yield
        finally:
            events.terminate()
            reader.join()


def by_hand(options: tuple[str, ...], number: int = 0) -> None:
    """Run the command by `docker run --rm`."""
    command = ["docker", "run", "--rm", *options, lab_image("workspace"), "/bin/sh", "-c", COMMAND]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def loop(count: int, parallel: int) -> None:
    """Run the command so often by `xargs` and `docker run --rm`."""
    image = lab_image("workspace")
    run = ["docker", "run", "--rm", image, "/bin/sh", "-c", COMMAND]
    command = ["xargs", "--max-procs", str(parallel), "--replace=NUMBER", *run]
    numbers = "".join(f"{number}\n" for number in range(count))
    subprocess.run(command, input=numbers, text=True, check=True, stdout=subprocess.DEVNULL)


def timed(what: Callable[[], None]) -> float:
    """Return the seconds that it takes."""
    began = time.monotonic()
    what()
    return time.monotonic() - began


def together(what: Callable[[int], None], count: int) -> None:
    """Do it so often at once."""
    with ThreadPoolExecutor(count) as pool:
        list(pool.map(what, range(count)))


def overhead(bench: Bench, rounds: int, at_once: int) -> tuple[list[float], list[float]]:
    """Return the ratios of the lab to `docker run`, and to one with the same options."""
    network = f"{bench.namespace}-p-{PROJECT}"
    alike = (*LIKE_THE_LAB, "--network", network)
    seconds: dict[str, list[float]] = defaultdict(list)
    for _ in range(rounds):
        for name, what in (
            ("lab", bench.job),
            ("docker", partial(by_hand, ())),
            ("alike", partial(by_hand, alike)),
        ):
            seconds[name].append(timed(partial(together, what, at_once)))
            bench.settle()
    told = {name: round(statistics.median(values), 3) for name, values in seconds.items()}
    print(f"{at_once} at a time, median seconds: {told}", flush=True)
    plain, same = (
        [one / other for one, other in zip(seconds["lab"], seconds[name], strict=True)]
        for name in ("docker", "alike")
    )
    return plain, same


def burst(bench: Bench, count: int, parallel: int) -> float:
    """Return the throughput of the lab by that of a loop."""
    half = partial(loop, count // 2, parallel)
    before = timed(half)
    lab = timed(partial(bench.burst, count, parallel))
    bench.settle()
    peer = (before + timed(half)) * count / (count // 2 * 2)
    print(f"{count} at once: {count / lab:.2f} per s, docker run {count / peer:.2f}", flush=True)
    return peer / lab


def measure(bench: Bench, options: argparse.Namespace) -> dict[str, list[float]]:
    """Return all figures."""
    bench.job()  # makes the network
    bench.settle()
    found: dict[str, list[float]] = {}
    for at_once, rounds in ((1, options.rounds), (8, options.rounds_8)):
        plain, same = overhead(bench, rounds, at_once)
        found[f"overhead_{at_once}"] = plain
        print(f"by docker run with the same options: {statistics.median(same):.2f}", flush=True)
    bursts = [burst(bench, options.burst, options.parallel) for _ in range(options.bursts)]
    return found | {"burst_vs_docker": bursts}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15, help="one at a time")
    parser.add_argument("--rounds-8", type=int, default=7, help="eight at a time")
    parser.add_argument("--bursts", type=int, default=2)
    parser.add_argument("--burst", type=int, default=200, help="jobs in a burst")
    parser.add_argument("--parallel", type=int, default=8, help="of the loop, as of the lab")
    options = parser.parse_args()
    os.environ["DOCKER_HOST"] = engine_address()
    with tempfile.TemporaryDirectory() as folder, namespace() as name:
        settings = {"LAB_NAMESPACE": name, "LAB_RUNTIME": "docker"}
        with running_lab(Path(folder) / "data", env=settings) as lab:
            client = Lab(lab.url, lab.token())
            client.projects.create(PROJECT)
            bench = Bench(client, name)
            with counted(bench):
                found = measure(bench, options)
            found |= {"lost": [bench.lost()], "doubled": [bench.doubled()]}
    report(found, AIMS)


if __name__ == "__main__":
    main()
