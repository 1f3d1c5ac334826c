"""What the gateway's decision costs per request, against a bare nginx and against Node.

One small answer of one nginx, asked for with `wrk`, interleaved in rounds: by a bare nginx
(the same binary, connections kept); by this gateway with one caller's token; by this
gateway with 200 callers' tokens over 20 workloads in the mix; by configurable-http-proxy
(JupyterHub's, installed with npm into a cache; left out where there is no npm). Core is a
table here, so that what is measured is the gateway: its nginx and its decisions. Ratios of
requests per second are ours by theirs (higher is better), of the slowest hundredth (p99)
too (lower is better). `nginx_vs_bare_same_mix` sends the mix to bare nginx as well: `wrk`
makes it by a script, on the same processors. `nginx_cpu_vs_bare` compares processor time
per request (bare's by ours, higher is better): it moves less when others use the machine.
`rss_growth_mib` is by how much nginx grew over all of it.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import psutil
import uvloop

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))
from _report import report
from gateway_room import ANN, RUNNING, Room, open_room

from mllab.core.workloads import Reach
from mllab.gateway.nginx import strays
from mllab.gateway.nginx.binary import find_nginx
from mllab.model.accounts import Principal
from mllab.runtimes.base import Endpoint

CALLERS, WORKLOADS = 200, 20
CHP = "configurable-http-proxy@5.3.0"
CACHE = Path.home() / ".cache" / "mllab-bench"

_ONE_SERVER = """daemon off; pid nginx.pid; error_log error.log; worker_processes 2;
events {{ worker_connections 4096; }}
http {{ access_log off; keepalive_requests 1000000; {temp}
 {block} server {{ {listen} location / {{ {answer} }} }} }}"""
_TEMP = " ".join(
    f"{kind}_temp_path tmp-{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
)


@dataclass(frozen=True)
class Speed:
    """What one run of wrk said."""

    per_s: float
    p99_ms: float
    requests: int
    cpu_us: float = 0.0


async def wrk(url: str, connections: int, seconds: int, *options: str) -> Speed:
    """Ask for `url` as fast as it goes; fail when anything but 200 came back."""
    given = ["-t1", f"-c{connections}", f"-d{seconds}s", "--latency", *options, url]
    process = await asyncio.create_subprocess_exec("wrk", *given, stdout=subprocess.PIPE)
    out = (await process.communicate())[0].decode()
    assert "Non-2xx" not in out, out
    found = re.search(r"99%\s+([\d.]+)(us|ms|s)", out)
    total = re.search(r"(\d+) requests in", out)
    speed = re.search(r"Requests/sec:\s+([\d.]+)", out)
    assert found, out
    assert total, out
    assert speed, out
    unit = {"us": 0.001, "ms": 1.0, "s": 1000.0}[found[2]]
    return Speed(float(speed[1]), float(found[1]) * unit, int(total[1]))


def free_ports(count: int) -> list[int]:
    """Return ports that nobody listens on just now."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [int(each.getsockname()[1]) for each in sockets]
    for each in sockets:
        each.close()
    return ports


async def answers(port: int) -> None:
    """Return when something listens on the port."""
    async with asyncio.timeout(20):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.05)
            else:
                writer.close()
                return


@asynccontextmanager
async def running(*command: str, cwd: Path, port: int) -> AsyncIterator[None]:
    """Run a server until the block ends."""
    process = await asyncio.create_subprocess_exec(
        *command, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        await answers(port)
        yield
    finally:
        process.terminate()
        await process.wait()


@asynccontextmanager
async def bare_nginx(
    folder: Path, ports: list[int], answer: str, block: str = ""
) -> AsyncIterator[None]:
    """Run an nginx that knows nothing of the lab."""
    _configure(folder, ports, answer, block)
    command = [str(find_nginx(None)), "-p", "./", "-c", "n.conf", "-e", "error.log"]
    async with running(*command, cwd=folder, port=ports[0]):
        yield


def _configure(folder: Path, ports: list[int], answer: str, block: str) -> None:
    folder.mkdir()
    listen = " ".join(f"listen 127.0.0.1:{port};" for port in ports)
    text = _ONE_SERVER.format(temp=_TEMP, block=block, listen=listen, answer=answer)
    (folder / "n.conf").write_text(text)


def node_proxy() -> Path | None:
    """Return JupyterHub's proxy, installed if need be; None without npm."""
    script = CACHE / "node_modules" / "configurable-http-proxy" / "bin" / "configurable-http-proxy"
    if script.exists() or shutil.which("npm") is None:
        return script if script.exists() else None
    CACHE.mkdir(parents=True, exist_ok=True)
    command = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(CACHE), CHP]
    return script if subprocess.run(command, check=False).returncode == 0 else None


def fill(room: Room, ports: list[int]) -> None:
    """Put callers and workloads into the room's tables."""
    room.core.people |= {f"lab_caller-{n}": Principal(user="ann") for n in range(CALLERS)}
    for number, port in enumerate(ports):
        reach = Reach(RUNNING, "ann", Endpoint(f"127.0.0.1:{port}"), "/x")
        room.core.services[("alpha", f"svc-{number}", None)] = reach


def mix(folder: Path) -> str:
    """Write the script with which wrk takes a caller and a workload by chance."""
    script = folder / "mix.lua"
    script.write_text(
        "local n = 0\nrequest = function()\n n = n + 1\n"
        f' return wrk.format("GET", "/projects/alpha/services/svc-" .. (n % {WORKLOADS}) .. "/",'
        f' {{["Authorization"] = "Bearer lab_caller-" .. math.random(0, {CALLERS - 1})}})\nend\n'
    )
    return str(script)


class Bench:
    """All servers of one measurement, and the figures so far."""

    def __init__(self, folder: Path, options: argparse.Namespace) -> None:
        self.folder = folder
        self.options = options
        self.speeds: dict[tuple[str, int], list[Speed]] = defaultdict(list)
        self.growth = 0.0
        self.processes: dict[str, list[psutil.Process]] = {}

    async def run(self) -> None:
        """Bring all up and ask in turns."""
        async with AsyncExitStack() as stack:
            ports = free_ports(WORKLOADS + 2)
            bare, node, upstreams = ports[0], ports[1], ports[2:]
            small = 'return 200 "ok";'
            await stack.enter_async_context(bare_nginx(self.folder / "up", upstreams, small))
            block = f"upstream u {{ server 127.0.0.1:{upstreams[0]}; keepalive 32; }}"
            answer = 'proxy_pass http://u; proxy_http_version 1.1; proxy_set_header Connection "";'
            await stack.enter_async_context(bare_nginx(self.folder / "bare", [bare], answer, block))
            room = await stack.enter_async_context(open_room())
            fill(room, upstreams)
            urls = await self._urls(room, bare, node, upstreams[0], stack)
            self.processes = {"bare": _at(self.folder / "bare"), "one": _at(room.run_dir)}
            before = _memory(room)
            await self._ask_all(urls)
            self.growth = _memory(room) - before

    async def _urls(
        self, room: Room, bare: int, node: int, upstream: int, stack: AsyncExitStack
    ) -> dict[str, list[str]]:
        ours = f"http://127.0.0.1:{room.nginx.port}/projects/alpha/services/svc-0/"
        urls = {
            "direct": [f"http://127.0.0.1:{upstream}/"],
            "bare": [f"http://127.0.0.1:{bare}/"],
            "one": [ours, "-H", f"Authorization: Bearer {ANN}"],
            "mixed": [ours, "-s", mix(self.folder)],
            "same": [f"http://127.0.0.1:{bare}/", "-s", mix(self.folder)],
        }
        if (script := node_proxy()) is not None:
            target, api = f"http://127.0.0.1:{upstream}", free_ports(1)[0]
            command = ["node", str(script), "--ip", "127.0.0.1", "--port", str(node)]
            command += ["--default-target", target, "--api-port", str(api), "--log-level", "error"]
            await stack.enter_async_context(running(*command, cwd=self.folder, port=node))
            urls["chp"] = [f"http://127.0.0.1:{node}/"]
        for name in ("one", "mixed"):
            await wrk(urls[name][0], 8, 2, *urls[name][1:])
        named = replace(room.nginx.config, upstreams=room.upstreams.wanted())
        await room.nginx.reload(named)
        await wrk(urls["mixed"][0], 32, 3, *urls["mixed"][1:])
        return urls

    async def _ask_all(self, urls: dict[str, list[str]]) -> None:
        for round_ in range(self.options.rounds):
            for connections in self.options.connections:
                for name, (url, *given) in urls.items():
                    watched = self.processes.get(name, [])
                    before = _busy_s(watched)
                    speed = await wrk(url, connections, self.options.seconds, *given)
                    each = (_busy_s(watched) - before) / speed.requests
                    speed = replace(speed, cpu_us=each * 1e6)
                    self.speeds[name, connections].append(speed)
                    print(
                        f"round {round_ + 1}, {connections:>3} connections, {name:<6}"
                        f" {speed.per_s:>8.0f}/s, p99 {speed.p99_ms:.2f} ms",
                        flush=True,
                    )

    def ratios(self, ours: str, theirs: str, connections: int, figure: str) -> list[float]:
        """Return the ratio of a figure in each round."""
        pairs = zip(self.speeds[ours, connections], self.speeds[theirs, connections], strict=True)
        return [getattr(mine, figure) / getattr(other, figure) for mine, other in pairs]


def _at(folder: Path) -> list[psutil.Process]:
    return strays.find(folder)


def _busy_s(processes: list[psutil.Process]) -> float:
    times = [process.cpu_times() for process in processes]
    return float(sum(each.user + each.system for each in times))


def _memory(room: Room) -> float:
    found: list[psutil.Process] = strays.find(room.run_dir)
    return sum(process.memory_info().rss for process in found) / 2**20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=4, help="of each run of wrk")
    parser.add_argument("--connections", type=int, nargs="+", default=[1, 32, 128])
    options = parser.parse_args()
    middle = 32 if 32 in options.connections else options.connections[0]
    with tempfile.TemporaryDirectory() as name:
        bench = Bench(Path(name), options)
        uvloop.run(bench.run())  # as the lab itself does
    total = sum(
        s.requests for (n, _), all_ in bench.speeds.items() for s in all_ if n in {"one", "mixed"}
    )
    print(f"{total} requests through the gateway")
    figures = {
        "nginx_vs_bare": bench.ratios("one", "bare", middle, "per_s"),
        "nginx_vs_bare_mixed": bench.ratios("mixed", "bare", middle, "per_s"),
        "nginx_vs_bare_same_mix": bench.ratios("mixed", "same", middle, "per_s"),
        "nginx_p99_vs_bare": bench.ratios("one", "bare", middle, "p99_ms"),
        "nginx_cpu_vs_bare": bench.ratios("bare", "one", middle, "cpu_us"),
        "rss_growth_mib": [bench.growth],
    }
    aims = {
        "nginx_vs_bare": "at least 0.85",
        "nginx_vs_bare_mixed": "at least 0.75",
        "nginx_vs_bare_same_mix": "(wrk's own work for the mix left out)",
        "nginx_p99_vs_bare": "under 1.5",
        "nginx_cpu_vs_bare": "(higher is better)",
        "rss_growth_mib": "flat (the decisions' memory fills once)",
        "vs_chp": "at least 5",
    }
    if ("chp", middle) in bench.speeds:
        figures["vs_chp"] = bench.ratios("one", "chp", middle, "per_s")
    report(figures, aims)


if __name__ == "__main__":
    main()
