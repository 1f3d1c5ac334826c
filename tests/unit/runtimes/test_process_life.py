"""How processes begin and end below their supervisor."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from process_machine import Machine

from mllab.errors import Conflict, InvalidInput
from mllab.runtimes.base import Phase
from mllab.runtimes.process import state


def gone(pid: int) -> bool:
    return state.start_time(pid) is None


async def test_a_signal_gives_128_more_and_its_name(machine: Machine) -> None:
    end, _ = await machine.run("kill -SEGV $$")
    assert end.exit_code == 128 + signal.SIGSEGV
    assert "SIGSEGV" in end.reason


async def test_a_missing_command_gives_127_and_says_so(machine: Machine) -> None:
    end, output = await machine.run("no-such-command")
    assert end.exit_code == 127
    assert "not found" in end.reason
    assert "no-such-command" in output


async def test_output_keeps_the_order_of_both_streams(machine: Machine) -> None:
    _, output = await machine.run("echo 1; echo 2 >&2; echo 3")
    assert output == "1\n2\n3\n"


async def test_grace_ends_with_sigkill(machine: Machine) -> None:
    handle = await machine.start("trap '' TERM; echo ready; while :; do sleep 0.1; done")
    await machine.says(handle, "ready")
    begin = time.monotonic()
    await machine.runtime.stop(handle, 0.3)
    assert 0.25 < time.monotonic() - begin < 5
    assert (await machine.runtime.status(handle)).exit_code == 137


async def test_a_program_may_end_in_its_own_way_within_the_grace(machine: Machine) -> None:
    handle = await machine.start("trap 'echo bye; exit 7' TERM; echo ready; sleep 60 & wait")
    await machine.says(handle, "ready")
    await machine.runtime.stop(handle, 10)
    assert (await machine.runtime.status(handle)).exit_code == 7
    assert "bye" in await machine.output(handle)


async def test_a_second_stop_may_shorten_the_grace(machine: Machine) -> None:
    handle = await machine.start("trap '' TERM; echo ready; while :; do sleep 0.1; done")
    await machine.says(handle, "ready")
    (machine.attempt(handle).folder / "stop").write_text("600")
    state.send(machine.attempt(handle).supervisor() or 0, signal.SIGTERM)
    await machine.runtime.stop(handle, 0)
    assert (await machine.runtime.status(handle)).exit_code == 137


async def test_the_time_limit_ends_it_with_124(machine: Machine) -> None:
    end, _ = await machine.run("sleep 600", timeout_s=1)
    assert (end.exit_code, end.reason) == (124, "stopped after its limit of 1 s")


async def test_stop_reaches_a_grandchild_in_a_session_of_its_own(machine: Machine) -> None:
    handle = await machine.start("setsid sh -c 'echo $$; exec sleep 600' & wait")
    await machine.says(handle, "\n")
    grandchild = int(await machine.output(handle))
    assert not gone(grandchild)
    await machine.runtime.stop(handle, 5)
    assert gone(grandchild)


async def test_nothing_outlives_the_main_process(machine: Machine) -> None:
    end, output = await machine.run("(trap '' TERM; setsid sleep 600) & echo $!")
    assert end.exit_code == 0
    assert gone(int(output))


async def test_stop_ends_what_exec_began(machine: Machine) -> None:
    handle = await machine.start("sleep 600")
    await machine.running(handle)
    result = await machine.runtime.exec(handle, ["sh", "-c", "setsid sleep 600 >&- 2>&- & echo $!"])
    await machine.runtime.stop(handle, 5)
    assert gone(int(result.output))


async def test_exec_has_the_variables_and_folder_of_the_workload(machine: Machine) -> None:
    handle = await machine.start("sleep 600", {"TOKEN": "s3cret"})
    await machine.running(handle)
    result = await machine.runtime.exec(handle, ["sh", "-c", "echo $TOKEN; pwd; exit 5"])
    assert result.exit_code == 5
    assert result.output.decode().split() == ["s3cret", str(machine.attempt(handle).work)]
    assert (await machine.runtime.exec(handle, ["no-such-command"])).exit_code == 127


async def test_exec_on_what_has_ended_is_a_conflict(machine: Machine) -> None:
    handle = await machine.start("true")
    await machine.end(handle)
    with pytest.raises(Conflict, match="start it first"):
        await machine.runtime.exec(handle, ["true"])


async def test_a_killed_supervisor_takes_its_program_along(machine: Machine) -> None:
    handle = await machine.start("echo $$; exec sleep 600")
    await machine.says(handle, "\n")
    program = int(await machine.output(handle))
    state.send(machine.attempt(handle).supervisor() or 0, signal.SIGKILL)
    end = await machine.end(handle)
    assert end.phase is Phase.LOST
    assert "gone" in end.reason
    await machine.runtime.stop(handle, 1)
    assert gone(program)


async def test_a_stop_before_the_start_keeps_it_from_starting(machine: Machine) -> None:
    spec = machine.spec("true")
    attempt = machine.attempt({"id": spec.id, "attempt": 1})
    attempt.make(spec)  # as a lab that died before it started the supervisor left it
    (listed,) = await machine.runtime.list()
    await machine.runtime.stop(listed.handle, 1)
    handle = await machine.runtime.start(spec, {})
    assert (await machine.runtime.status(handle)).reason == "stopped before it started"


_LAB = """
import asyncio, os, signal, sys
from pathlib import Path
from mllab.model.workloads import WorkloadSpec
from mllab.runtimes.process.runtime import ProcessRuntime

async def main():
    root, environments, spec = sys.argv[1:]
    runtime = ProcessRuntime(Path(root), Path(environments), "lab")
    await runtime.start(WorkloadSpec.model_validate_json(spec), {})
    os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""


async def test_kill_9_of_the_lab_neither_stops_nor_loses_it(machine: Machine) -> None:
    done_file = machine.root.parent / "go"
    spec = machine.spec(f"until test -e {done_file}; do sleep 0.05; done; echo done; exit 9")
    root, environments = machine.root, Path(machine.runtime._installation.environments)
    command = [sys.executable, "-c", _LAB, str(root), str(environments), spec.model_dump_json()]
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL  # noqa: ASYNC221
    (listed,) = await machine.open().list()
    await machine.running(listed.handle)
    done_file.touch()
    assert (await machine.end(listed.handle)).exit_code == 9
    assert await machine.output(listed.handle) == "done\n"


async def test_an_id_cannot_lead_out_of_the_folder(machine: Machine) -> None:
    for change in ({"id": "../x"}, {"volume": "../x"}, {"id": ".hidden"}):
        with pytest.raises(InvalidInput):
            machine.runtime.refuse(machine.spec("true", **change))


async def test_older_attempts_are_forgotten_but_the_last(machine: Machine) -> None:
    spec = machine.spec("true")
    for number in (1, 2, 3):
        handle = await machine.runtime.start(spec.model_copy(update={"attempt": number}), {})
        await machine.end(handle)
    assert sorted(os.listdir(machine.root / spec.id)) == ["2", "3"]


async def test_remove_takes_what_a_workload_made_unwritable(machine: Machine) -> None:
    handle = await machine.start("mkdir -p a/b; touch a/b/c; chmod -R a-w a")
    await machine.end(handle)
    await machine.runtime.remove(handle)
    assert not (machine.root / handle["id"]).exists()


async def test_a_volume_outlives_its_workload_but_not_its_removal(machine: Machine) -> None:
    first = await machine.start("pwd > kept", volume="home")
    await machine.end(first)
    await machine.runtime.remove(first)
    second, output = await machine.start("cat kept", volume="home"), ""
    await machine.end(second)
    output = await machine.output(second)
    assert output.strip() == str(machine.root / "volumes" / "home")
    await machine.runtime.remove(second, volume=True)
    assert not (machine.root / "volumes" / "home").exists()
