"""Images: which ones may run, whether they are there, and how far a pull is.

One pull per image at a time, whoever waits for it; it goes on in the background while the
lab runs, and is begun anew by the next one.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from mllab.errors import InvalidInput, Unavailable
from mllab.runtimes.docker.engine import Engine, Gone, Refused, asking

Json = dict[str, Any]
_MANY = 10_000
_LOST = ("manifest unknown", "not found", "does not exist", "denied")
_NAME = re.compile(r"[a-z0-9][a-z0-9._/:@-]{0,254}(?i:[a-z0-9._-]{0,255})")


class Pull:
    """One pull: how far it is, and how it ended."""

    def __init__(self) -> None:
        self.task: asyncio.Task[None] | None = None
        self.asked_by: set[str] = set()
        self._layers: dict[str, tuple[int, int]] = {}

    def note(self, line: Mapping[str, Any]) -> None:
        """Take one line of the Engine's report."""
        detail = line.get("progressDetail") or {}
        layer = str(line.get("id", ""))
        if line.get("status") == "Downloading" and detail.get("total"):
            self._layers[layer] = (int(detail["current"]), int(detail["total"]))
        elif line.get("status") in {"Download complete", "Pull complete"} and layer in self._layers:
            total = self._layers[layer][1]
            self._layers[layer] = (total, total)

    def progress(self) -> str:
        """Return how much of what is known to come has come."""
        total = sum(each[1] for each in self._layers.values())
        if not total:
            return ""
        done = sum(each[0] for each in self._layers.values())
        return f": {100 * done // total} % of {max(1, total >> 20)} MiB"


class Images:
    """Images of one Engine, under one lab's rules.

    `allowed` are patterns (`mllab/*`), empty for any image; `policy` says when to pull:
    `missing`, `always` (each time something starts) or `never`.
    """

    def __init__(self, engine: Engine, allowed: Sequence[str], policy: str) -> None:
        self._engine = engine
        self._allowed = allowed
        self._policy = policy
        self._pulls: dict[str, Pull] = {}
        self._served: set[str] = set()

    def refuse(self, image: str) -> None:
        """Raise `InvalidInput` for an image that may not run in this lab."""
        if not _NAME.fullmatch(image):
            raise InvalidInput(f"{image!r} is no image. Write it like python:3.12 or host/a:b.")
        if self._allowed and not any(fnmatchcase(image, each) for each in self._allowed):
            raise InvalidInput(
                f"This lab does not run the image {image!r}. It allows: "
                f"{', '.join(self._allowed)} (LAB_ALLOWED_IMAGES)."
            )

    async def prepare(self, image: str, start: str) -> str:
        """Return "" when the image is there, else what is awaited; begin a pull if need be.

        `start` names the start that asks: policy `always` pulls once for each.

        Raises:
            InvalidInput: there is no such image.
            Unavailable: the registry cannot be reached now.
        """
        pull = self._pulls.get(image)
        if pull is None:
            if await self._is_there(image) and (self._policy != "always" or start in self._served):
                return ""
            if self._policy == "never":
                raise InvalidInput(
                    f"The image {image!r} is not on this machine, and the lab may not pull it "
                    "(LAB_PULL_POLICY=never). Load it with `docker load` or `docker pull`."
                )
            pull = self._pulls[image] = Pull()
            pull.task = asyncio.create_task(self._pull(image, pull))
        pull.asked_by.add(start)
        if pull.task is None or not pull.task.done():
            return f"pulling image {image}{pull.progress()}"
        del self._pulls[image]
        kept = self._served if len(self._served) < _MANY else set()
        self._served = kept | pull.asked_by
        pull.task.result()
        return ""

    async def close(self) -> None:
        """Give pulls up; the next lab begins them anew."""
        tasks = [pull.task for pull in self._pulls.values() if pull.task]
        self._pulls.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _is_there(self, image: str) -> bool:
        try:
            with asking(f"look for image {image}"):
                await self._engine.client.images.inspect(image)
        except Gone:
            return False
        return True

    async def _pull(self, image: str, pull: Pull) -> None:
        try:
            with asking(f"pull image {image}"):
                async for line in self._engine.client.images.pull(image, stream=True):
                    pull.note(line)
        except Refused as exc:
            raise _explained(image, exc) from exc


def _explained(image: str, fault: Refused) -> InvalidInput | Unavailable:
    text = fault.message.rpartition(": cannot ")[0] or fault.message
    lost = any(mark in text for mark in _LOST)
    if isinstance(fault, Gone) or lost:
        return InvalidInput(
            f"The image {image!r} cannot be had: there is none of that name, or it needs a "
            f"sign-in. Docker says: {text}"
        )
    return Unavailable(f"The image {image!r} cannot be pulled now. Docker says: {text}")
