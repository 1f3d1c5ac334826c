"""The scripted runtime: its script, and the order of calls that it checks."""

from __future__ import annotations

import pytest

from mllab.errors import BackendFailed
from mllab.model.workloads import WorkloadKind, WorkloadSpec
from mllab.runtimes.base import Phase
from mllab.runtimes.dummy import DummyRuntime, OutOfOrder


def spec(
    script: dict[str, str] | None = None,
    *,
    attempt: int = 1,
    kind: WorkloadKind = WorkloadKind.JOB,
) -> WorkloadSpec:
    environment = {f"DUMMY_{name}": value for name, value in (script or {}).items()}
    labels = {"lab.namespace": "lab"}
    return WorkloadSpec(
        id="wl_1", attempt=attempt, kind=kind, name="x", labels=labels, environment=environment,
        ports=[8000],
    )  # fmt: skip


async def phases(runtime: DummyRuntime, wanted: WorkloadSpec, steps: int) -> list[str]:
    handle = await runtime.start(wanted, {})
    return [str((await runtime.status(handle)).phase) for _ in range(steps)]


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ({}, ["running", "exited", "exited"]),
        ({"RUN_S": "2"}, ["running", "running", "exited"]),
        ({"PREPARE": "2", "RUN_S": "0"}, ["preparing", "preparing", "exited"]),
        ({"LOSE": "1"}, ["running", "lost", "lost"]),
    ],
)
async def test_each_look_is_a_step(script: dict[str, str], expected: list[str]) -> None:
    assert await phases(DummyRuntime(), spec(script), 3) == expected


async def test_services_run_for_ever() -> None:
    seen = await phases(DummyRuntime(), spec(kind=WorkloadKind.SERVICE), 20)
    assert set(seen) == {"running"}


async def test_a_start_may_fail_and_then_nothing_runs() -> None:
    runtime = DummyRuntime()
    with pytest.raises(BackendFailed, match="no space"):
        await runtime.start(spec({"FAIL_START": "no space"}), {})
    assert await runtime.list() == []


async def test_a_new_attempt_while_the_old_one_runs_is_out_of_order() -> None:
    runtime = DummyRuntime()
    handle = await runtime.start(spec({"RUN_S": "5"}), {})
    with pytest.raises(OutOfOrder, match="still runs"):
        await runtime.start(spec(attempt=2), {})
    await runtime.stop(handle, 0)
    await runtime.start(spec(attempt=2), {})
    with pytest.raises(OutOfOrder, match="after attempt 2"):
        await runtime.start(spec(attempt=0), {})


async def test_its_endpoint_is_scripted() -> None:
    runtime = DummyRuntime()
    handle = await runtime.start(
        spec({"PREPARE": "1", "ENDPOINT": "127.0.0.1:7"}, kind=WorkloadKind.SERVICE), {}
    )
    await runtime.status(handle)
    assert await runtime.endpoint(handle, 8000) is None
    assert (await runtime.status(handle)).phase is Phase.RUNNING
    found = await runtime.endpoint(handle, 8000)
    assert found is not None
    assert found.address == "127.0.0.1:7"
