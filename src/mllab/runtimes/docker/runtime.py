"""The Docker runtime: every workload is a container, a network per project between them.

Keeps nothing of its own: what runs is asked of the Engine by labels, so a lab that was
killed finds all again. Control is the only one who starts; the Engine restarts nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager, suppress
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

from mllab.errors import Conflict, InvalidInput, LabError, Unavailable
from mllab.model.workloads import WorkloadSpec
from mllab.runtimes.base import (
    Capability,
    Door,
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
from mllab.runtimes.docker import holdings, looks
from mllab.runtimes.docker.bodies import ATTEMPT, LAB_HOST
from mllab.runtimes.docker.engine import Engine, Refused, asking
from mllab.runtimes.docker.images import Images
from mllab.runtimes.docker.logs import Logs
from mllab.runtimes.docker.networks import Networks
from mllab.runtimes.docker.registries import SignIns
from mllab.runtimes.docker.starting import TOKEN, DockerOptions, Starter, handle_of
from mllab.runtimes.inside.telling import NOT_PREPARED

Json = dict[str, Any]
_REMOVE_GRACE_S = 2.0
_OLDEST_API = (1, 41)
_AT_ONCE = 8
"""Starts that the Engine is asked for at one time: more only wait for each other in it."""
_PAUSE_S = 1.0
_UNUSABLE = {"created", "removing", "dead"}


class DockerRuntime(Runtime):
    """See the module's text."""

    name = "docker"
    capabilities = frozenset(
        {
            Capability.IMAGES,
            Capability.MEMORY_LIMIT,
            Capability.CPU_LIMIT,
            Capability.ISOLATION,
        }
    )

    def __init__(self, options: DockerOptions) -> None:
        self._options = options
        self._engine = Engine(options.address)
        self._sign_ins = SignIns(options.sign_ins)
        self._images = Images(
            self._engine,
            options.allowed_images,
            options.pull_policy,
            self._sign_ins,
            options.patience,
        )
        self._networks = Networks(
            self._engine, options.namespace, options.pool, options.prefix, options.container
        )
        self._starter = Starter(self._engine, self._networks, options)
        self._logs = Logs(self._engine, options.marks)
        self._starting = asyncio.Semaphore(_AT_ONCE)
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._cores = 0
        """Of the Engine's machine, 0 while that is not known."""
        self._stopped: set[str] = set()
        """Containers that were ended here: the Engine does not tell who sent a signal."""

    async def check(self) -> None:
        """Ask the Engine for its version and its machine's GPUs; read the file of sign-ins."""
        with asking("tell its version"):
            version = await self._engine.client.version()
        api = tuple(int(part) for part in version["ApiVersion"].split("."))
        if api < _OLDEST_API:
            raise Unavailable(
                f"Docker Engine {version['Version']} is too old; the lab needs 20.10 or newer."
            )
        await asyncio.to_thread(self._sign_ins.check)
        info = await self._engine.info()
        self._cores = int(info.get("NCPU") or 0)
        if looks.gives_gpus(info):
            self.capabilities = self.capabilities | {Capability.GPUS}

    async def door(self) -> Door:
        """Return this machine's address on the core network, or all of the lab's container."""
        if self._options.container is not None:
            return Door("0.0.0.0", LAB_HOST)  # noqa: S104 - inside its own container
        return Door(await self._networks.core_address(), LAB_HOST)

    def refuse(self, spec: WorkloadSpec) -> None:
        """Refuse images and GPUs that cannot be, and specs that say too little."""
        self._images.refuse(self._options.image_of(spec))
        if spec.limits.wants_gpus and Capability.GPUS not in self.capabilities:
            raise InvalidInput(
                "This lab's machine has no GPUs that Docker can give out. Leave `gpus` out, or "
                "install the GPU's container toolkit and start the lab again."
            )
        if self._cores and (spec.limits.cpu_cores or 0) > self._cores:
            raise InvalidInput(
                f"{spec.limits.cpu_cores:g} CPU cores are more than Docker's machine has. "
                f"Ask for {self._cores} at most."
            )
        refuse_incomplete(spec)

    async def prepare(self, spec: WorkloadSpec) -> str:
        """Have the image pulled."""
        self.refuse(spec)
        async with self._while_it_lives():
            return await self._images.prepare(
                self._options.image_of(spec), f"{spec.id}/{spec.attempt}"
            )

    async def start(self, spec: WorkloadSpec, secrets: Mapping[str, str]) -> Handle:
        """Create the container under its name, which only one can, and start it."""
        self.refuse(spec)
        lock = self._locks.setdefault(spec.id, asyncio.Lock())
        async with lock, self._starting, self._while_it_lives():
            return await self._starter.start(spec, secrets)

    @asynccontextmanager
    async def _while_it_lives(self) -> AsyncIterator[None]:
        """Take what an Engine complains of while it ends as nothing but its being away."""
        try:
            yield
        except LabError as exc:
            if exc.retryable or not await self._engine.is_ending():
                raise
            raise Unavailable(f"The Docker Engine ends just now. {exc.message}") from exc

    async def _find(self, handle: Handle) -> Json | None:
        """Return the attempt's container, whatever else may have its name by now."""
        found = await self._engine.inspect(handle["name"])
        if found is None:
            return None
        labels = found["Config"]["Labels"] or {}
        mine = labels.get("lab.workload") == handle["id"]
        return found if mine and labels.get(ATTEMPT) == str(handle["attempt"]) else None

    async def status(self, handle: Handle) -> RuntimeStatus:
        """Look at the container."""
        found = await self._find(handle)
        if found is None:
            return RuntimeStatus(Phase.LOST, "its container is gone")
        words = ""
        if found["State"]["Status"] == "exited" and found["State"]["ExitCode"] == NOT_PREPARED:
            words = looks.last_words_of(await self._tail(found["Id"]))
        return looks.status_of(found, stopped=found["Id"] in self._stopped, last_words=words)

    async def _tail(self, id: str) -> bytes:
        return b"".join([part.data async for part in self._logs.read(id, 0, follow=False)])[-4096:]

    async def logs(
        self, handle: Handle, *, offset: int = 0, follow: bool = False
    ) -> AsyncIterator[LogPart]:
        """Read what the Engine kept."""
        found = await self._find(handle)
        if found is None:
            return
        async with aclosing(self._logs.read(found["Id"], offset, follow=follow)) as parts:
            async for part in parts:
                yield part

    async def exec(self, handle: Handle, command: Sequence[str]) -> ExecResult:
        """Run a command in the container."""
        found = await self._find(handle)
        if found is None or not found["State"]["Running"]:
            raise Conflict(f"{handle['id']} does not run now; start it first.")
        code, output = await self._engine.run_inside(found["Id"], command)
        return ExecResult(code, output)

    async def stop(self, handle: Handle, grace_s: float) -> None:
        """Have the Engine end it; what is not started yet is removed."""
        found = await self._find(handle)
        if found is not None:
            await self._stop(found, grace_s)

    async def _stop(self, container: Json, grace_s: float) -> None:
        id = container["Id"]
        if container["State"]["Status"] == "created":
            await self._engine.remove_container(id)
        elif container["State"]["Running"]:
            self._stopped.add(id)
            await self._engine.stop_container(id, grace_s)

    async def remove(self, handle: Handle, *, volume: bool = False) -> None:
        """Stop it, then delete its container, and its volume and own network if asked."""
        found = await self._find(handle)
        if found is not None:
            await self._stop(found, _REMOVE_GRACE_S)
            await self._engine.remove_container(found["Id"])
            self._stopped.discard(found["Id"])
            self._logs.forget(found["Id"])
        if volume and handle["volume"]:
            await self._engine.remove_volume(handle["volume"])
            await self._networks.remove({"lab.user": handle["user"]})

    async def clear(self, project: str) -> list[str]:
        """Remove the project's network and its cached environments."""
        labels = {"lab.project": project}
        volume = self._starter.cache_of(labels)
        gone = [await self._networks.remove(labels)]
        gone += [volume] if await self._engine.remove_volume(volume) else []
        return [name for name in gone if name]

    async def list(self) -> list[Listed]:
        """Ask the Engine; what never started, or can be no more, is left to `start`."""
        newest: dict[str, Listed] = {}
        for each in await self._engine.containers({"lab.namespace": self._options.namespace}):
            labels = each["Labels"]
            if each["State"] in _UNUSABLE or ATTEMPT not in labels:
                continue
            handle = handle_of(each["Names"][0].removeprefix("/"), labels)
            listed = Listed(handle["id"], handle["attempt"], labels, handle)
            other = newest.get(listed.workload_id)
            if other is None or other.attempt < listed.attempt:
                newest[listed.workload_id] = listed
        return list(newest.values())

    async def held(self) -> Sequence[Held]:
        """Ask the Engine for containers, networks and volumes."""
        return await holdings.held(self._engine, self._networks, self._options.namespace)

    async def discard(self, thing: Held) -> None:
        """Have the Engine remove it."""
        await holdings.discard(self._engine, self._networks, thing)

    async def endpoint(self, handle: Handle, port: int) -> Endpoint | None:
        """Return the container's address on its network."""
        found = await self._find(handle)
        if found is None or not found["State"]["Running"] or port not in handle["ports"]:
            return None
        networks = found["NetworkSettings"]["Networks"].values()
        address = next((each["IPAddress"] for each in networks if each["IPAddress"]), None)
        if address is None:
            return None
        workspace = found["Config"]["Labels"].get("lab.feature.type") == "workspace"
        token = _variable(found, TOKEN) if workspace else None
        return Endpoint(f"{address}:{port}", {"Authorization": f"token {token}"} if token else {})

    async def usage(self, handle: Handle) -> Usage | None:
        """Measure the container."""
        found = await self._find(handle)
        if found is None or not found["State"]["Running"]:
            return None
        return looks.usage_of(await self._engine.stats(found["Id"]))

    async def written_bytes(self, handle: Handle) -> int | None:
        """Measure the container's own layer."""
        found = await self._find(handle)
        return None if found is None else await self._engine.written_bytes(found["Id"])

    async def tend(self) -> None:
        """Leave marks in the output of what runs, while it is there to be counted."""
        found = await self._engine.containers({"lab.namespace": self._options.namespace})
        await asyncio.to_thread(self._logs.keep_only, [each["Id"] for each in found])
        for each in found:
            if each["State"] == "running":
                await self._logs.count(each["Id"])

    async def storage(self) -> Sequence[Path]:
        """Return the Engine's folder where this machine has it; a lab in a container has not."""
        folder = Path((await self._engine.info())["DockerRootDir"])
        local = self._options.container is None and self._engine.address.startswith("unix:")
        return [folder] if local and await asyncio.to_thread(folder.is_dir) else []

    async def events(self) -> AsyncIterator[RuntimeEvent]:
        """Pass on what the Engine says; after a break anything may have happened."""
        filters = {
            "type": ["container"],
            "event": ["start", "die", "oom", "destroy", "pause", "unpause"],
            "label": [f"lab.namespace={self._options.namespace}"],
        }
        while True:
            with suppress(Refused, Unavailable):
                async with aclosing(self._engine.events(filters)) as events:
                    async for event in events:
                        if not event:
                            yield RuntimeEvent(None)
                        elif workload := event["Actor"]["Attributes"].get("lab.workload"):
                            yield RuntimeEvent(workload)
            await asyncio.sleep(_PAUSE_S)

    async def close(self) -> None:
        """Close the connections; containers live on."""
        await self._images.close()
        await self._engine.close()


def _variable(container: Json, name: str) -> str | None:
    for line in container["Config"]["Env"] or []:
        key, _, value = line.partition("=")
        if key == name:
            return str(value)
    return None
