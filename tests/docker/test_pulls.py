"""Pulls from a real registry: how far they are, and what is said when they fail."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from docker_engine import docker
from docker_machine import DockerMachine
from registry import Registry, archive_of, running_registry

from mllab.errors import InvalidInput
from mllab.model.workloads import WorkloadSpec
from mllab.runtimes.docker.images import Patience
from mllab.runtimes.docker.runtime import DockerRuntime

HASTE = Patience(first_s=0.01, longest_s=0.1, tries=3, away_s=0.2)


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    with running_registry(tmp_path_factory.mktemp("registry")) as found:
        yield found


@pytest.fixture
def small(registry: Registry, tmp_path: Path) -> str:
    """An image that is in the registry and not on the Engine."""
    return registry.push(archive_of(tmp_path, 1))


async def wait_for(runtime: DockerRuntime, spec: WorkloadSpec) -> list[str]:
    """Wait until the image is there; return what was said meanwhile, each once."""
    said: dict[str, None] = {}
    async with asyncio.timeout(120):
        while awaited := await runtime.prepare(spec):
            said[awaited] = None
            await asyncio.sleep(0.005)
    return list(said)


async def test_who_waits_is_told_how_far_the_pull_is(
    machine: DockerMachine, registry: Registry, tmp_path: Path
) -> None:
    image = registry.push(archive_of(tmp_path, 20))
    said = await wait_for(machine.runtime, machine.spec("true", image=image))
    assert said[0] == f"pulling image {image}"
    shares = [int(found[1]) for each in said if (found := re.search(r": (\d+) % of 20 MiB", each))]
    assert shares == sorted(shares)
    assert said[-1] == f"pulling image {image}: 100 % of 20 MiB, unpacking"


async def test_what_is_not_there_is_asked_for_thrice(
    machine: DockerMachine, registry: Registry
) -> None:
    runtime, image = machine.open(patience=HASTE), f"{registry.address}/test/none:1"
    first, second = machine.spec("true", image=image), machine.spec("true", image=image)
    await runtime.prepare(second)
    with pytest.raises(InvalidInput) as caught:
        await wait_for(runtime, first)
    message = caught.value.message
    assert message.startswith(f"The image '{image}' is not in its registry {registry.address}. ")
    assert "Check its name and tag" in message
    assert "tried 3 times" in message
    with pytest.raises(InvalidInput, match="tried 3 times"):
        await runtime.prepare(second)  # at once, without a pull of its own
    await runtime.close()


async def test_a_registry_that_is_away_is_waited_for(
    machine: DockerMachine, registry: Registry, small: str
) -> None:
    runtime = machine.open(patience=Patience(first_s=0.05, longest_s=0.05, away_s=120))
    spec = machine.spec("true", image=small)
    registry.stop()
    try:
        said = ""
        while "cannot be pulled now" not in said:
            said = await runtime.prepare(spec)
            await asyncio.sleep(0.005)
    finally:
        registry.start()
    assert said.startswith(f"pulling image {small}: trying again in 0.05 s, failed 1x. ")
    assert registry.address in said
    await wait_for(runtime, spec)
    assert docker("images", "--quiet", small)
    await runtime.close()


async def test_a_registry_that_stays_away_is_given_up(machine: DockerMachine) -> None:
    runtime = machine.open(patience=HASTE)
    spec = machine.spec("true", image="127.0.0.1:1/test/none:1")
    with pytest.raises(InvalidInput, match=r"cannot be pulled now from 127\.0\.0\.1:1\. Check"):
        await wait_for(runtime, spec)
    await runtime.close()


async def test_missing_pulls_once_and_always_before_each_start(
    machine: DockerMachine, registry: Registry, small: str
) -> None:
    always = machine.open(pull_policy="always")
    assert await wait_for(machine.runtime, machine.spec("true", image=small)) != []
    assert await wait_for(machine.runtime, machine.spec("true", image=small)) == []
    spec = machine.spec("true", image=small)
    assert await wait_for(always, spec) != []
    assert await wait_for(always, spec) == []
    assert await wait_for(always, spec.model_copy(update={"attempt": 2})) != []
    await always.close()


async def test_never_pulls_nothing(machine: DockerMachine, registry: Registry, small: str) -> None:
    runtime = machine.open(pull_policy="never")
    spec = machine.spec("true", image=small)
    with pytest.raises(InvalidInput, match="LAB_PULL_POLICY=never"):
        await runtime.prepare(spec)
    await wait_for(machine.runtime, spec)
    assert await runtime.prepare(spec) == ""
    await runtime.close()


async def test_a_registry_with_a_lock_opens_to_a_sign_in(
    machine: DockerMachine, tmp_path: Path
) -> None:
    with running_registry(tmp_path / "registry", signs_in=True) as registry:
        image = registry.push(archive_of(tmp_path, 1))
        file = registry.signed_in(tmp_path / "lab", password="wrong") / "config.json"
        spec = machine.spec("true", image=image)
        stranger = machine.open(patience=HASTE)
        with pytest.raises(InvalidInput, match="without a sign-in. Check the name, or give"):
            await wait_for(stranger, spec)
        guest = machine.open(patience=HASTE, sign_ins=file)
        with pytest.raises(InvalidInput, match="to the lab's sign-in. Check") as caught:
            await wait_for(guest, spec)
        assert "wrong" not in caught.value.message
        registry.signed_in(tmp_path / "lab")  # read anew, without a restart
        await wait_for(guest, spec)
        assert docker("images", "--quiet", image)
        for each in (stranger, guest):
            await each.close()


@pytest.mark.parametrize(
    ("image", "says"),
    [
        ("No Image", "Write it like python:3.12"),
        ("-v/x", "Write it like python:3.12"),
        ("other:1", r"It allows: debian:\* \(LAB_ALLOWED_IMAGES\)"),
    ],
)
async def test_what_may_not_run_is_refused_at_once(
    machine: DockerMachine, image: str, says: str
) -> None:
    runtime = machine.open(allowed_images=["debian:*"])
    with pytest.raises(InvalidInput, match=says):
        runtime.refuse(machine.spec("true", image=image))
    await runtime.close()
