"""What the runtime keeps and nobody owns: what counts, who may remove it, what stays."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from machine import Machine

from mllab.core.orphans import YOUNG
from mllab.errors import NotAllowed, Unavailable
from mllab.runtimes.base import Held

NAMESPACE = {"lab.namespace": "lab"}


async def place(machine: Machine, name: str, **labels: str) -> None:
    """Put a volume with these labels into the world, and let it grow old."""
    own = NAMESPACE | {f"lab.{key.replace('_', '.')}": value for key, value in labels.items()}
    machine.world.volumes[name] = Held("volume", name, own, machine.clock.now)
    machine.clock.advance(YOUNG.total_seconds())


async def orphans(machine: Machine) -> list[str]:
    found = await machine.core.orphans.list(machine.people["dana"])
    return [each.id for each in found.items]


@pytest.mark.parametrize(
    ("labels", "is_orphan"),
    [
        ({"project": "alpha"}, False),
        ({"project": "gone"}, True),
        ({"user": "alice"}, False),
        ({"user": "gone"}, True),
        ({"project": "alpha", "user": "gone"}, False),
        ({"project": "alpha", "workload": "wl_gone"}, True),
        ({"user": "gone", "feature_type": "core-service"}, False),
        ({}, False),
    ],
    ids=str,
)
async def test_what_is_owned(machine: Machine, labels: dict[str, str], is_orphan: bool) -> None:
    await place(machine, "v", **labels)
    assert await orphans(machine) == ["volume/v"] * is_orphan


async def test_what_runs_is_owned_by_its_record(machine: Machine) -> None:
    await machine.job(environment={"DUMMY_RUN_S": "1000"})
    await machine.step(3)
    machine.clock.advance(3600)
    assert await orphans(machine) == []
    run = await machine.run()
    await machine.core.context.documents.delete("workloads", run.status.workload or "")
    assert await orphans(machine) == [f"life/{run.status.workload}"]


async def test_what_is_young_or_of_unknown_age_is_no_orphan(machine: Machine) -> None:
    await place(machine, "v", user="gone")
    machine.clock.now -= timedelta(seconds=1)
    assert await orphans(machine) == []
    machine.clock.advance(1)
    assert await orphans(machine) == ["volume/v"]
    machine.world.volumes["v"] = Held("volume", "v", NAMESPACE | {"lab.user": "gone"})
    assert await orphans(machine) == []


async def test_only_named_orphans_are_removed(machine: Machine) -> None:
    for name, user in (("a", "gone"), ("b", "gone"), ("mine", "alice")):
        await place(machine, name, user=user)
    dana = machine.people["dana"]
    asked = {"volume/a", "volume/mine", "volume/never"}
    (removed,) = (await machine.core.orphans.remove(dana, asked)).items
    assert (removed.id, removed.was_of, removed.removed) == ("volume/a", "user gone", True)
    assert sorted(machine.world.volumes) == ["b", "mine"]
    assert (await machine.core.orphans.remove(dana, asked)).items == []


async def test_one_that_cannot_be_removed_keeps_no_other(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in "ab":
        await place(machine, name, user="gone")
    runtime = machine.core.workloads.runtime
    discard = runtime.discard

    async def stuck(thing: Held) -> None:
        if thing.name == "a":
            raise Unavailable("It is in use.")
        await discard(thing)

    monkeypatch.setattr(runtime, "discard", stuck)
    found = await machine.core.orphans.remove(machine.people["dana"], {"volume/a", "volume/b"})
    seen: dict[str, Any] = {each.id: (each.removed, each.fault) for each in found.items}
    assert seen == {"volume/a": (False, "It is in use."), "volume/b": (True, "")}


async def test_only_admins_see_and_remove(machine: Machine) -> None:
    with pytest.raises(NotAllowed):
        await machine.core.orphans.list(machine.alice)
    with pytest.raises(NotAllowed):
        await machine.core.orphans.remove(machine.alice, {"volume/a"})
