"""What people see when nginx, or the lab, is killed (-9) under load, and for how long.

Callers ask for a service through the gateway and for the API, without pause, while one or
the other is killed. nginx is started again by the lab; the lab by this program at once, as
a supervisor would. `*_failed` counts requests that got no answer (a connection that broke or
was refused), `*_503` those that were told to come back; `*_back_s` is the time from the kill
until service and API were both answered well again. `workloads_touched` counts workloads
whose process or attempt is another one afterwards, and must be 0.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections import Counter, defaultdict
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import psutil

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))
from _report import report
from running_lab import RunningLab, running_lab

from mllab import Lab

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

CALLERS = 8
AIMS = {
    "nginx_back_s": "-",
    "nginx_failed": "-",
    "lab_back_s": "-",
    "lab_failed": "-",
    "lab_503": "-",
    "workloads_touched": "0",
}


@dataclass
class Load:
    """Callers without pause; `seen` counts answers, `good_at` is the last good one by path."""

    url: str
    token: str
    paths: tuple[str, ...]
    seen: Counter[str] = field(default_factory=Counter)
    good_at: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    answered: asyncio.Event = field(default_factory=asyncio.Event)

    @asynccontextmanager
    async def going(self) -> AsyncIterator[None]:
        """Keep the callers asking until the block ends."""
        tasks = [asyncio.create_task(self._ask(n)) for n in range(CALLERS)]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _ask(self, number: int) -> None:
        path = self.paths[number % len(self.paths)]
        headers = {"Authorization": f"Bearer {self.token}"}
        async with httpx.AsyncClient(base_url=self.url, headers=headers, timeout=30) as client:
            while True:
                began = time.monotonic()
                try:
                    status = (await client.get(path)).status_code
                except httpx.TransportError:
                    self.seen["failed"] += 1
                    await asyncio.sleep(0.01)  # a refused connection costs nothing to repeat
                    continue
                self.seen[str(status)] += 1
                if status == 200:
                    self.good_at[path] = max(self.good_at[path], began)
                    self.answered.set()
                else:
                    await asyncio.sleep(0.01)

    async def good_after(self, moment: float) -> float:
        """Return the seconds from `moment` until each path was asked and answered well again."""
        while min(self.good_at[path] for path in self.paths) <= moment:
            self.answered.clear()
            await self.answered.wait()
        return max(self.good_at[path] for path in self.paths) - moment


def nginx_of(lab: RunningLab) -> list[psutil.Process]:
    """Return nginx's processes, master and workers."""
    return [each for each in lab.processes() if each.pid != lab.process.pid]


def identity(client: Lab) -> tuple[object, ...]:
    """Return what changes when the service is started again."""
    status = client.project("outage").services.get("web").status
    return status.workload, status.attempt, status.started_at


async def kill_nginx(lab: RunningLab, load: Load) -> float:
    """Kill all of nginx; the lab starts it again. Return the seconds until all is served."""
    killed = nginx_of(lab)
    moment = time.monotonic()
    for process in killed:
        process.kill()
    return await load.good_after(moment)


async def kill_lab(lab: RunningLab, load: Load) -> float:
    """Kill the lab and start it again. Return the seconds until all is served."""
    port = int(lab.url.rpartition(":")[2])
    moment = time.monotonic()
    await asyncio.to_thread(lab.kill)
    await asyncio.to_thread(lab.start, port=port)
    return await load.good_after(moment)


async def measure(lab: RunningLab, client: Lab, rounds: int) -> dict[str, list[float]]:
    """Kill each in turns; return all figures."""
    found: dict[str, list[float]] = defaultdict(list)
    token = lab.token()
    path = client.project("outage").services.get("web").path
    for _ in range(rounds):
        for name, kill in (("nginx", kill_nginx), ("lab", kill_lab)):
            before = identity(client)
            load = Load(lab.url, token, (path, "/api/projects"))
            async with load.going():
                await load.good_after(0)
                await asyncio.sleep(1)
                load.seen.clear()
                found[f"{name}_back_s"].append(await kill(lab, load))
            found[f"{name}_failed"].append(load.seen.pop("failed", 0))
            if name == "lab":
                found["lab_503"].append(load.seen.pop("503", 0))
            load.seen.pop("200")
            assert not load.seen, f"unexpected answers: {load.seen}"
            found["workloads_touched"].append(float(identity(client) != before))
            print(f"{name} killed: back after {found[f'{name}_back_s'][-1]:.2f} s", flush=True)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, running_lab(Path(folder) / "data") as lab:
        client = Lab(lab.url, lab.token())
        client.projects.create("outage")
        services = client.project("outage").services
        services.deploy("web", "exec python3 -m http.server $PORT")
        services.wait("web")
        found = asyncio.run(measure(lab, client, options.rounds))
    report(found, AIMS)


if __name__ == "__main__":
    main()
