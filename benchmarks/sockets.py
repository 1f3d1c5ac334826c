"""What an open WebSocket costs, and how soon one that may no more is cut.

Thousands of idle WebSockets through a gateway whose core is a table, opened while nginx is
asked for reload after reload: first new workloads, whose names wait once too many old
workers hold WebSockets, then 20 reloads at once. All must answer afterwards. Memory is
compared with a bare nginx (the same binary), which asks nobody; so are a small message's
way there and back, and 16 MiB, in turns. Last, some credentials end one after the other:
`cut_s` is how long their WebSockets live on; all others must answer again. The other end
is ours too, and says back what it gets.
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import socket
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))
from _report import report
from gateway_room import RUNNING, Room, open_room

from gateway import bare_nginx, free_ports
from mllab.core.workloads import Reach
from mllab.gateway.nginx import strays, upstreams
from mllab.model.accounts import Principal
from mllab.runtimes.base import Endpoint

PATH = "/projects/alpha/services/svc/"
CALLERS = 200
ROUNDS, MESSAGES = 7, 300
LARGE = b"x" * (16 << 20)
SWITCH = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n"


class Echo(asyncio.Protocol):
    """The workload: takes any upgrade, then says back what it gets."""

    def __init__(self) -> None:
        self.is_open = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.transport.write(data if self.is_open else SWITCH)
        self.is_open = True

    def pause_writing(self) -> None:
        self.transport.pause_reading()

    def resume_writing(self) -> None:
        self.transport.resume_reading()


class Client(asyncio.Protocol):
    """One WebSocket; to nginx all that follows the upgrade is bytes."""

    def __init__(self) -> None:
        self.got = 0
        self.wanted = 0
        self.ready = asyncio.Event()
        self.lost_at: float | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.got += len(data)
        if self.got >= self.wanted:
            self.ready.set()

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost_at = time.monotonic()
        self.ready.set()

    async def say(self, data: bytes, answer_bytes: int | None = None) -> None:
        """Send and wait for as many bytes."""
        self.got, self.wanted = 0, answer_bytes or len(data)
        assert self.lost_at is None, "a WebSocket was lost"
        self.ready.clear()
        self.transport.write(data)
        await self.ready.wait()
        assert self.lost_at is None, "a WebSocket was lost"


async def open_one(port: int, caller: int) -> Client:
    """Open one WebSocket."""
    loop = asyncio.get_running_loop()
    _, client = await loop.create_connection(Client, "127.0.0.1", port)
    head = (
        f"GET {PATH} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: upgrade\r\n"
    )
    head += f"Authorization: Bearer lab_caller-{caller}\r\n\r\n"
    await client.say(head.encode(), 1)
    return client


async def open_many(port: int, count: int, first: int = 0) -> list[Client]:
    """Open WebSockets of all callers in turn, some at a time."""
    found: list[Client] = []
    while len(found) < count:
        some = range(len(found), min(count, len(found) + 50))
        found += await asyncio.gather(*[open_one(port, (first + n) % CALLERS) for n in some])
    return found


async def all_answer(clients: list[Client]) -> None:
    """Say something on each and wait for the answer."""
    for start in range(0, len(clients), 200):
        async with asyncio.timeout(60):
            await asyncio.gather(*[client.say(b"still here") for client in clients[start:][:200]])


def memory_kib(processes: list[psutil.Process]) -> float:
    """Return the memory of processes, what they share counted once."""
    return sum(process.memory_full_info().pss for process in processes) / 1024


async def question_kib(room: Room, count: int = 2000) -> float:
    """Return what a question that is held open costs the lab's process."""
    own = [psutil.Process()]
    before = memory_kib(own)
    asking = []
    for number in range(count):
        each = socket.socket(socket.AF_UNIX)
        each.connect(str(room.run_dir / "sockets.sock"))
        each.send(
            f"GET / HTTP/1.1\r\nX-Lab-Credential: a:{number}\r\nX-Lab-Workload: w\r\n\r\n".encode()
        )
        asking.append(each)
        await asyncio.sleep(0)
    await settled(lambda: sum(room.sockets.count().values()) == count)
    found = (memory_kib(own) - before) / count
    for each in asking:
        each.close()
    await settled(lambda: not room.sockets.count())
    return found


async def settled(condition: Callable[[], bool]) -> None:
    """Return when `condition` holds."""
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110 - what is waited for is another process
            await asyncio.sleep(0.02)


class Bench:
    """One measurement and its figures."""

    def __init__(self, room: Room, bare: int, workers: list[psutil.Process], count: int) -> None:
        self.room = room
        self.bare = bare
        self.bare_workers = workers
        self.count = count
        self.figures: dict[str, list[float]] = {}
        self.most = self.reloads = 0

    async def run(self) -> None:
        """Measure all."""
        self.figures["lab_kib"] = [await question_kib(self.room)]
        before = memory_kib(self.bare_workers)
        others = await open_many(self.bare, self.count // 5)
        self.figures["bare_kib"] = [(memory_kib(self.bare_workers) - before) / len(others)]
        for client in others:
            client.transport.abort()
        await self._ways()
        clients = await self._open_while_reloading()
        await self._end_some(clients)

    async def _ways(self) -> None:
        ours, bare = await open_one(self.room.nginx.port, 0), await open_one(self.bare, 0)
        small: list[float] = []
        large: list[float] = []
        for _ in range(ROUNDS):
            small.append(
                await _way(ours, b"x" * 64, MESSAGES) / await _way(bare, b"x" * 64, MESSAGES)
            )
            large.append(await _way(bare, LARGE, 1) / await _way(ours, LARGE, 1))
        self.figures["message_vs_bare"] = small
        self.figures["large_vs_bare"] = large

    async def _open_while_reloading(self) -> list[Client]:
        room, asked = self.room, 20
        clients = await self._first(self.count // 5)
        generation = self._generation()
        following = asyncio.create_task(upstreams.follow(room.nginx, room.upstreams, 0.05))
        each = (self.count - len(clients)) // asked
        for number in range(asked):
            room.upstreams.note(f"127.0.0.1:{10_000 + number}")
            await asyncio.sleep(0.3)
            self._look()
            clients += await open_many(room.nginx.port, each, len(clients))
        following.cancel()
        print(f"{asked} names wanted meanwhile, {self._generation() - generation} got one")
        for _ in range(20):
            await room.nginx.reload(room.nginx.config)
            await asyncio.sleep(0.2)
            self._look()
        await all_answer(clients)
        self.figures["open"] = [float(len(clients))]
        self.figures["lost"] = [float(sum(client.lost_at is not None for client in clients))]
        self.figures["most_old_workers"] = [float(self.most)]
        return clients

    async def _first(self, count: int) -> list[Client]:
        room = self.room
        clients = await open_many(room.nginx.port, CALLERS)
        await settled(lambda: sum(room.sockets.count().values()) >= len(clients))
        before = memory_kib(strays.find(room.run_dir))
        clients += await open_many(room.nginx.port, count, len(clients))
        await settled(lambda: sum(room.sockets.count().values()) >= len(clients))
        self.figures["nginx_kib"] = [(memory_kib(strays.find(room.run_dir)) - before) / count]
        return clients

    def _generation(self) -> int:
        return len(self.room.nginx.config.upstreams)

    def _look(self) -> None:
        found = len(strays.find(self.room.run_dir)) - 1 - self.room.nginx.config.workers
        self.most = max(self.most, found)

    async def _end_some(self, clients: list[Client]) -> None:
        await settled(lambda: sum(self.room.sockets.count().values()) >= len(clients))
        watching = asyncio.create_task(self.room.sockets.watch())
        ended: dict[int, float] = {}
        for caller in range(10):
            del self.room.core.people[f"lab_caller-{caller}"]
            ended[caller] = time.monotonic()
            await asyncio.sleep(0.7)
        gone = [(n % CALLERS, c) for n, c in enumerate(clients) if n % CALLERS in ended]
        await settled(lambda: all(client.lost_at is not None for _, client in gone))
        watching.cancel()
        self.figures["cut_s"] = [(c.lost_at or 0) - ended[caller] for caller, c in gone]
        await all_answer([c for n, c in enumerate(clients) if n % CALLERS not in ended])


async def _way(client: Client, data: bytes, times: int) -> float:
    started = time.perf_counter()
    for _ in range(times):
        await client.say(data)
    return time.perf_counter() - started


async def measure(count: int) -> dict[str, list[float]]:
    """Bring all up and measure."""
    loop = asyncio.get_running_loop()
    async with AsyncExitStack() as stack:
        workload = await loop.create_server(Echo, "127.0.0.1", 0, backlog=2048)
        address = ":".join(map(str, workload.sockets[0].getsockname()))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "bare"
        answer = (
            f"proxy_pass http://{address}; proxy_http_version 1.1; proxy_buffer_size 16k;"
            " proxy_buffers 8 16k; proxy_busy_buffers_size 32k;"
            " proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade;"
        )
        (port,) = free_ports(1)
        await stack.enter_async_context(bare_nginx(folder, [port], answer))
        room = await stack.enter_async_context(open_room(connections=0))
        room.core.people |= {f"lab_caller-{n}": Principal(user="ann") for n in range(CALLERS)}
        room.core.services["alpha", "svc", None] = Reach(RUNNING, "ann", Endpoint(address), "/x")
        bench = Bench(room, port, strays.find(folder), count)
        await bench.run()
        workload.close()
        return bench.figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sockets", type=int, default=5000)
    options = parser.parse_args()
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    figures = asyncio.run(measure(options.sockets))
    aims = {
        "open": "as many as were asked for",
        "lost": "0",
        "most_old_workers": f"{upstreams.MOST_OLD_WORKERS}, and two reloads' workers",
        "nginx_kib": "for each WebSocket, the question that it holds open included",
        "bare_kib": "the same in bare nginx",
        "lab_kib": "for each WebSocket, in the lab",
        "message_vs_bare": "1 (lower is better)",
        "large_vs_bare": "1 (higher is better)",
        "cut_s": "10 at most",
    }
    report({name: figures[name] for name in aims}, aims)


if __name__ == "__main__":
    main()
