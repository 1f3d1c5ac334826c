"""The process runtime: every workload is processes of the lab's own user on this machine.

Needs no daemon and no root. It limits what the system lets it limit; it does not isolate:
all workloads and the lab are one user to the system, so a workload could read another's
files. For people who do not trust each other there are Docker and Kubernetes.
"""

from __future__ import annotations

import asyncio
import errno
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from pathlib import Path
from weakref import WeakValueDictionary

from mllab.errors import (
    BackendFailed,
    Conflict,
    InvalidInput,
    LabError,
    StorageFull,
    Unavailable,
)
from mllab.model.workloads import WorkloadSpec
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
    refuse_incomplete,
)
from mllab.runtimes.process import holdings, processes, state
from mllab.runtimes.process.attempts import Attempt, delete_folder, size_of
from mllab.runtimes.process.endpoints import Endpoints
from mllab.runtimes.process.events import listen
from mllab.runtimes.process.folders import Folders, safe, short_folder
from mllab.runtimes.process.launch import base_python, launch, prewarm
from mllab.runtimes.process.logs import read_output
from mllab.runtimes.process.payloads import Installation, bare_payload, build_payload

_MARGIN_S = 5.0
_REMOVE_GRACE_S = 2.0
_LOOK_S = 0.02


class ProcessRuntime(Runtime):
    """See the module's text.

    `root` holds the workloads, `environments` the cached Python environments (several
    labs of one user may share it), `sockets` Unix sockets; where its path is too long
    for them a private folder in /tmp is taken.
    """

    name = "process"
    # Memory and CPU without cgroups: RLIMIT_DATA for each process, the supervisor's watch
    # for their sum (it looks every 2 s), and CPU affinity.
    capabilities = frozenset({Capability.MEMORY_LIMIT, Capability.CPU_LIMIT})

    def __init__(
        self,
        root: Path,
        environments: Path,
        namespace: str,
        *,
        sockets: Path | None = None,
        log_bytes: int = 32 << 20,
        prepare_timeout_s: float = 1800.0,
    ) -> None:
        root = root.absolute()
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folders = Folders(root, short_folder(sockets or root / ".s", root))
        self._namespace = namespace
        self._installation = Installation(environments.absolute(), log_bytes, prepare_timeout_s)
        self._endpoints = Endpoints()
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def check(self) -> None:
        """Look for /proc, the interpreter, uv and folders that can be written."""
        if sys.platform != "linux":
            raise Unavailable("The process runtime needs Linux; choose another runtime here.")
        if not os.access(base_python(), os.X_OK):
            raise Unavailable(f"The interpreter {base_python()} is gone; install the lab again.")
        await asyncio.to_thread(self._installation.check)
        if not os.access(self._folders.root, os.W_OK):
            raise Unavailable(f"{self._folders.root} cannot be written; mend its owner or mode.")

    async def prewarm(self) -> None:
        """Build the environments that the first workspace and the first job will want.

        Beyond the contract; for the background after a start. Cancelling ends it.

        Raises:
            BackendFailed: they cannot be built now; the first workload will try again.
        """
        await prewarm(await asyncio.to_thread(bare_payload, self._installation))

    def refuse(self, spec: WorkloadSpec) -> None:
        """Refuse what needs a container, and specs that say too little."""
        safe(spec.id)
        if spec.volume is not None:
            safe(spec.volume)
        if spec.image is not None:
            raise InvalidInput(
                f"The process runtime cannot run the image {spec.image!r}: it has no containers. "
                "Leave `image` out and name `requirements`, or run the lab on Docker or Kubernetes."
            )
        if spec.limits.wants_gpus:
            raise InvalidInput(
                "The process runtime cannot give out GPUs. Leave `gpus` out (programs see what "
                "this machine has), or run the lab on Docker or Kubernetes."
            )
        refuse_incomplete(spec)

    async def start(self, spec: WorkloadSpec, secrets: Mapping[str, str]) -> Handle:
        """Start the attempt unless somebody did; returns once its supervisor has it."""
        self.refuse(spec)
        async with self._lock(spec.id):
            return await asyncio.to_thread(self._start, spec, dict(secrets))

    def _lock(self, workload: str) -> asyncio.Lock:
        return self._locks.setdefault(workload, asyncio.Lock())

    def _start(self, spec: WorkloadSpec, secrets: dict[str, str]) -> Handle:
        handle = self._handle(spec)
        attempt = self._folders.of(handle)
        if attempt.claimed():
            return handle
        for number in self._folders.attempts(spec.id):
            if number < spec.attempt - 1:  # the one before may still be read
                self._delete(self._folders.attempt(spec.id, number))
        try:
            attempt.make(spec)
            holdings.note_owner(self._folders, spec)
            payload = build_payload(self._installation, self._folders, spec, secrets)
        except OSError as exc:
            raise _disk_error(spec, exc) from exc
        launch(payload, attempt.folder / "supervisor.log")
        return handle

    def _handle(self, spec: WorkloadSpec) -> Handle:
        run = str(self._folders.run(spec.id, spec.attempt))
        return {"id": spec.id, "attempt": spec.attempt, "volume": spec.volume, "run": run}

    async def status(self, handle: Handle) -> RuntimeStatus:
        """Read what the supervisor wrote, and look whether it lives."""
        return self._folders.of(handle).status()

    def logs(
        self, handle: Handle, *, offset: int = 0, follow: bool = False
    ) -> AsyncIterator[LogPart]:
        """Read the files that the supervisor writes."""
        attempt = self._folders.of(handle)
        return read_output(attempt.log, offset, (lambda: _ended(attempt)) if follow else None)

    async def exec(self, handle: Handle, command: Sequence[str]) -> ExecResult:
        """Run a command with the environment and folder of the main process."""
        pid = self._running(handle)
        if pid is None:
            raise Conflict(f"{handle['id']} does not run now; start it first.")
        return await processes.run_beside(pid, command)

    def _running(self, handle: Handle) -> int | None:
        attempt = self._folders.of(handle)
        written = attempt.written()
        if attempt.supervisor() is None or not written or written["phase"] != Phase.RUNNING:
            return None
        return written["pid"]

    async def stop(self, handle: Handle, grace_s: float) -> None:
        """Let the supervisor end it; what that cannot is killed here."""
        attempt = self._folders.of(handle)
        attempt.forbid()
        if (pid := attempt.supervisor()) is not None:
            state.write_whole(str(attempt.folder / "stop"), f"{grace_s:g}")
            state.send(pid, signal.SIGTERM)
            if not await _wait(lambda: attempt.supervisor() is None, grace_s + _MARGIN_S):
                processes.kill_tree(pid)
                await _wait(lambda: attempt.supervisor() is None, _MARGIN_S)
        await asyncio.to_thread(processes.kill_marked, Path(handle["run"]).name)
        # Sockets that nobody listens on, and what Jupyter wrote about itself, token included.
        await asyncio.to_thread(delete_folder, Path(handle["run"]))

    async def remove(self, handle: Handle, *, volume: bool = False) -> None:
        """Stop it, then delete this attempt's folder and those before it."""
        await self.stop(handle, _REMOVE_GRACE_S)
        async with self._lock(handle["id"]):
            await asyncio.to_thread(self._remove, handle)
        if volume and handle["volume"]:
            await asyncio.to_thread(self._remove_volume, handle["volume"])
        self._endpoints.forget(handle)

    def _remove(self, handle: Handle) -> None:
        for number in self._folders.attempts(handle["id"]):
            if number <= handle["attempt"]:
                self._delete(self._folders.attempt(handle["id"], number))
        try:
            (self._folders.root / handle["id"]).rmdir()
        except OSError:
            pass  # gone already, or a newer attempt is in there

    def _remove_volume(self, name: str) -> None:
        delete_folder(self._folders.volume(name))
        holdings.forget_owner(self._folders, name)

    def _delete(self, attempt: Attempt) -> None:
        run = self._folders.run(attempt.folder.parent.name, int(attempt.folder.name))
        delete_folder(run)
        attempt.delete()

    def _list(self) -> list[Listed]:
        found = []
        for workload in self._folders.workloads():
            for number in self._folders.attempts(workload)[-1:]:
                spec = self._folders.attempt(workload, number).spec()
                if spec and spec.labels.get("lab.namespace") == self._namespace:
                    found.append(Listed(spec.id, number, spec.labels, self._handle(spec)))
        return found

    async def list(self) -> list[Listed]:
        """Read the folders."""
        return await asyncio.to_thread(self._list)

    async def held(self) -> Sequence[Held]:
        """Look through the folders."""
        return await asyncio.to_thread(holdings.held, self._folders, self._namespace)

    async def discard(self, thing: Held) -> None:
        """End it if it runs, and delete its folder."""
        if thing.kind == "volume":
            await asyncio.to_thread(self._remove_volume, thing.name)
            return
        for number in self._folders.attempts(thing.name)[-1:]:
            run = str(self._folders.run(thing.name, number))
            await self.remove({"id": thing.name, "attempt": number, "volume": None, "run": run})
        await asyncio.to_thread(delete_folder, self._folders.root / safe(thing.name))

    async def endpoint(self, handle: Handle, port: int) -> Endpoint | None:
        """Look for a listener that belongs to the workload."""
        return self._endpoints.find(self._folders.of(handle), handle, port)

    async def usage(self, handle: Handle) -> Usage | None:
        """Sum over the supervisor and all below it."""
        pid = self._folders.of(handle).supervisor()
        return None if pid is None else await asyncio.to_thread(processes.usage, pid)

    async def written_bytes(self, handle: Handle) -> int | None:
        """Sum up the attempt's folder."""
        folder = self._folders.of(handle).folder
        return await asyncio.to_thread(size_of, folder) if folder.exists() else None

    async def storage(self) -> Sequence[Path]:
        """Return the folder of all workloads."""
        return [self._folders.root]

    async def events(self) -> AsyncIterator[RuntimeEvent]:
        """Pass on what supervisors say."""
        async for workload in listen(self._folders.listeners):
            yield RuntimeEvent(workload)

    async def close(self) -> None:
        """Do nothing: no connection is open, and workloads live on."""


def _disk_error(spec: WorkloadSpec, exc: OSError) -> LabError:
    if exc.errno in (errno.ENOSPC, errno.EDQUOT):
        return StorageFull(f"The disk is full: {spec.name} cannot start. Free some space.")
    return BackendFailed(f"The folder of {spec.name} cannot be made: {exc}")


def _ended(attempt: Attempt) -> bool:
    return attempt.status().phase in (Phase.EXITED, Phase.LOST)


async def _wait(done: Callable[[], bool], most_s: float) -> bool:
    """Tell whether `done` came true within the time."""
    loop = asyncio.get_running_loop()
    end = loop.time() + most_s
    while not done():
        if loop.time() >= end:
            return False
        await asyncio.sleep(_LOOK_S)
    return True
