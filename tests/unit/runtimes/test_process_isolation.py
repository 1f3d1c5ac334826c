"""What a workload sees of the lab, what others see of its secrets, and its limits."""

from __future__ import annotations

import os
import subprocess

import pytest
from process_machine import Machine

from mllab.model.workloads import Limits

POISON = {
    "LAB_SECRET_KEY": "poison",
    "AWS_SECRET_ACCESS_KEY": "poison",
    "PYTHONPATH": "poison",
    "PYTHONDONTWRITEBYTECODE": "1",
    "LD_LIBRARY_PATH": "/poison",
    "VIRTUAL_ENV": "/poison",
    "SSH_AUTH_SOCK": "/poison",
    "UV_PUBLISH_TOKEN": "poison",
    "GITHUB_TOKEN": "poison",
}
KNOWN = {
    "PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "PWD", "OLDPWD", "SHLVL", "_",
    "PYTHONUNBUFFERED", "VIRTUAL_ENV", "LAB_WORKLOAD", "LAB_ATTEMPT", "LAB_ATTEMPT_ID",
    "LC_ALL", "TZ", "TERM",
}  # fmt: skip


async def test_nothing_of_the_labs_environment_leaks(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in POISON.items():
        monkeypatch.setenv(name, value)
    _, output = await machine.run("env")
    seen = dict(line.split("=", 1) for line in output.splitlines())
    allowed = ("CERT", "CA_", "CAINFO", "proxy", "PROXY")
    assert {n for n in seen if n not in KNOWN and not any(a in n for a in allowed)} == set()
    assert "poison" not in output


async def test_variables_and_secrets_arrive_secrets_last(machine: Machine) -> None:
    _, output = await machine.run(
        'echo "$A $B"', {"B": "secret"}, environment={"A": "plain", "B": "plain"}
    )
    assert output == "plain secret\n"


async def test_home_is_the_working_folder(machine: Machine) -> None:
    handle = await machine.start("pwd; echo $HOME")
    await machine.end(handle)
    work = str(machine.attempt(handle).work)
    assert (await machine.output(handle)).split() == [work, work]


async def test_secrets_stand_in_no_file_and_no_argument(machine: Machine) -> None:
    handle = await machine.start("sleep 600", {"TOKEN": "hard-to-guess-4711"})
    await machine.running(handle)
    found = subprocess.run(  # noqa: ASYNC221
        ["grep", "-r", "hard-to-guess-4711", str(machine.root)], check=False, capture_output=True
    )
    assert found.stdout == b""
    arguments = subprocess.run(["ps", "axww", "-o", "args"], check=True, capture_output=True)  # noqa: ASYNC221
    assert b"hard-to-guess-4711" not in arguments.stdout
    assert "hard-to-guess" not in str(handle)


async def test_each_workload_has_a_process_group_of_its_own(machine: Machine) -> None:
    _, output = await machine.run("ps -o pid=,pgid=,sid= -p $$")
    pid, group, session = output.split()
    assert pid == group == session
    assert int(group) != os.getpgrp()


async def test_memory_beyond_the_limit_fails(machine: Machine) -> None:
    end, output = await machine.run(
        "python -c 'x = bytearray(800 << 20)'", limits=Limits(memory_mib=300)
    )
    assert end.exit_code == 1
    assert "MemoryError" in output


async def test_memory_of_all_processes_counts(machine: Machine) -> None:
    one = "python -c 'x = bytearray(b\"x\") * (120 << 20); import time; time.sleep(600)'"
    end, _ = await machine.run(f"{one} & {one} & wait", limits=Limits(memory_mib=200))
    assert end.exit_code == 137
    assert "its limit is 200 MiB" in end.reason


async def test_cores_limit_affinity_and_thread_pools(machine: Machine) -> None:
    _, output = await machine.run("nproc --all >/dev/null; echo $OMP_NUM_THREADS; "
                                  "python -c 'import os; print(len(os.sched_getaffinity(0)))'",
                                  limits=Limits(cpu_cores=1))  # fmt: skip
    assert output.split() == ["1", "1"]


async def test_no_core_files_and_a_cap_on_open_files(machine: Machine) -> None:
    _, output = await machine.run("ulimit -c; ulimit -Hn")
    core, files = output.split()
    assert core == "0"
    assert int(files) <= 65_536
