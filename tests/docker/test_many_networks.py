"""A network for each of many projects, made at once by two labs on one Engine."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from ipaddress import IPv4Network
from pathlib import Path

import pytest
from docker_lab import docker_lab
from docker_machine import IMAGE
from own_engine import OwnEngine, own_engine
from running_lab import wait_for

from mllab.client.projects import Project
from mllab.runtimes.docker.engine import Engine
from mllab.runtimes.docker.networks import Networks, routed

pytestmark = [pytest.mark.external, pytest.mark.usefixtures("engine")]

MANY, FEW = 200, range(8)
POOL = IPv4Network("10.160.0.0/19")
POOL_IS_USED = "All networks of the pool 10.161.7.0/28 are in use. Delete projects"


@pytest.fixture
def own(tmp_path: Path) -> Iterator[OwnEngine]:
    """An Engine that leaves the firewall alone, in which networks take most of their time."""
    with own_engine(tmp_path) as engine:
        yield engine


@asynccontextmanager
async def lab_networks(engine: OwnEngine, name: str) -> AsyncIterator[Networks]:
    """Give the networks of one lab, by a connection of its own to the Engine."""
    client = Engine(engine.address)
    yield Networks(client, name, POOL, 28, None)
    await client.close()


def of_project(name: str, number: int) -> dict[str, str]:
    return {"lab.namespace": name, "lab.project": f"p{number}"}


def ranges(engine: OwnEngine, name: str = "") -> set[IPv4Network]:
    """Return the ranges of all networks of the labs, or of one."""
    ids = engine("network", "ls", "--quiet", f"--filter=label=lab.namespace{name and f'={name}'}")
    form = "{{range .IPAM.Config}}{{.Subnet}}{{end}}"
    found = engine("network", "inspect", "--format", form, *ids.split()).split()
    assert len(found) == len(set(found))
    return {IPv4Network(line) for line in found}


def overlapping(found: Iterable[IPv4Network]) -> list[IPv4Network]:
    """Return those that overlap the one before them, by address."""
    inorder = sorted(found)
    return [b for a, b in zip(inorder, inorder[1:], strict=False) if a.overlaps(b)]


async def test_two_labs_make_two_hundred_at_once_and_use_freed_ranges_again(own: OwnEngine) -> None:
    before = routed()
    async with lab_networks(own, "one") as one, lab_networks(own, "two") as two:
        half = range(MANY // 2)
        made = await asyncio.gather(
            *(one.ensure(of_project("one", i)) for i in half),
            *(two.ensure(of_project("two", i)) for i in half),
        )
        found = ranges(own)
        assert len(set(made)) == len(found) == MANY
        assert overlapping(found) == []
        assert [each for each in found if any(map(each.overlaps, before))] == []
        assert all(each.subnet_of(POOL) for each in found)
        gone = await asyncio.gather(*(one.remove(of_project("one", i)) for i in FEW))
        assert gone == [one.name_for(of_project("one", i)) for i in FEW]
        freed = found - ranges(own)
        assert len(freed) == len(FEW)
        await asyncio.gather(*(two.ensure(of_project("two", MANY + i)) for i in FEW))
        assert freed <= ranges(own, "two")


async def test_of_one_project_two_labs_make_one(own: OwnEngine) -> None:
    async with lab_networks(own, "one") as first, lab_networks(own, "one") as second:
        both = [lab for lab in (first, second) for _ in FEW]
        projects = [of_project("one", i) for i in FEW] * 2
        await asyncio.gather(*(lab.ensure(p) for lab, p in zip(both, projects, strict=True)))
        assert len(ranges(own)) == len(FEW)


def test_a_pool_without_a_free_range_says_so_until_there_is_one(tmp_path: Path) -> None:
    pool = {"LAB_NETWORK_POOL": "10.161.7.0/28", "LAB_NETWORK_PREFIX": "29"}
    with docker_lab(tmp_path / "lab", WORKSPACE_IMAGE=IMAGE, **pool) as lab:
        first, second = lab.project("first"), lab.project("second")
        first.jobs.submit("one", "echo one")
        assert first.jobs.wait("one", 1, timeout_s=60).status.state == "succeeded"
        second.jobs.submit("two", "echo two")
        wait_for(lambda: POOL_IS_USED in reason(second), within_s=60, what="it says why it waits")
        lab.client.projects.delete("first")
        assert second.jobs.wait("two", 1, timeout_s=60).status.state == "succeeded"


def reason(project: Project) -> str:
    return project.jobs.get_run("two", 1).status.reason
