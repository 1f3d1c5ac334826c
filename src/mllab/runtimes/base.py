"""The contract of a runtime: start, watch and end workloads. It knows no users or rules.

Order of a workload's life: `refuse` (may it run here?) -> `prepare` until nothing is awaited
-> `start` -> any number of `status`, `logs`, `exec`, `endpoint` -> `stop` -> `remove`. After a
restart of the lab `list` finds everything again by its labels. What every runtime owes:

- `start` is keyed by (spec.id, spec.attempt): calling it again never starts a second
  time, it returns the handle of the first, even if the first call died half-way.
- `stop` and `remove` succeed when the thing is already gone.
- A workload lives on when the lab dies, and is found again.
- A handle is JSON; another lab process on the same data can use it.
- All methods may be called concurrently, for one workload too.
- Secrets reach the workload as variables and stand in no label, argument, log or handle.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, ClassVar

from mllab.errors import InvalidInput
from mllab.model.workloads import Program, WorkloadSpec

Handle = dict[str, Any]


class Capability(StrEnum):
    """What a runtime can do beyond the contract; core refuses what is not there."""

    IMAGES = "images"
    GPUS = "gpus"
    MEMORY_LIMIT = "memory-limit"
    CPU_LIMIT = "cpu-limit"
    ISOLATION = "isolation"


class Phase(StrEnum):
    """Where an attempt is: `preparing` (code, environment), `running`, `exited`, `lost`.

    `lost` means that it ran or may have run, and neither it nor its end can be found.
    """

    PREPARING = "preparing"
    RUNNING = "running"
    EXITED = "exited"
    LOST = "lost"


@dataclass(frozen=True)
class RuntimeStatus:
    """A look at an attempt; `reason` is a sentence for people ("installing 12 packages")."""

    phase: Phase
    reason: str = ""
    exit_code: int | None = None
    """As a shell gives it: 128 + signal number when a signal ended it."""
    started_at: datetime | None = None
    """When what it runs began, seen or not; before that, when the attempt did."""
    finished_at: datetime | None = None


@dataclass(frozen=True)
class Endpoint:
    """Where a port of a workload is reached, by the gateway only.

    `address` is `host:port` or `unix:/absolute/path.sock`; `headers` are added to every
    request that the gateway passes on (the workload's own secret).
    """

    address: str
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class LogPart:
    """A piece of an attempt's output that begins at byte `offset`."""

    offset: int
    data: bytes

    @property
    def end(self) -> int:
        """The offset of what follows."""
        return self.offset + len(self.data)


@dataclass(frozen=True)
class Usage:
    """What a workload uses now."""

    memory_bytes: int
    cpu_seconds: float


@dataclass(frozen=True)
class ExecResult:
    """What a command inside a workload gave."""

    exit_code: int
    output: bytes


@dataclass(frozen=True)
class Listed:
    """One workload that the runtime holds, found by its labels."""

    workload_id: str
    attempt: int
    labels: Mapping[str, str]
    handle: Handle


@dataclass(frozen=True)
class Held:
    """A thing that a runtime keeps for its lab: a container, network, volume or folder."""

    kind: str
    name: str
    labels: Mapping[str, str]
    made_at: datetime | None = None
    running: bool = False


@dataclass(frozen=True)
class RuntimeEvent:
    """Something changed on an attempt: look at its status. Events may be lost or doubled.

    `workload_id` None: what happened to anyone until now is unknown, so look at all.
    """

    workload_id: str | None


@dataclass(frozen=True)
class Door:
    """Where workloads find the lab: `listen` is the address of this machine (or container) on
    which the lab listens for them, `host` the name or address by which they know it.
    """

    listen: str = "127.0.0.1"
    host: str = "127.0.0.1"


class Runtime(ABC):
    """A runtime; see the module's text for what holds for all methods."""

    name: ClassVar[str]
    capabilities: frozenset[Capability]

    @abstractmethod
    async def check(self) -> None:
        """Raise `Unavailable` with the next step if this runtime cannot be used now."""

    @abstractmethod
    def refuse(self, spec: WorkloadSpec) -> None:
        """Raise `InvalidInput` if this runtime can never run `spec`; say what to do."""

    async def door(self) -> Door:
        """Return where workloads find the lab, made ready if need be; the same after a restart."""
        return Door()

    async def prepare(self, spec: WorkloadSpec) -> str:
        """Bring about what `start` needs (an image); return at once what is awaited, "" if nothing.

        The sentence is for people ("pulling image python:3: 40 %"). Call it again to know more.

        Raises:
            InvalidInput: it can never be had; the message says why and what to do.
            Unavailable: not now; trying again may do.
        """
        return ""

    @abstractmethod
    async def start(self, spec: WorkloadSpec, secrets: Mapping[str, str]) -> Handle:
        """Start the attempt and return at once; `secrets` are further variables."""

    @abstractmethod
    async def status(self, handle: Handle) -> RuntimeStatus:
        """Look at the attempt."""

    @abstractmethod
    def logs(
        self, handle: Handle, *, offset: int = 0, follow: bool = False
    ) -> AsyncIterator[LogPart]:
        """Return output (stdout and stderr, in order) from byte `offset` on.

        Offsets count from the first byte ever written. What rotation dropped is left out; a
        line in square brackets says so, in place of its last bytes. With `follow` it goes on
        until the attempt has ended and all was sent. The caller closes the iterator. A removed
        attempt has no logs: it ends at once.
        """

    @abstractmethod
    async def exec(self, handle: Handle, command: Sequence[str]) -> ExecResult:
        """Run a command beside the workload, with its environment and folder."""

    @abstractmethod
    async def stop(self, handle: Handle, grace_s: float) -> None:
        """End it and all its children: SIGTERM, after `grace_s` seconds SIGKILL. Waits."""

    @abstractmethod
    async def remove(self, handle: Handle, *, volume: bool = False) -> None:
        """Stop if it runs, then forget it, its logs and working folder.

        A named volume stays but with `volume=True`.
        """

    async def clear(self, project: str) -> Sequence[str]:
        """Remove what is the project's and no workload's (network, caches); return the names.

        Its workloads are gone before. Repeatable.
        """
        return []

    @abstractmethod
    async def list(self) -> list[Listed]:
        """Return the newest attempt of everything that carries this lab's labels."""

    @abstractmethod
    async def held(self) -> Sequence[Held]:
        """Return everything that carries this lab's labels, what uses others before these."""

    @abstractmethod
    async def discard(self, thing: Held) -> None:
        """End and remove a thing that nobody owns, with its data. Repeatable.

        Raises:
            LabError: not now, as something uses it.
        """

    @abstractmethod
    async def endpoint(self, handle: Handle, port: int) -> Endpoint | None:
        """Return where declared `port` is reached; None if it is not there (yet)."""

    @abstractmethod
    async def usage(self, handle: Handle) -> Usage | None:
        """Return what it uses now, None when it does not run."""

    async def written_bytes(self, handle: Handle) -> int | None:
        """Return how much it keeps on disk beside its volumes, None when that is not known.

        Costly, as somebody walks through its files: ask rarely.
        """
        return None

    async def tend(self) -> None:
        """Look after what needs it while the lab runs; control calls it twice a minute."""
        return

    async def storage(self) -> Sequence[Path]:
        """Return folders of this machine on whose disks it keeps what workloads write."""
        return []

    @abstractmethod
    def events(self) -> AsyncIterator[RuntimeEvent]:
        """Return changes as they happen; control polls beside it, as a net."""

    @abstractmethod
    async def close(self) -> None:
        """Let go without stopping anything; repeatable."""


def note_of_dropped(begin: int, end: int) -> LogPart:
    """Return a line that says that bytes `begin` to `end` were dropped; it stands at their end."""
    text = f"[{end - begin} bytes before this were dropped]\n".encode()
    if len(text) > end - begin:
        text = b"\n" * (end - begin)
    return LogPart(end - len(text), text)


def owner_of(labels: Mapping[str, str]) -> dict[str, str]:
    """Return the labels of what outlives a workload: its project's, of no user, or its user's."""
    whose = "lab.project" if "lab.project" in labels else "lab.user"
    return {n: labels[n] for n in ("lab.namespace", whose, "lab.version") if n in labels}


def refuse_incomplete(spec: WorkloadSpec) -> None:
    """Raise `InvalidInput` for a spec that does not say what to run, wherever it would."""
    if spec.program is Program.COMMAND and not spec.command:
        raise InvalidInput(f"{spec.name} has no command; say what it shall run.")
    if spec.program is Program.MODEL_SERVER and not spec.model_uri:
        raise InvalidInput(f"{spec.name} names no model; say which one it shall serve.")
