"""The Engine's API as this room asks it: one client, its faults as the lab's errors.

Knows HTTP and aiodocker, nothing of workloads.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any

import aiodocker
import aiohttp
from aiodocker.containers import DockerContainer
from aiodocker.exceptions import DockerError
from aiodocker.multiplexed import MultiplexedResult
from aiodocker.volumes import DockerVolume

from mllab.errors import BackendFailed, LabError, Unavailable

Json = dict[str, Any]

log = logging.getLogger("mllab.runtimes")

CONFLICT = 409
_GOING = {"removing", "dead"}
_NOT_FOUND = 404
_NO_ANSWER = 900
"""What the client calls the status when it could not connect."""
_LONGEST_S = 120.0
_FOREVER = aiohttp.ClientTimeout(total=None, sock_read=None, sock_connect=10.0)


class Refused(BackendFailed):
    """The Engine said no; `answer` is its HTTP status."""

    def __init__(self, message: str, answer: int) -> None:
        super().__init__(message)
        self.answer = answer


class Gone(Refused):
    """The Engine knows no such thing, or not any more."""


@contextmanager
def asking(what: str) -> Iterator[None]:
    """Turn faults of the client into the lab's errors; `what` says what was tried.

    Raises:
        Gone: the Engine does not know what was asked for.
        Refused: it answered with another error.
        Unavailable: it did not answer.
    """
    try:
        yield
    except DockerError as exc:
        if exc.status == _NO_ANSWER:
            raise _away(what) from exc
        kind = Gone if exc.status == _NOT_FOUND else Refused
        raise kind(f"Docker cannot {what}: {exc.message}", exc.status) from exc
    except (aiohttp.ClientError, OSError, TimeoutError) as exc:
        raise _away(what) from exc


def _away(what: str) -> Unavailable:
    return Unavailable(
        f"Docker does not answer: cannot {what}. "
        "Start the Docker Engine, or name its socket with DOCKER_HOST."
    )


class Engine:
    """One Docker Engine; opened on first use, as the client needs a running loop."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._client: aiodocker.Docker | None = None
        self._connector: aiohttp.UnixConnector | None = None

    @property
    def client(self) -> aiodocker.Docker:
        """The client itself; wrap what is asked of it in `asking`."""
        if self._client is None:
            timeout = aiohttp.ClientTimeout(total=_LONGEST_S, sock_connect=10.0)
            if self.address.startswith("unix://"):
                # No limit: each followed log and each stop holds a connection for long.
                path = self.address.removeprefix("unix://")
                self._connector = aiohttp.UnixConnector(path, limit=0)
                self._client = aiodocker.Docker(
                    "unix://localhost", connector=self._connector, timeout=timeout
                )
            else:
                self._client = aiodocker.Docker(self.address, timeout=timeout)
        return self._client

    async def close(self) -> None:
        """Close all connections. Repeatable."""
        client, self._client = self._client, None
        connector, self._connector = self._connector, None
        if client is not None:
            await client.close()
        if connector is not None:
            await connector.close()
            await asyncio.sleep(0)  # what it closed is gone one turn of the loop later

    async def is_ending(self) -> bool:
        """Tell whether it takes no new connection: to its end it serves those that it has."""
        fresh = Engine(self.address)
        try:
            with asking("tell its version"):
                await fresh.client.version()
        except LabError:
            return True
        finally:
            await fresh.close()
        return False

    async def info(self) -> Json:
        """Return what the Engine says of itself and its machine."""
        with asking("tell about itself"):
            return dict(await self.client.system.info())

    def container(self, id: str) -> DockerContainer:
        """Return a container by id or name, without asking for it."""
        return self.client.containers.container(id)

    async def inspect(self, id: str) -> Json | None:
        """Return all about a container by id or name, None if there is none."""
        try:
            with asking(f"look at container {id}"):
                return await self.container(id).show()
        except Gone:
            return None

    async def written_bytes(self, id: str) -> int | None:
        """Return the size of a container's own layer; the Engine walks through its files."""
        try:
            with asking(f"measure the files of container {id}"):
                found = await self.container(id).show(size=1)
        except Gone:
            return None
        return int(found.get("SizeRw") or 0)

    async def containers(self, labels: Mapping[str, str]) -> Sequence[Json]:
        """Return a short form of all containers with these labels, ended ones too."""
        with asking("list containers"):
            found = await self.client.containers.list(
                all=1, filters=json.dumps({"label": [f"{k}={v}" for k, v in labels.items()]})
            )
            return [each._container for each in found]  # it has no public name

    async def stop_container(self, id: str, grace_s: float) -> None:
        """End a container: SIGTERM, after `grace_s` seconds SIGKILL. Waits. Repeatable."""
        with suppress(Gone), asking(f"stop {id}"):
            await self.container(id).stop(t=round(grace_s))

    async def remove_container(self, id: str, *, force: bool = True) -> None:
        """Delete a container with its anonymous volumes, killed first if `force`. Repeatable.

        One that Docker fails to delete is dead: it never runs again, only loses its name here,
        and is left to `docker rm`. A mount that a killed Engine left is enough for that.

        Raises:
            Refused: it runs, and `force` is not set.
        """
        try:
            with asking(f"remove container {id}"):
                await self.container(id).delete(force=force, v=True)
        except Gone:
            return
        except Refused as exc:
            found = await self.inspect(id)
            if found is not None and found["State"]["Status"] not in _GOING:
                raise
            with asking(f"remove container {id}"):
                await self._gone(id, exc.message)

    async def _gone(self, id: str, why: str) -> None:
        async with asyncio.timeout(_LONGEST_S):
            while (found := await self.inspect(id)) is not None:
                if found["State"]["Status"] == "dead":
                    log.warning("container %s stays, dead: %s", id, why)
                    await self.release_name(found)
                    return
                await asyncio.sleep(0.05)

    async def release_name(self, found: Json) -> None:
        """Give the name of a container that is dead, or being removed, free for another."""
        name, mark = found["Name"].removeprefix("/"), f"-{found['Id'][:12]}"
        if not name.endswith(mark):
            with suppress(Gone), asking(f"rename container {name}"):
                await self.container(found["Id"]).rename(f"{name}{mark}")

    async def put(self, id: str, archive: bytes) -> None:
        """Unpack a tar archive at a container's root."""
        with asking(f"put files into container {id}"):
            await self.container(id).put_archive("/", archive)  # type: ignore[no-untyped-call]

    async def volumes(self, labels: Mapping[str, str]) -> Sequence[Json]:
        """Return all volumes with these labels."""
        wanted = {"label": [f"{k}={v}" for k, v in labels.items()]}
        with asking("list volumes"):
            found = await self.client.volumes.list(filters=wanted)  # type: ignore[no-untyped-call]
        return found["Volumes"] or []

    async def remove_volume(self, name: str) -> bool:
        """Remove a volume; False if there was none."""
        volume = DockerVolume(self.client, name)  # type: ignore[no-untyped-call]
        try:
            with asking(f"remove volume {name}"):
                await volume.delete()  # type: ignore[no-untyped-call]
        except Gone:
            return False
        return True

    async def stats(self, id: str) -> Json:
        """Return one measurement of a running container, without waiting for a second one."""
        query = {"stream": "false", "one-shot": "true"}
        async with self._asked(f"measure container {id}", f"containers/{id}/stats", query) as got:
            found: Json = await got.json()
            return found

    async def frames(
        self, id: str, *, since: str = "0", tail: int | None = None
    ) -> AsyncGenerator[bytes]:
        """Return a container's output, each line or part of one after its time and a space.

        Of its last `tail` lines if that is given. From its own bytes: the client's method for
        logs decodes them as text.
        """
        query = {"stdout": "1", "stderr": "1", "timestamps": "1", "since": since}
        query["tail"] = "all" if tail is None else str(tail)
        path = f"containers/{id}/logs"
        async with self._asked(f"read the log of container {id}", path, query) as answer:
            frames = MultiplexedResult(answer, raw=False)  # type: ignore[no-untyped-call]
            async for frame in frames:
                yield frame

    async def events(self, filters: Mapping[str, Sequence[str]]) -> AsyncGenerator[Json]:
        """Return the Engine's events as they come; ends or raises when the Engine goes away."""
        query = {"filters": json.dumps(filters)}
        async with self._asked("tell of events", "events", query) as answer:
            yield {}  # it listens from here on
            async for line in answer.content:
                yield json.loads(line)

    @asynccontextmanager
    async def _asked(
        self, what: str, path: str, query: dict[str, str]
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """Ask what the client has no fitting method for; the answer's connection ends with it."""
        with asking(what):
            async with self.client._query(path, params=query, timeout=_FOREVER) as answer:
                try:
                    yield answer
                finally:
                    answer.close()

    async def run_inside(self, id: str, command: Sequence[str]) -> tuple[int, bytes]:
        """Run a command in a container and return its exit code and all that it wrote."""
        with asking(f"run a command in container {id}"):
            started = await self.container(id).exec(list(command), stdin=False)
            output = bytearray()
            async with started.start(detach=False) as stream:
                while (message := await stream.read_out()) is not None:
                    output += message.data
            code = (await started.inspect())["ExitCode"]
        return int(code or 0), bytes(output)
