"""How a container's end is told to people, on the real Engine."""

from __future__ import annotations

import pytest
from docker_engine import docker
from docker_machine import DockerMachine


@pytest.mark.parametrize(
    ("command", "limits", "code", "reason"),
    [
        ("exit 3", {}, 3, "exited with code 3; see the log"),
        ("nosuchthing", {}, 127, "exited with code 127: its command was not found; see the log"),
        ("kill -SEGV $$", {}, 139, "ended by signal 11 (SIGSEGV)"),
        (
            "head -c 200m /dev/zero | tail -c 190m",
            {"memory_mib": 32},
            137,
            "out of memory: it needed more than its limit of 32 MiB; "
            "give it more, or let it use less",
        ),
    ],
    ids=["exit code", "no command", "signal", "out of memory"],
)
async def test_the_reason_of_an_end(
    machine: DockerMachine, command: str, limits: dict[str, int], code: int, reason: str
) -> None:
    end = await machine.end(await machine.start(command, limits=limits))
    assert (end.exit_code, end.reason) == (code, reason)


async def test_what_others_kill_was_not_ended_by_the_lab(machine: DockerMachine) -> None:
    handle = await machine.start("exec sleep 600")
    docker("kill", handle["name"])
    end = await machine.end(handle)
    assert end.exit_code == 137
    assert end.reason.startswith("ended by signal 9 (SIGKILL), not by the lab: ")


async def test_an_image_without_python_cannot_have_requirements(machine: DockerMachine) -> None:
    end = await machine.end(await machine.start("true", requirements=["packaging"]))
    assert (end.exit_code, end.reason.partition(",")[0]) == (125, "its image has no python3")
