"""A runtime that runs nothing: scripted by the spec, checks the order of calls, for tests.

The script stands in the spec's environment. Time is virtual: each `status` is one step.

- `DUMMY_PREPARE=2`: preparing for two steps ("preparing, 2 steps to go").
- `DUMMY_RUN_S=3`: runs for three steps; without it a job runs for one, others for ever.
- `DUMMY_EXIT_CODE=1`, `DUMMY_LOG=text`: how it ends and what it wrote.
- `DUMMY_WRITES=5`: keeps five bytes on disk.
- `DUMMY_LOSE=2`: is lost after two running steps.
- `DUMMY_FAIL_START=text`: `start` fails with `BackendFailed(text)`.
- `DUMMY_ENDPOINT=host:port`: the address behind every declared port, ready as soon as
  it runs (`127.0.0.1:<declared>` without it, `-` for never).

What runs lives in a `World`, which stands for the machine: a second runtime on the same
world is a lab that was started again.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from mllab.errors import BackendFailed, InvalidInput
from mllab.model.base import now
from mllab.model.workloads import WorkloadKind, WorkloadSpec
from mllab.runtimes.base import (
    Capability,
    Endpoint,
    ExecResult,
    Handle,
    Held,
    Listed,
    LogPart,
    Phase,
    Runtime,
    RuntimeEvent,
    RuntimeStatus,
    Usage,
    owner_of,
)


class OutOfOrder(AssertionError):
    """The caller broke the order that the contract asks for."""


@dataclass
class Life:
    """One attempt in the world."""

    spec: WorkloadSpec
    secrets: dict[str, str]
    started_at: datetime
    clock: Callable[[], datetime]
    steps: int = 0
    ended: RuntimeStatus | None = None

    def script(self, name: str, default: int | None = None) -> int | None:
        """Return a number of the script."""
        value = self.spec.environment.get(f"DUMMY_{name}")
        return default if value is None else int(value)

    def step(self) -> RuntimeStatus:
        """Let one step of time pass and say where the attempt is then."""
        if self.ended:
            return self.ended
        self.steps += 1
        preparing = self.script("PREPARE", 0) or 0
        if self.steps <= preparing:
            left = preparing - self.steps + 1
            reason = f"preparing, {left} steps to go"
            return RuntimeStatus(Phase.PREPARING, reason, started_at=self.started_at)
        if preparing and self.steps == preparing + 1:
            self.started_at = self.clock()
        return self._run(self.steps - preparing)

    def _run(self, step: int) -> RuntimeStatus:
        lost = self.script("LOSE")
        if lost is not None and step > lost:
            self.ended = RuntimeStatus(Phase.LOST, "the script lost it", started_at=self.started_at)
            return self.ended
        job = self.spec.kind is WorkloadKind.JOB
        length = self.script("RUN_S", 1 if job and lost is None else None)
        if length is not None and step > length:
            code = self.script("EXIT_CODE", 0) or 0
            self.end(code, "" if code == 0 else f"exited with code {code}")
        return self.ended or RuntimeStatus(Phase.RUNNING, started_at=self.started_at)

    def end(self, exit_code: int, reason: str) -> None:
        """End it unless it has ended."""
        self.ended = self.ended or RuntimeStatus(
            Phase.EXITED, reason, exit_code, self.started_at, self.clock()
        )


@dataclass
class World:
    """The machine on which dummies run; outlives the runtimes that look at it."""

    lives: dict[tuple[str, int], Life] = field(default_factory=dict)
    volumes: dict[str, Held] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    """Every changing call, as `start id 1`, `stop id 1`, `remove id 1`."""
    listeners: list[asyncio.Queue[RuntimeEvent]] = field(default_factory=list)
    clock: Callable[[], datetime] = now
    awaited: list[str] = field(default_factory=list)
    """What the next calls of `prepare` answer, until nothing is left."""

    def tell(self, workload_id: str | None) -> None:
        """Send an event to everyone who listens; None: about everything."""
        for queue in self.listeners:
            queue.put_nowait(RuntimeEvent(workload_id))

    def newest(self, workload_id: str) -> int:
        """Return the number of the newest attempt, 0 if there is none."""
        return max((n for known, n in self.lives if known == workload_id), default=0)


class DummyRuntime(Runtime):
    """See the module's text."""

    name = "dummy"

    def __init__(
        self, world: World | None = None, namespace: str = "lab", *, images: bool = False
    ) -> None:
        can = {Capability.MEMORY_LIMIT, Capability.CPU_LIMIT}
        self.capabilities = frozenset(can | {Capability.IMAGES} if images else can)
        self.world = world or World()
        self._namespace = namespace

    async def check(self) -> None:
        """Do nothing: it can always be used."""

    def refuse(self, spec: WorkloadSpec) -> None:
        """Refuse GPUs, and images unless it plays a runtime that has them."""
        if spec.image is not None and Capability.IMAGES not in self.capabilities:
            raise InvalidInput("The dummy runtime runs no images; leave `image` out.")
        if spec.limits.wants_gpus:
            raise InvalidInput("The dummy runtime has no GPUs; ask for none.")

    async def prepare(self, spec: WorkloadSpec) -> str:
        """Return what the world awaits next."""
        return self.world.awaited.pop(0) if self.world.awaited else ""

    async def start(self, spec: WorkloadSpec, secrets: Mapping[str, str]) -> Handle:
        """Put the attempt into the world, once."""
        self.refuse(spec)
        handle: Handle = {"id": spec.id, "attempt": spec.attempt, "volume": spec.volume}
        if (spec.id, spec.attempt) in self.world.lives:
            return handle
        newest = self.world.newest(spec.id)
        if spec.attempt < newest:
            raise OutOfOrder(f"attempt {spec.attempt} of {spec.id} after attempt {newest}")
        if newest and not self.world.lives[spec.id, newest].ended:
            raise OutOfOrder(f"attempt {newest} of {spec.id} still runs")
        if message := spec.environment.get("DUMMY_FAIL_START"):
            raise BackendFailed(message)
        self.world.calls.append(f"start {spec.id} {spec.attempt}")
        self.world.lives[spec.id, spec.attempt] = Life(
            spec, dict(secrets), self.world.clock(), self.world.clock
        )
        if spec.volume:
            labels = owner_of(spec.labels)
            self.world.volumes[spec.volume] = Held(
                "volume", spec.volume, labels, self.world.clock()
            )
        self.world.tell(spec.id)
        return handle

    def _life(self, handle: Handle) -> Life | None:
        return self.world.lives.get((handle["id"], handle["attempt"]))

    async def status(self, handle: Handle) -> RuntimeStatus:
        """Let one step pass and look."""
        life = self._life(handle)
        if life is None:
            return RuntimeStatus(Phase.LOST, "it was removed")
        before, status = life.ended, life.step()
        if life.ended is not before:
            self.world.tell(life.spec.id)
        return status

    async def logs(
        self, handle: Handle, *, offset: int = 0, follow: bool = False
    ) -> AsyncIterator[LogPart]:
        """Return the script's text; with `follow` let steps pass until it ends."""
        life = self._life(handle)
        if life is None:
            return
        text = life.spec.environment.get("DUMMY_LOG", "").encode()
        if text[offset:]:
            yield LogPart(offset, text[offset:])
        while follow and not life.ended and self._life(handle):
            life.step()
            await asyncio.sleep(0)

    async def exec(self, handle: Handle, command: Sequence[str]) -> ExecResult:
        """Answer with the command itself."""
        if self._life(handle) is None:
            raise OutOfOrder(f"exec on {handle['id']}, which was not started")
        return ExecResult(0, " ".join(command).encode())

    async def stop(self, handle: Handle, grace_s: float) -> None:
        """End it as SIGTERM would."""
        life = self._life(handle)
        if life and not life.ended:
            self.world.calls.append(f"stop {handle['id']} {handle['attempt']}")
            life.end(143, "stopped")
            self.world.tell(handle["id"])

    async def remove(self, handle: Handle, *, volume: bool = False) -> None:
        """Forget this attempt and those before it."""
        await self.stop(handle, 0)
        for key in [k for k in self.world.lives if k[0] == handle["id"]]:
            if key[1] <= handle["attempt"]:
                self.world.calls.append(f"remove {key[0]} {key[1]}")
                del self.world.lives[key]
        if volume:
            self.world.volumes.pop(handle["volume"], None)

    async def list(self) -> list[Listed]:
        """Return the newest attempt of every workload of this lab."""
        return [
            Listed(
                name,
                number,
                life.spec.labels,
                {"id": name, "attempt": number, "volume": life.spec.volume},
            )
            for (name, number), life in sorted(self.world.lives.items())
            if number == self.world.newest(name)
            and life.spec.labels.get("lab.namespace") == self._namespace
        ]

    async def held(self) -> Sequence[Held]:
        """Return lives and volumes of this lab."""
        lives = [
            Held("life", name, life.spec.labels, life.started_at, running=not life.ended)
            for (name, number), life in sorted(self.world.lives.items())
            if number == self.world.newest(name)
        ]
        found = [*lives, *self.world.volumes.values()]
        return [each for each in found if each.labels.get("lab.namespace") == self._namespace]

    async def discard(self, thing: Held) -> None:
        """Forget it."""
        if thing.kind == "volume":
            self.world.volumes.pop(thing.name, None)
            return
        number = self.world.newest(thing.name)
        await self.remove({"id": thing.name, "attempt": number, "volume": None})

    async def endpoint(self, handle: Handle, port: int) -> Endpoint | None:
        """Return the script's address while it runs."""
        life = self._life(handle)
        if life is None or life.ended or port not in life.spec.ports:
            return None
        if life.steps <= (life.script("PREPARE", 0) or 0):
            return None
        address = life.spec.environment.get("DUMMY_ENDPOINT", f"127.0.0.1:{port}")
        return None if address == "-" else Endpoint(address)

    async def usage(self, handle: Handle) -> Usage | None:
        """Return what its steps stand for."""
        life = self._life(handle)
        return Usage(1 << 20, float(life.steps)) if life and not life.ended else None

    async def written_bytes(self, handle: Handle) -> int | None:
        """Return the script's `DUMMY_WRITES` while it runs."""
        life = self._life(handle)
        return life.script("WRITES", 0) if life and not life.ended else None

    async def events(self) -> AsyncIterator[RuntimeEvent]:
        """Return the world's changes."""
        queue: asyncio.Queue[RuntimeEvent] = asyncio.Queue()
        self.world.listeners.append(queue)
        try:
            while True:
                yield await queue.get()
        finally:
            self.world.listeners.remove(queue)

    async def close(self) -> None:
        """Let go; the world turns on."""
