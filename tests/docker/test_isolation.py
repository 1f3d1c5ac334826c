"""What a container of one project reaches: the lab by LAB_ENDPOINT, and nothing else of it.

Asked from inside containers of a real lab. The machine that runs the Engine is another
matter (docs/docker.md): programs that listen on all of its addresses are there for
containers too, so the last tests say that none of them is the lab's.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import psutil
import pytest
from docker_engine import docker, engine_address, lab_image, started
from docker_lab import INSIDE, DockerLab, address_of, docker_lab, gateway_of, run_inside

from mllab.client.projects import Project

pytestmark = [pytest.mark.external, pytest.mark.usefixtures("engine")]

OPEN_HOUSE = 'exec python3 -c "$PROGRAM"'
ENGINE_PORTS = (2375, 2376)
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - looked for, not used


@dataclass
class Town:
    """A lab with projects `alpha` (whose container asks) and `beta`, a workspace, a core."""

    lab: DockerLab
    asker: str
    peer: str
    web: str
    workspace: str
    core: str

    def asks(self, what: str, *targets: str, of: str | None = None) -> Any:
        """Let a container ask, alpha's if no other is named."""
        return json.loads(run_inside(of or self.asker, "probe", what, *targets))

    @property
    def gateway(self) -> str:
        """This machine's address on alpha's network."""
        return gateway_of(f"{self.lab.namespace}-p-alpha")

    @property
    def door(self) -> tuple[str, int]:
        """Address and port on which the lab listens for containers."""
        port = int((self.lab.lab.data_dir / "run" / "inner-port").read_text())
        return gateway_of(f"{self.lab.namespace}-core"), port


def open_house(project: Project, name: str) -> None:
    program = (INSIDE / "open_house.py").read_text()
    project.services.deploy(name, OPEN_HOUSE, environment={"PROGRAM": program})


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with docker_lab(tmp_path_factory.mktemp("town") / "data") as lab:
        alpha, beta = lab.project("alpha"), lab.project("beta")
        home = lab.client.workspace()
        home.start()
        open_house(alpha, "asker")
        open_house(beta, "web")
        open_house(beta, "peer")
        for project, name in ((alpha, "asker"), (beta, "web"), (beta, "peer")):
            project.services.wait(name)
        home.wait()
        program = ("python3", "-c", (INSIDE / "open_house.py").read_text())
        core = (f"--network={lab.namespace}-core", "--env=PORT=27017")
        with started(lab_image("workspace"), *core, command=program) as inside_core:
            asker, peer, web, workspace = map(lab.container, ("asker", "peer", "web", "admin"))
            yield Town(lab, asker, peer, web, workspace, inside_core)


def test_the_endpoint_answers(town: Town) -> None:
    endpoint = docker("exec", town.asker, "printenv", "LAB_ENDPOINT")
    assert urlsplit(endpoint).port == town.door[1]
    assert town.asks("get", f"{endpoint}/api/health") == {f"{endpoint}/api/health": 200}
    bare = f"http://{town.door[0]}:{town.door[1]}/api/health"
    assert town.asks("get", bare) == {bare: 200}


def test_containers_of_one_project_reach_each_other(town: Town) -> None:
    web = address_of(town.web)
    everything = ["web:8080", "web:9000", f"{web}:8080", f"{web}:9000"]
    assert town.asks("reach", *everything, of=town.peer) == everything
    assert town.asks("ask", "web:9000", of=town.peer) == ["web:9000"]


def test_what_runs_in_the_core_answers_there(town: Town) -> None:
    assert town.asks("reach", "127.0.0.1:27017", of=town.core) == ["127.0.0.1:27017"]


def test_nothing_of_others_answers(town: Town) -> None:
    web, peer, workspace, core = map(address_of, (town.web, town.peer, town.workspace, town.core))
    streams = [f"{each}:{port}" for each in (web, peer) for port in (22, 80, 8080, 9000)]
    streams += [f"{workspace}:8888", f"{core}:27017", f"{core}:9000"]
    assert town.asks("reach", *streams) == []
    assert town.asks("ask", f"{web}:9000", f"{core}:9000") == []


def test_names_of_others_are_unknown(town: Town) -> None:
    names = ["web", "peer", town.web, town.workspace, town.core]
    names += [f"{town.lab.namespace}-p-beta-s-web", f"{town.lab.namespace}-u-admin-workspace"]
    assert town.asks("find", "asker", *names) == ["asker"]


def test_a_workspace_reaches_no_project(town: Town) -> None:
    targets = [
        f"{address_of(each)}:{port}" for each in (town.web, town.asker) for port in (8080, 9000)
    ]
    assert town.asks("reach", *targets, of=town.workspace) == []


def test_the_engine_does_not_answer(town: Town) -> None:
    gateways = (town.gateway, town.door[0], *own_addresses())
    targets = [f"{each}:{port}" for each in gateways for port in ENGINE_PORTS]
    assert town.asks("reach", *targets) == []
    found = docker("exec", town.asker, "sh", "-c", "find / -xdev -type s 2>/dev/null; true")
    assert found == ""
    path = engine_address().removeprefix("unix://")
    mounts = docker("exec", town.asker, "cat", "/proc/self/mounts")
    assert path not in mounts
    assert "docker.sock" not in mounts


def test_containers_have_no_rights_to_get_further(town: Town) -> None:
    lines = docker("exec", town.asker, "cat", "/proc/self/status").splitlines()
    status = dict(line.split(":\t", 1) for line in lines)
    for rights in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
        assert int(status[rights], 16) == 0
    assert status["NoNewPrivs"] == "1"
    assert status["Seccomp"] == "2"
    # IPv6 would be a second way past all that is asked of here.
    assert docker("exec", town.asker, "cat", "/proc/net/if_inet6") == ""


def test_the_lab_listens_on_its_door_and_its_one_port_only(town: Town) -> None:
    found = {
        (connection.laddr.ip, connection.laddr.port)
        for process in town.lab.lab.processes()
        for connection in process.net_connections("inet")
        if connection.status in (psutil.CONN_LISTEN, psutil.CONN_NONE)
    }
    assert found == {("127.0.0.1", urlsplit(town.lab.lab.url).port), town.door}


def test_of_this_machine_only_the_door_is_the_labs(town: Town) -> None:
    """Every port on which anything of the machine listens, on its addresses that are near."""
    own, (core, door) = town.gateway, town.door
    targets = [f"{host}:{port}" for host in (own, core) for port in listening()]
    reached = set(town.asks("reach", *targets))
    everywhere = listening(*EVERYWHERE)
    assert {each for each in reached if int(each.rpartition(":")[2]) not in everywhere} == {
        f"{core}:{door}"
    }


def test_the_labs_ports_do_not_answer_on_other_addresses(town: Town) -> None:
    core, door = town.door
    public = urlsplit(town.lab.lab.url).port
    inside = {gateway_of(f"{town.lab.namespace}-p-beta"), town.gateway, *own_addresses()} - {core}
    targets = [f"{each}:{port}" for each in inside for port in (door, public)]
    assert town.asks("reach", *targets, f"{core}:{public}", f"127.0.0.1:{public}") == []


def own_addresses() -> list[str]:
    """Return this machine's IPv4 addresses but those of loopback."""
    every = [each for found in psutil.net_if_addrs().values() for each in found]
    v4 = {each.address for each in every if each.family.name == "AF_INET"}
    return sorted(each for each in v4 if not each.startswith("127."))


def listening(*addresses: str) -> set[int]:
    """Return the TCP ports on which programs of this machine listen, at these addresses or any."""
    found = [c.laddr for c in psutil.net_connections("tcp") if c.status == psutil.CONN_LISTEN]
    return {at.port for at in found if at and (not addresses or at.ip in addresses)}
