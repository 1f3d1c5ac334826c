"""A network per project, per workspace and for the lab's core, each with a range of its own.

The Engine's own ranges end at about 30 networks, so ranges come from a pool of the lab's.
What is taken is asked of the Engine each time: a range that was freed is used again, and
nothing is kept that could be wrong. Docker lets no packet pass from one network to another.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import struct
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from ipaddress import IPv4Network
from itertools import chain
from pathlib import Path
from typing import Any

from aiodocker.networks import DockerNetwork

from mllab.errors import Unavailable
from mllab.runtimes.base import owner_of
from mllab.runtimes.docker.bodies import LAB_HOST
from mllab.runtimes.docker.engine import CONFLICT, Engine, Gone, Refused, asking

Json = dict[str, Any]
log = logging.getLogger("mllab.runtimes.docker")

_OVERLAPS = 403
_ROUTES = (Path("/proc/net/route"), Path("/run/host/route"))
"""Routes here, and beside a lab in a container those of its machine, where compose puts them."""


def free_range(pool: IPv4Network, prefix: int, taken: Iterable[IPv4Network]) -> IPv4Network | None:
    """Return the first range of `prefix` bits in `pool` that overlaps nothing taken."""
    size = 1 << (32 - prefix)
    first = int(pool.network_address)
    blocked: set[int] = set()
    for each in taken:
        if each.overlaps(pool):
            low = max(int(each.network_address), first)
            high = min(int(each.broadcast_address), int(pool.broadcast_address))
            blocked.update(range((low - first) // size, (high - first) // size + 1))
    for number in range(pool.num_addresses // size):
        if number not in blocked:
            return IPv4Network((first + number * size, prefix))
    return None


def routed() -> list[IPv4Network]:
    """Return the ranges that this machine routes, the default route left out."""
    found = []
    lines = [each.read_text().splitlines()[1:] for each in _ROUTES if each.exists()]
    for line in chain.from_iterable(lines):
        _, destination, _, _, _, _, _, mask, *_ = line.split()
        if int(mask, 16):
            found.append(IPv4Network(f"{_dotted(destination)}/{_dotted(mask)}", strict=False))
    return found


def _dotted(hexadecimal: str) -> str:
    return socket.inet_ntoa(struct.pack("=L", int(hexadecimal, 16)))


class Networks:
    """Makes and removes the networks of one lab.

    `container` is the container that the lab itself runs in; None for a lab on the host,
    which reaches every network by the Engine's bridges.
    """

    def __init__(
        self, engine: Engine, namespace: str, pool: IPv4Network, prefix: int, container: str | None
    ) -> None:
        self._engine = engine
        self._namespace = namespace
        self._pool = pool
        self._prefix = prefix
        self._container = container
        self._known: dict[str, str] = {}
        self._core_address: str | None = None
        """The lab listens there as long as it lives, so it is asked for once."""
        self._making = asyncio.Lock()

    def name_for(self, labels: Mapping[str, str]) -> str:
        """Return the network of a workload with these labels."""
        if project := labels.get("lab.project"):
            return f"{self._namespace}-p-{project}"
        if user := labels.get("lab.user"):
            return f"{self._namespace}-u-{user}"
        return f"{self._namespace}-core"

    async def ensure(self, labels: Mapping[str, str]) -> str:
        """Return the id of the workload's network, made if it is not there; the lab is on it.

        Raises:
            Unavailable: no range is left in the pool.
        """
        name = self.name_for(labels)
        if name not in self._known:
            async with self._making:
                if name not in self._known:
                    made = await self._make(name, owner_of(labels))
                    await self._join(made)
                    self._known[name] = made["Id"]
        return self._known[name]

    def forget(self, labels: Mapping[str, str]) -> None:
        """Look again whether a network is there, as somebody may have removed it."""
        self._known.pop(self.name_for(labels), None)

    async def core_address(self) -> str:
        """Return this machine's address on the core network, which is made if need be."""
        if self._core_address is None:
            core = {"lab.namespace": self._namespace}
            async with self._making:
                found = await self._make(self.name_for(core), core)
            self._core_address = str(found["IPAM"]["Config"][0]["Gateway"])
        return self._core_address

    async def remove(self, labels: Mapping[str, str]) -> str | None:
        """Remove the network of an owner whose containers are gone; return its name if it was.

        Raises:
            Unavailable: something is still on it.
        """
        name = self.name_for(labels)
        async with self._making:
            self._known.pop(name, None)
            gone = [await self._remove(each) for each in await self._named(name)]
        return name if gone and all(gone) else None

    async def discard(self, name: str) -> bool:
        """Remove the lab's networks of that name; False if the Engine keeps one. Repeatable.

        Raises:
            Unavailable: something is still on it.
        """
        async with self._making:
            self._known.pop(name, None)
            return all([await self._remove(each) for each in await self._named(name)])

    async def _remove(self, network: Json) -> bool:
        """Remove a network; False if the Engine keeps it though nothing is on it.

        Engines count wrongly when containers of one network start and end at the same time
        (https://github.com/moby/moby/issues/42119), and find out when they start again. Until
        then the network is an orphan, which its project uses again should it come back.
        """
        await self._leave(network)
        try:
            with asking(f"remove network {network['Name']}"):
                await self._network(network).delete()
        except Gone:
            return True
        except Refused as exc:
            if exc.answer not in (_OVERLAPS, CONFLICT):  # "it has active endpoints"
                raise
            if await self._is_used(network):
                raise Unavailable(
                    f"Network {network['Name']} is still in use; it is tried again."
                ) from exc
            log.warning("Docker keeps the empty network %s until its next start", network["Name"])
            return False
        return True

    async def _is_used(self, network: Json) -> bool:
        try:
            with asking(f"look at network {network['Name']}"):
                return bool((await self._network(network).show())["Containers"])
        except Gone:
            return False

    async def all(self) -> Sequence[Json]:
        """Return all networks of this lab."""
        return [n for n in await self._list() if _label(n, "lab.namespace") == self._namespace]

    async def _list(self) -> Sequence[Json]:
        with asking("list networks"):
            return await self._engine.client.networks.list()

    async def _named(self, name: str) -> list[Json]:
        """Return the lab's networks of that name, the oldest first: two at most for a moment."""
        ours = [each for each in await self.all() if each["Name"] == name]
        return sorted(ours, key=lambda each: (each["Created"], each["Id"]))

    async def _make(self, name: str, labels: Mapping[str, str]) -> Json:
        """Return the network of that name; of two labs that make it at once, one's is kept."""
        tried: list[IPv4Network] = []
        while not (ours := await self._named(name)):
            chosen = await self._free(tried)
            tried.append(chosen)
            try:
                with asking(f"make network {name}"):
                    await self._engine.client.networks.create(_body(name, chosen, labels))
            except Refused as exc:
                # Somebody was quicker: with the name, or with the range.
                if exc.answer not in (_OVERLAPS, CONFLICT):
                    raise
        for double in ours[1:]:  # the Engine lets two have one name
            with suppress(Unavailable):  # its containers end first
                await self._remove(double)
        return ours[0]

    async def _free(self, tried: Sequence[IPv4Network]) -> IPv4Network:
        taken = [*tried, *(await asyncio.to_thread(routed))]
        for network in await self._list():
            for config in (network.get("IPAM") or {}).get("Config") or []:
                if ":" not in config.get("Subnet", ":"):
                    taken.append(IPv4Network(config["Subnet"], strict=False))
        found = free_range(self._pool, self._prefix, taken)
        if found is None:
            raise Unavailable(
                f"All networks of the pool {self._pool} are in use. Delete projects that are not "
                "needed, or give the lab a larger pool with LAB_NETWORK_POOL."
            )
        return found

    async def _join(self, network: Json) -> None:
        """Put the lab's own container on a network, under the name that workloads know."""
        if self._container is None:
            return
        try:
            with asking(f"put the lab on network {network['Name']}"):
                await self._network(network).connect(
                    {"Container": self._container, "EndpointConfig": {"Aliases": [LAB_HOST]}}
                )
        except Refused as exc:
            if exc.answer != _OVERLAPS:  # it is on it already
                raise

    async def _leave(self, network: Json) -> None:
        if self._container is None:
            return
        try:
            with suppress(Gone), asking(f"take the lab off network {network['Name']}"):
                leaving = {"Container": self._container, "Force": True}
                await self._network(network).disconnect(leaving)
        except Refused as exc:
            if exc.answer != _OVERLAPS:
                raise

    def _network(self, network: Json) -> DockerNetwork:
        return DockerNetwork(self._engine.client, network["Id"])  # type: ignore[no-untyped-call]


def _label(network: Json, name: str) -> str | None:
    return (network.get("Labels") or {}).get(name)


def _body(name: str, chosen: IPv4Network, labels: Mapping[str, str]) -> Json:
    return {
        "Name": name,
        "CheckDuplicate": True,
        "Driver": "bridge",
        "Labels": dict(labels),
        "IPAM": {"Config": [{"Subnet": str(chosen), "Gateway": str(chosen[1])}]},
    }
