"""How a workload's container is made and started: once, whoever else tries to.

A container's name can be taken once, so it decides who starts an attempt.
"""

from __future__ import annotations

import asyncio
import os
import secrets as random
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

from mllab.errors import BackendFailed, InvalidInput, LabError, Unavailable
from mllab.model.base import now
from mllab.model.workloads import Program, WorkloadSpec
from mllab.runtimes.base import Handle
from mllab.runtimes.docker import looks
from mllab.runtimes.docker.bodies import (
    ATTEMPT,
    PORTS,
    VOLUME,
    Place,
    all_labels,
    create_body,
    graceful,
    installer,
    is_prepared,
)
from mllab.runtimes.docker.engine import CONFLICT, Engine, Gone, Refused, asking
from mllab.runtimes.docker.images import Patience
from mllab.runtimes.docker.injected import CA_FILE, archive, files_for
from mllab.runtimes.docker.networks import Networks

Json = dict[str, Any]
TOKEN = "JUPYTER_TOKEN"  # noqa: S105 - its name
_STALE = timedelta(seconds=30)
_LOOK_S = 0.02
_REMOVAL_S = 2.0
_TRIES = 20
_BAD_REQUEST = 400


@dataclass(frozen=True)
class DockerOptions:
    """How one lab uses its Engine; see the settings of the same names."""

    address: str
    namespace: str
    workspace_image: str
    model_image: str
    wheels: Path
    """Folder for the client's wheel."""
    pool: IPv4Network = IPv4Network("10.176.0.0/12")
    prefix: int = 24
    container: str | None = None
    allowed_images: Sequence[str] = ()
    pull_policy: str = "missing"
    log_bytes: int = 32 << 20
    marks: Path | None = None
    """Folder for places in containers' output; None keeps them as long as this process lives."""
    ca_file: Path | None = None
    sign_ins: Path | None = None
    """File of registry sign-ins, in the form of Docker's config.json."""
    patience: Patience = Patience()

    def image_of(self, spec: WorkloadSpec) -> str:
        """Return the image that a workload runs in."""
        if spec.image is not None:
            return spec.image
        return self.model_image if spec.program is Program.MODEL_SERVER else self.workspace_image


class Starter:
    """Starts attempts on one Engine."""

    def __init__(self, engine: Engine, networks: Networks, options: DockerOptions) -> None:
        self._engine = engine
        self._networks = networks
        self._options = options
        self._unfinished: set[str] = set()
        """Containers made here whose start got no answer: if it did not begin, it never will."""

    async def start(self, spec: WorkloadSpec, secrets: Mapping[str, str]) -> Handle:
        """Create the attempt's container under its name, which only one can, and start it.

        Raises:
            InvalidInput: it can never be started so.
            Unavailable: its name is another's for a moment.
        """
        for _ in range(_TRIES):
            place = await self._place(spec)
            try:
                await self._make(spec, place, secrets)
            except Refused as exc:
                if self._lost_network(spec, place, exc):
                    await asyncio.sleep(_LOOK_S)
                elif exc.answer != CONFLICT:
                    raise _explained(spec, exc) from exc
                elif await self._is_started(spec):
                    return handle_of(spec.name, all_labels(spec))
            else:
                return handle_of(spec.name, all_labels(spec))
        raise Unavailable(f"Docker could not start {spec.name}: its name or network is in dispute.")

    def _lost_network(self, spec: WorkloadSpec, place: Place, fault: Refused) -> bool:
        """Tell whether its network was removed by somebody, or made twice: then look again."""
        gone = isinstance(fault, Gone) and place.network in fault.message
        double = "is ambiguous" in fault.message
        if gone or double:
            self._networks.forget(spec.labels)
        return gone or double

    async def _make(self, spec: WorkloadSpec, place: Place, secrets: Mapping[str, str]) -> None:
        body = create_body(spec, place, _own_secrets(spec, secrets), os.environ)
        with asking(f"make a container for {spec.name}"):
            made = await self._engine.client.containers.create(body, name=spec.name)
        container = self._engine.container(made.id)
        try:
            with asking(f"start {spec.name}"):
                if files := await asyncio.to_thread(self._archive, spec):
                    await self._engine.put(made.id, files)
                await container.start()
        except Refused:
            self._unfinished.add(made.id)
            await self._engine.remove_container(made.id)
            self._unfinished.discard(made.id)
            raise
        except Unavailable:
            self._unfinished.add(made.id)
            raise

    def _archive(self, spec: WorkloadSpec) -> bytes:
        """Return what is put into the container; empty, as a plain command needs nothing."""
        own = self._options
        found: dict[str, bytes] = {}
        if own.ca_file is not None:
            found[CA_FILE.lstrip("/")] = own.ca_file.read_bytes()
        if is_prepared(spec):
            settings = installer(os.environ, has_ca=own.ca_file is not None)
            found |= files_for(spec, own.wheels, graceful(spec.command or ""), settings)
        return archive(found) if found else b""

    async def _place(self, spec: WorkloadSpec) -> Place:
        network = await self._networks.ensure(spec.labels)
        project = spec.labels.get("lab.project")
        outside = self._options.container is None
        return Place(
            image=self._options.image_of(spec),
            network=network,
            lab_address=await self._networks.core_address() if outside else None,
            environments=self.cache_of(spec.labels) if project else None,
            log_bytes=self._options.log_bytes,
            has_ca=self._options.ca_file is not None,
        )

    def cache_of(self, labels: Mapping[str, str]) -> str:
        """Return the volume in which a project's containers share environments."""
        return f"{self._networks.name_for(labels)}-environments"

    async def _is_started(self, spec: WorkloadSpec) -> bool:
        """Tell whether the container of that name is this attempt's; make room if it is older.

        Raises:
            Unavailable: the name is another workload's, which is on its way out.
        """
        found = await self._engine.inspect(spec.name)
        if found is None:
            return False
        labels = found["Config"]["Labels"]
        mine = labels.get("lab.workload") == spec.id
        if mine and labels.get(ATTEMPT) == str(spec.attempt):
            return await self._was_begun(found)
        if mine and int(labels.get(ATTEMPT, 0)) < spec.attempt:
            await self._engine.remove_container(found["Id"])
            return False
        raise Unavailable(f"A container of the name {spec.name} is still being removed.")

    async def _was_begun(self, found: Json) -> bool:
        """Tell whether somebody started a container; one that nobody will start is removed."""
        id, made = found["Id"], looks.time_of(found["Created"])
        while looks.is_unstarted(found):
            old = made is None or now() - made > _STALE
            if old or id in self._unfinished or found["State"]["Status"] == "dead":
                await self._make_room(found)
                return False
            await asyncio.sleep(_LOOK_S)
            again = await self._engine.inspect(id)
            if again is None:
                return False
            found = again
        return True

    async def _make_room(self, found: Json) -> None:
        """Remove a container that never ran; if that takes long, take its name from it."""
        with suppress(Refused, Unavailable), asking(f"remove {found['Name']}, which never ran"):
            async with asyncio.timeout(_REMOVAL_S):
                await self._engine.remove_container(found["Id"], force=False)
                self._unfinished.discard(found["Id"])
                return
        again = await self._engine.inspect(found["Id"])
        if again is not None and again["State"]["Status"] == "removing":  # it cannot start now
            await self._engine.release_name(again)


def handle_of(name: str, labels: Mapping[str, str]) -> Handle:
    """Return the handle of the container with this name and these labels."""
    return {
        "id": labels["lab.workload"],
        "attempt": int(labels[ATTEMPT]),
        "name": name,
        "volume": labels.get(VOLUME),
        "user": labels.get("lab.user"),
        "ports": [int(port) for port in labels[PORTS].split()],
    }


def _own_secrets(spec: WorkloadSpec, secrets: Mapping[str, str]) -> dict[str, str]:
    own = {TOKEN: random.token_urlsafe(32)} if spec.program is Program.WORKSPACE else {}
    return dict(secrets) | own


def _explained(spec: WorkloadSpec, fault: Refused) -> LabError:
    """Return what a person can do about a container that cannot be made or started."""
    text = fault.message
    if "no such image" in text.lower():
        return Unavailable(f"The image of {spec.name} went away while it was being started.")
    if "/bin/sh" in text and "no such file" in text:
        return InvalidInput(
            f"The image of {spec.name} has no /bin/sh, by which the lab runs commands; "
            "choose one that has."
        )
    if "could not select device driver" in text or "nvidia-container-cli: device error" in text:
        return InvalidInput(f"Docker cannot give {spec.name} a GPU: {text}")
    if fault.answer == _BAD_REQUEST:
        return InvalidInput(f"Docker does not take {spec.name}: {text}")
    return BackendFailed(text)
