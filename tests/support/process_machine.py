"""A process runtime on a folder, and how to run one command on it: for its tests."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from running_lab import environments_dir

from mllab.model.workloads import WorkloadSpec
from mllab.runtimes.base import Handle, Phase, RuntimeStatus
from mllab.runtimes.process.attempts import Attempt
from mllab.runtimes.process.runtime import ProcessRuntime


class Machine:
    """A folder with a runtime on it; commands are started on it under names of their own."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.runtime = self.open()
        self._count = 0

    def open(self, **options: Any) -> ProcessRuntime:
        """Return one more runtime on the same folder."""
        return ProcessRuntime(self.root, environments_dir(), "lab", **options)

    def spec(self, command: str, **more: Any) -> WorkloadSpec:
        """Return the spec of a job that no other of this machine is."""
        self._count += 1
        name = f"wl_{self._count}"
        facts = {"id": name, "kind": "job", "name": name, "labels": {"lab.namespace": "lab"}}
        return WorkloadSpec.model_validate(facts | {"command": command} | more)

    async def start(
        self, command: str, secrets: dict[str, str] | None = None, **more: Any
    ) -> Handle:
        return await self.runtime.start(self.spec(command, **more), secrets or {})

    async def run(
        self, command: str, secrets: dict[str, str] | None = None, **more: Any
    ) -> tuple[RuntimeStatus, str]:
        """Run to the end; return status and output without the lab's own lines."""
        handle = await self.start(command, secrets, **more)
        return await self.end(handle), await self.output(handle)

    async def end(self, handle: Handle) -> RuntimeStatus:
        await self.until(lambda: self._phase(handle, Phase.EXITED, Phase.LOST))
        return await self.runtime.status(handle)

    async def running(self, handle: Handle) -> None:
        await self.until(lambda: self._phase(handle, Phase.RUNNING))

    async def _phase(self, handle: Handle, *phases: Phase) -> bool:
        return (await self.runtime.status(handle)).phase in phases

    async def output(self, handle: Handle, *, whole: bool = False) -> str:
        text = b"".join([part.data async for part in self.runtime.logs(handle)]).decode()
        lines = text.splitlines(keepends=True)
        return text if whole else "".join(x for x in lines if not x.startswith("[lab] "))

    async def says(self, handle: Handle, text: str) -> None:
        """Wait until it has written `text`."""

        async def said() -> bool:
            return text in await self.output(handle)

        await self.until(said)

    def attempt(self, handle: Handle) -> Attempt:
        return Attempt(self.root / handle["id"] / str(handle["attempt"]))

    @staticmethod
    async def until(condition: Callable[[], Awaitable[bool]], within_s: float = 120) -> None:
        async with asyncio.timeout(within_s):
            while not await condition():  # noqa: ASYNC110 - a real process sets no event
                await asyncio.sleep(0.01)
