"""A lab under control that tests drive: a clock, faults of the runtime, labs that die.

`step` is one look of control at everything; nothing sleeps. `kill` drops control (and the
runtime object) as `kill -9` would and starts a new one on the same store and world.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from people import People, cheap_passwords, settle

from mllab.config import Settings
from mllab.control.loop import Control
from mllab.core.context import Context
from mllab.core.lab import LabCore
from mllab.core.schema import COLLECTIONS
from mllab.errors import LabError
from mllab.model.accounts import Principal
from mllab.model.work import JobRun, JobSpec, NewJob, NewService, Service, ServiceSpec
from mllab.model.workloads import Workload, WorkloadSpec
from mllab.runtimes.base import Handle, RuntimeStatus
from mllab.runtimes.dummy import DummyRuntime, World
from mllab.stores.documents.sqlite import SqliteDocuments
from mllab.stores.files import Files

PROJECT = "alpha"


class Killed(BaseException):
    """The lab died at this point."""


Fault = LabError | Killed | None


@dataclass
class Faults:
    """What goes wrong next: an error per call name, used up in order; None lets a call pass.

    `Killed` *after* a call stands for a lab that died before it wrote down the answer.
    """

    before: dict[str, list[Fault]] = field(default_factory=dict)
    after: dict[str, list[Fault]] = field(default_factory=dict)

    def strike(self, when: dict[str, list[Fault]], call: str) -> None:
        """Raise what is due at this call."""
        due = when.get(call)
        fault = due.pop(0) if due else None
        if fault is not None:
            raise fault


class FaultyRuntime(DummyRuntime):
    """The dummy runtime with faults."""

    def __init__(self, world: World, faults: Faults) -> None:
        super().__init__(world)
        self._faults = faults

    async def prepare(self, spec: WorkloadSpec) -> str:
        self._faults.strike(self._faults.before, "prepare")
        return await super().prepare(spec)

    async def start(self, spec: WorkloadSpec, secrets: Mapping[str, str]) -> Handle:
        self._faults.strike(self._faults.before, "start")
        handle = await super().start(spec, secrets)
        self._faults.strike(self._faults.after, "start")
        return handle

    async def status(self, handle: Handle) -> RuntimeStatus:
        self._faults.strike(self._faults.before, "status")
        return await super().status(handle)

    async def stop(self, handle: Handle, grace_s: float) -> None:
        self._faults.strike(self._faults.before, "stop")
        await super().stop(handle, grace_s)
        self._faults.strike(self._faults.after, "stop")

    async def remove(self, handle: Handle, *, volume: bool = False) -> None:
        self._faults.strike(self._faults.before, "remove")
        await super().remove(handle, volume=volume)
        self._faults.strike(self._faults.after, "remove")


class Clock:
    """A clock that stands until somebody moves it."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 24, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)


class Machine:
    """A lab with its world; see the module's text."""

    def __init__(self, core: LabCore, people: People, clock: Clock, faults: Faults) -> None:
        self.core = core
        self.people = people
        self.clock = clock
        self.faults = faults
        self.control = Control(core, takeover=True)

    @property
    def alice(self) -> Principal:
        """The owner of the project."""
        return self.people["alice"]

    @property
    def world(self) -> World:
        """What the runtime runs."""
        runtime = self.core.workloads.runtime
        assert isinstance(runtime, DummyRuntime)
        return runtime.world

    async def step(self, times: int = 1) -> None:
        """Let control look so often; a lab that dies in it is started again."""
        for _ in range(times):
            try:
                await self.control.step()
            except Killed:
                await self.kill()

    async def kill(self) -> None:
        """Let the lab die as by kill -9, and a new one begin."""
        self.control = Control(self.core, takeover=True)

    async def job(self, name: str = "train", **spec: object) -> JobRun:
        """Create a job with this spec and start a run."""
        body = JobSpec.model_validate({"command": "true"} | spec)
        await self.core.jobs.create(self.alice, PROJECT, NewJob(name=name, spec=body))
        return await self.core.jobs.run(self.alice, PROJECT, name)

    async def run(self, number: int = 1, name: str = "train") -> JobRun:
        """Return the run as it is now."""
        return await self.core.jobs.get_run(self.alice, PROJECT, name, number)

    async def service(self, name: str = "web", **spec: object) -> Service:
        """Deploy a service that answers without a network unless the spec says otherwise."""
        body = ServiceSpec.model_validate({"command": "serve"} | spec)
        return await self.core.services.create(
            self.alice, PROJECT, NewService(name=name, spec=body)
        )

    async def served(self, name: str = "web") -> Service:
        """Return the service as it is now."""
        return await self.core.services.get(self.alice, PROJECT, name)

    async def workload(self, id: str | None) -> Workload:
        """Return a record that must be there."""
        found = await self.core.workloads.get(id or "")
        assert found is not None
        return found

    async def log(self, id: str | None, offset: int = 0) -> str:
        """Return a workload's log."""
        chunks = [c.data async for c in self.core.workloads.logs(id or "", offset=offset)]
        return b"".join(chunks).decode()

    def starts(self) -> list[str]:
        """Return every start that the world saw, as `id attempt`."""
        return [c.removeprefix("start ") for c in self.world.calls if c.startswith("start ")]


@asynccontextmanager
async def open_machine(folder: Path, **settings: Any) -> AsyncIterator[Machine]:
    """Give a machine on SQLite in `folder` with files in memory."""
    documents = SqliteDocuments(folder / "metadata.sqlite", COLLECTIONS)
    await documents.open()
    clock, faults = Clock(), Faults()
    context = Context(Settings(data_dir=folder, **settings), documents, Files("memory://"), clock)
    core = LabCore(context, FaultyRuntime(World(clock=clock), faults), passwords=cheap_passwords())
    yield Machine(core, await settle(core), clock, faults)
    await documents.close()
