"""From a spec to the body of "create a container": pure, so that a table tests it.

What is the same for every workload: no capabilities, no new privileges, limits, no restart
by the Engine (control restarts), a first process that reaps and passes signals on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mllab.model.workloads import Limits, Program, WorkloadKind, WorkloadSpec
from mllab.runtimes.base import owner_of
from mllab.runtimes.docker.injected import CA_FILE, ENTRY, ENVIRONMENTS, HOME, WORK
from mllab.runtimes.variables import CERTIFICATES, PROXIES, TRUST, installer_settings, threads

ATTEMPT, PORTS, VOLUME = "lab.attempt", "lab.ports", "lab.volume"
"""Labels beside the contract's, from which a handle is made again."""

LAB_HOST = "lab.internal"
"""Name by which containers know the lab."""

_PIDS = 8192
_SHARED_MEMORY = 1 << 30  # the Engine's 64 MiB end PyTorch's loaders


@dataclass(frozen=True)
class Place:
    """What a lab adds to a container: image, network and where the lab is found in it."""

    image: str
    network: str
    lab_address: str | None
    """Address behind `LAB_HOST`; None where the network itself knows the name."""
    environments: str | None
    """Volume with the project's cached environments."""
    log_bytes: int
    has_ca: bool = False
    """Whether the lab brings certificates in place of the image's."""


def is_prepared(spec: WorkloadSpec) -> bool:
    """Tell whether the lab's own code runs before the program, which takes Python in the image."""
    return spec.program is not Program.COMMAND or spec.code is not None or bool(spec.requirements)


def create_body(
    spec: WorkloadSpec, place: Place, secrets: Mapping[str, str], lab: Mapping[str, str]
) -> dict[str, Any]:
    """Return the body; `lab` is the lab's own environment, of which proxies are passed on."""
    body: dict[str, Any] = {
        "Image": place.image,
        "Labels": all_labels(spec),
        "Env": [f"{k}={v}" for k, v in _variables(spec, place, secrets, lab).items()],
        "Entrypoint": ["/bin/sh", "-c"],
        "Cmd": [ENTRY if is_prepared(spec) else graceful(spec.command or "")],
        "StopSignal": "SIGTERM",
        "HostConfig": _host_config(spec, place),
        "NetworkingConfig": {"EndpointsConfig": {place.network: {"Aliases": _aliases(spec)}}},
    }
    if is_prepared(spec):
        body["WorkingDir"] = HOME if spec.volume else WORK
    return body


def all_labels(spec: WorkloadSpec) -> dict[str, str]:
    """Return the container's labels."""
    own = {ATTEMPT: str(spec.attempt), PORTS: " ".join(map(str, spec.ports))}
    return spec.labels | own | ({VOLUME: spec.volume} if spec.volume else {})


def _aliases(spec: WorkloadSpec) -> list[str]:
    """Return the names by which others of its project find it; jobs are not looked for."""
    name = spec.labels.get("lab.feature.name")
    return [name] if name and spec.kind is WorkloadKind.SERVICE else []


def graceful(command: str) -> str:
    """Return a command whose shell waits for what it runs when it is told to end.

    A shell that is killed at once would take the container, and so its children, with it
    before they could save their work.
    """
    return f"trap 'exit 143' TERM\n{command}"


def _host_config(spec: WorkloadSpec, place: Place) -> dict[str, Any]:
    return {
        "Init": True,
        "NetworkMode": place.network,
        "CapDrop": ["ALL"],
        "SecurityOpt": ["no-new-privileges"],
        "PidsLimit": _PIDS,
        "ShmSize": _shared_memory(spec.limits),
        "OomScoreAdj": 500,  # the lab and the Engine go last
        "RestartPolicy": {"Name": "no"},
        "LogConfig": {
            "Type": "json-file",
            "Config": {"max-size": str(place.log_bytes), "max-file": "2"},
        },
        "Mounts": _mounts(spec, place),
        "ExtraHosts": [f"{LAB_HOST}:{place.lab_address}"] if place.lab_address else [],
        **_limits(spec.limits),
    }


def _shared_memory(limits: Limits) -> int:
    if limits.memory_mib is None:
        return _SHARED_MEMORY
    return min(_SHARED_MEMORY, (limits.memory_mib << 20) // 2)


def _limits(limits: Limits) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if limits.memory_mib is not None:
        # As much swap as memory means none: what is over is killed, not slow.
        found |= {"Memory": limits.memory_mib << 20, "MemorySwap": limits.memory_mib << 20}
    if limits.cpu_cores is not None:
        found["NanoCpus"] = int(limits.cpu_cores * 1e9)
    if limits.wants_gpus:
        found["DeviceRequests"] = [gpu_request(limits)]
    return found


def gpu_request(limits: Limits) -> dict[str, Any]:
    """Return which GPUs the Engine shall give out: so many, or these."""
    which = {"DeviceIDs": limits.gpu_ids} if limits.gpu_ids else {"Count": limits.gpus}
    return which | {"Capabilities": [["gpu"]]}


def _mounts(spec: WorkloadSpec, place: Place) -> list[dict[str, Any]]:
    found = []
    if spec.volume:
        found.append(_mount(spec.volume, HOME, spec.labels))
    if place.environments and is_prepared(spec):
        found.append(_mount(place.environments, ENVIRONMENTS, spec.labels))
    return found


def _mount(source: str, target: str, labels: Mapping[str, str]) -> dict[str, Any]:
    return {
        "Type": "volume",
        "Source": source,
        "Target": target,
        "VolumeOptions": {"Labels": owner_of(labels)},
    }


def _variables(
    spec: WorkloadSpec, place: Place, secrets: Mapping[str, str], lab: Mapping[str, str]
) -> dict[str, str]:
    found = {"LANG": "C.UTF-8", "PYTHONUNBUFFERED": "1"} | way_out(lab, has_ca=place.has_ca)
    found |= threads(spec.limits.cpu_cores)
    if spec.ports:
        found |= {"PORT": str(spec.ports[0])} | {f"PORT_{port}": str(port) for port in spec.ports}
    marks = {"LAB_ATTEMPT": str(spec.attempt), "TINI_KILL_PROCESS_GROUP": "1"}
    return found | spec.environment | dict(secrets) | marks


def way_out(lab: Mapping[str, str], *, has_ca: bool) -> dict[str, str]:
    """Return the variables by which programs reach the world: proxies and certificates."""
    trust = dict.fromkeys(CERTIFICATES, CA_FILE) if has_ca else {}
    return TRUST | _proxies(lab) | trust


def installer(lab: Mapping[str, str], *, has_ca: bool) -> dict[str, str]:
    """Return the operator's settings of pip and uv, such as a company's index, and the way out."""
    return installer_settings(lab) | way_out(lab, has_ca=has_ca)


def _proxies(lab: Mapping[str, str]) -> dict[str, str]:
    """Return the proxies of the lab's environment, in both spellings; never for the lab itself."""
    given = {name: lab.get(name) or lab.get(name.upper()) for name in PROXIES}
    found = {name: value for name, value in given.items() if value}
    if found:
        own = (found.get("no_proxy", ""), LAB_HOST, "localhost", "127.0.0.1")
        found["no_proxy"] = ",".join(filter(None, own))
    return found | {name.upper(): value for name, value in found.items()}
