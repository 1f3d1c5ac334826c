"""Plays every file of `scenarios/`: calls of the API, faults, looks of control, what is seen.

A scenario is a list of acts; each has one of these keys:
- `call`: "<person> <METHOD> <path below /api>", with `body`; `status` (200) and `answer`
  (a part of the answer's JSON, or its text) must fit.
- `control`: so many looks of control; `advance_s`: time passes.
- `kill`: "now", or "after start" (stop, remove): the lab dies then, a new one begins.
- `fail`: the runtime's next `start` (status, stop, remove) fails so ("unavailable", "broken").
- `rival`: a second control without the lease tries to act.
- `world`: what the machine ran and runs: `starts`, `running`, `kept` and `volumes`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from machine import Killed, Machine, open_machine
from people import Api

from mllab.control.loop import Control
from mllab.errors import BackendFailed, LabError, Unavailable

FOLDER = Path(__file__).parent / "scenarios"
FAULTS: dict[str, Callable[[], LabError]] = {
    "unavailable": lambda: Unavailable("the runtime is away"),
    "broken": lambda: BackendFailed("the runtime is broken"),
}
Act = dict[str, Any]


class Play:
    """One scenario on one machine."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.api = Api(machine.core, machine.people.tokens)

    async def act(self, act: Act) -> None:
        """Carry out one act."""
        verb = next(name for name in VERBS if name in act)
        await VERBS[verb](self, act)

    async def call(self, act: Act) -> None:
        who, method, path = act["call"].split()
        client = self.api(None if who == "nobody" else who)
        answer = await client.request(method, f"/api{path}", json=act.get("body"))
        assert answer.status_code == act.get("status", 200 if method == "GET" else 201), answer.text
        if "answer" in act:
            assert_fits(_content(answer), act["answer"], act["call"])

    async def control(self, act: Act) -> None:
        await self.machine.step(act["control"])

    async def advance(self, act: Act) -> None:
        self.machine.clock.advance(act["advance_s"])

    async def kill(self, act: Act) -> None:
        moment = act["kill"].removeprefix("after ")
        if moment == "now":
            await self.machine.kill()
        else:
            self.machine.faults.after[moment] = [Killed()]

    async def fail(self, act: Act) -> None:
        due = self.machine.faults.before.setdefault(act["fail"], [])
        due.append(FAULTS[act["with"]]())

    async def rival(self, act: Act) -> None:
        assert await Control(self.machine.core, owner="rival").step() is act["rival"]

    async def world(self, act: Act) -> None:
        world = self.machine.world
        found = {
            "starts": len(self.machine.starts()),
            "running": sum(not life.ended for life in world.lives.values()),
            "kept": len(world.lives),
            "volumes": sorted(world.volumes),
        }
        assert_fits(found, act["world"], "world")


VERBS: dict[str, Callable[[Play, Act], Any]] = {
    "call": Play.call,
    "control": Play.control,
    "advance_s": Play.advance,
    "kill": Play.kill,
    "fail": Play.fail,
    "rival": Play.rival,
    "world": Play.world,
}


def _acts(file: Path) -> list[Act]:
    acts: list[Act] = json.loads(file.read_text())["acts"]
    return acts


def _content(answer: httpx.Response) -> Any:
    is_json = answer.headers["content-type"].startswith("application/json")
    return answer.json() if is_json else answer.text


def assert_fits(found: Any, wanted: Any, where: str) -> None:
    """Compare what `wanted` names; objects may have more fields, lists and values may not."""
    if isinstance(wanted, dict):
        for name, value in wanted.items():
            assert_fits(found[name], value, f"{where}.{name}")
    elif isinstance(wanted, list):
        assert len(found) == len(wanted), f"{where}: {found}"
        for index, value in enumerate(wanted):
            assert_fits(found[index], value, f"{where}[{index}]")
    else:
        assert found == wanted, where


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.json")), ids=lambda file: file.stem)
async def test_scenario(file: Path, tmp_path: Path) -> None:
    async with open_machine(tmp_path) as machine:
        play = Play(machine)
        for number, act in enumerate(_acts(file), 1):
            try:
                await play.act(act)
            except AssertionError as exc:
                raise AssertionError(f"{file.name}, act {number}: {exc}") from exc
