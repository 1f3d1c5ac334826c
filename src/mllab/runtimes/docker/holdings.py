"""All that the Engine keeps under a lab's namespace, and how to be rid of one thing.

Told by labels alone; whether anybody owns a thing is not known here.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from mllab.errors import Unavailable
from mllab.runtimes.base import Held
from mllab.runtimes.docker.engine import Engine
from mllab.runtimes.docker.looks import time_of
from mllab.runtimes.docker.networks import Networks

Json = dict[str, Any]
_GRACE_S = 10


async def held(engine: Engine, networks: Networks, namespace: str) -> list[Held]:
    """Return containers, networks and volumes, in the order in which they can be removed."""
    ours = {"lab.namespace": namespace}
    containers = [_container(each) for each in await engine.containers(ours)]
    nets = [_made("network", each, each["Created"]) for each in await networks.all()]
    volumes = [_made("volume", each, each.get("CreatedAt")) for each in await engine.volumes(ours)]
    return [*containers, *nets, *volumes]


async def discard(engine: Engine, networks: Networks, thing: Held) -> None:
    """End and remove one thing. Repeatable.

    Raises:
        Refused: the Engine does not let go of it, as something uses it.
        Unavailable: it is in use, or kept until the Engine's next start.
    """
    if thing.kind == "container":
        if thing.running:
            await engine.stop_container(thing.name, _GRACE_S)
        await engine.remove_container(thing.name)
    elif thing.kind == "network":
        if not await networks.discard(thing.name):
            raise Unavailable(f"Docker keeps the network {thing.name} until its next start.")
    else:
        await engine.remove_volume(thing.name)


def _container(found: Json) -> Held:
    return Held(
        kind="container",
        name=found["Names"][0].removeprefix("/"),
        labels=found["Labels"],
        made_at=datetime.fromtimestamp(found["Created"], UTC),
        running=found["State"] in {"running", "paused", "restarting"},
    )


def _made(kind: str, found: Json, made: str | None) -> Held:
    return Held(kind, found["Name"], found["Labels"] or {}, time_of(made) if made else None)
