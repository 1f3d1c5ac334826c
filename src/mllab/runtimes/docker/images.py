"""Images: which ones may run, whether they are there, and how far a pull is.

One pull per image at a time, whoever waits for it; it goes on in the background while the
lab runs, and is begun anew by the next one. A pull that fails is tried again by itself, as
long as that can help, so that many who wait for one image ask its registry once.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from mllab.errors import InvalidInput, Unavailable
from mllab.runtimes.docker.engine import Engine, Gone, Refused, asking
from mllab.runtimes.docker.registries import SignIns, canonical, registry_of

Json = dict[str, Any]
_MANY = 10_000
_NAME = re.compile(r"[a-z0-9][a-z0-9._/:@-]{0,254}(?i:[a-z0-9._-]{0,255})")

# The Engine answers 500 to nearly all that a registry says; only the text tells what it was.
_LOST = ("manifest unknown", "name unknown", "not found", "does not exist")
_DENIED = ("unauthorized", "authentication required", "no basic auth", "denied", "403 Forbidden")
_NOT_ALLOWED = {401, 403}


@dataclass(frozen=True)
class Patience:
    """How often and how long a failing pull is tried: after 1, 2, 4 … 30 s.

    What a registry refuses or does not have is tried `tries` times, as it may be on its way;
    a registry that does not answer is asked for `away_s` seconds.
    """

    first_s: float = 1.0
    longest_s: float = 30.0
    tries: int = 3
    away_s: float = 600.0

    def pause_s(self, failures: int) -> float:
        """Return how long to wait after so many failures."""
        return float(min(self.longest_s, self.first_s * 2 ** min(failures - 1, 20)))


@dataclass(frozen=True)
class Fault:
    """Why a pull failed; `away` says that the registry itself could not be asked."""

    text: str
    away: bool


class Pull:
    """One pull: how far it is, and how it ended."""

    def __init__(self, image: str) -> None:
        self.task: asyncio.Task[None] | None = None
        self.asked_by: set[str] = set()
        self.trouble = ""
        """Why it failed before, and when it goes on."""
        self._image = image
        self._layers: dict[str, tuple[int, int]] = {}

    def note(self, line: Mapping[str, Any]) -> None:
        """Take one line of the Engine's report."""
        self.trouble = ""
        detail = line.get("progressDetail") or {}
        layer = str(line.get("id", ""))
        if line.get("status") == "Downloading" and detail.get("total"):
            self._layers[layer] = (int(detail["current"]), int(detail["total"]))
        elif line.get("status") in {"Download complete", "Pull complete"} and layer in self._layers:
            total = self._layers[layer][1]
            self._layers[layer] = (total, total)

    def progress(self) -> str:
        """Return how much of what is known to come has come, as a sentence for who waits."""
        what = f"pulling image {self._image}"
        if self.trouble:
            return f"{what}: {self.trouble}"
        total = sum(each[1] for each in self._layers.values())
        if not total:
            return what
        done = sum(each[0] for each in self._layers.values())
        last = ", unpacking" if done == total else ""
        return f"{what}: {100 * done // total} % of {max(1, total >> 20)} MiB{last}"


class Images:
    """Images of one Engine, under one lab's rules.

    `allowed` are patterns (`mllab/*`), empty for any image; `policy` says when to pull:
    `missing`, `always` (each time something starts) or `never`.
    """

    def __init__(
        self,
        engine: Engine,
        allowed: Sequence[str],
        policy: str,
        sign_ins: SignIns,
        patience: Patience,
    ) -> None:
        self._engine = engine
        self._allowed = allowed
        self._policy = policy
        self._sign_ins = sign_ins
        self._patience = patience
        self._pulls: dict[str, Pull] = {}
        self._served: set[str] = set()
        self._failed: dict[str, InvalidInput] = {}

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
            InvalidInput: it cannot be had, as often as it was tried.
            Unavailable: the Engine is away.
        """
        if failed := self._failed.pop(start, None):
            raise failed
        pull = self._pulls.get(image)
        if pull is None:
            if await self._is_there(image) and (self._policy != "always" or start in self._served):
                return ""
            if self._policy == "never":
                raise InvalidInput(
                    f"The image {image!r} is not on this machine, and the lab may not pull it "
                    "(LAB_PULL_POLICY=never). Load it with `docker load` or `docker pull`."
                )
            pull = self._pulls.setdefault(image, Pull(image))
            pull.task = pull.task or asyncio.create_task(self._pull(image, pull))
        pull.asked_by.add(start)
        if pull.task is None or not pull.task.done():
            return pull.progress()
        del self._pulls[image]
        if fault := pull.task.exception():
            self._tell_others(pull.asked_by - {start}, fault)
            raise fault
        kept = self._served if len(self._served) < _MANY else set()
        self._served = kept | pull.asked_by
        return ""

    def _tell_others(self, starts: set[str], fault: BaseException) -> None:
        """Let all who waited for a pull know that it failed, so that none begins it anew."""
        if len(self._failed) >= _MANY:  # of those who were stopped meanwhile and never ask
            self._failed.clear()
        if isinstance(fault, InvalidInput):
            self._failed |= {each: InvalidInput(fault.message) for each in starts}

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
        """Pull until it is there or trying again is of no use."""
        failures, end = 0, asyncio.get_running_loop().time() + self._patience.away_s
        while (fault := await self._once(image, pull)) is not None:
            failures += 1
            pause_s = self._patience.pause_s(failures)
            late = asyncio.get_running_loop().time() + pause_s > end
            if late if fault.away else failures >= self._patience.tries:
                times = f"tried {failures} times" if failures > 1 else "tried once"
                raise InvalidInput(f"{fault.text} It was {times}; start it again to go on.")
            pull.trouble = f"trying again in {pause_s:g} s, failed {failures}x. {fault.text}"
            await asyncio.sleep(pause_s)

    async def _once(self, image: str, pull: Pull) -> Fault | None:
        sign_in = await asyncio.to_thread(self._sign_ins.of, image)
        # With a sign-in the client wants the registry in the name.
        name = canonical(image) if sign_in else image
        try:
            with asking(f"pull image {image}"):
                report = self._engine.client.images.pull(name, auth=sign_in, stream=True)
                async for line in report:
                    pull.note(line)
        except Refused as exc:
            return _fault(image, exc, signed_in=sign_in is not None)
        if not await self._is_there(image):  # the client takes a broken connection for the end
            raise Unavailable(f"The pull of image {image!r} broke off; it is begun anew.")
        return None


def _fault(image: str, fault: Refused, *, signed_in: bool) -> Fault:
    text = fault.message.partition(": ")[2]
    says = f"Docker says: {text.rstrip('.')}."
    registry = registry_of(image)
    denied = fault.answer in _NOT_ALLOWED or any(mark in text for mark in _DENIED)
    if denied and signed_in:
        return Fault(
            f"The registry {registry} refuses the image {image!r} to the lab's sign-in. Check the "
            f"name, and the sign-in in LAB_REGISTRY_AUTH_FILE. {says}",
            away=False,
        )
    if denied:
        return Fault(
            f"The registry {registry} refuses the image {image!r} without a sign-in. Check the "
            f"name, or give the lab a sign-in with LAB_REGISTRY_AUTH_FILE. {says}",
            away=False,
        )
    if isinstance(fault, Gone) or any(mark in text for mark in _LOST):
        return Fault(
            f"The image {image!r} is not in its registry {registry}. Check its name and tag, or "
            f"push it there. {says}",
            away=False,
        )
    return Fault(
        f"The image {image!r} cannot be pulled now from {registry}. Check that the Engine's "
        f"machine reaches that registry. {says}",
        away=True,
    )
