"""The table of decisions: what is kept, what the runtime says, and the step that follows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mllab.control.decisions import Do, decide, needs_look, needs_probe
from mllab.control.endings import over
from mllab.control.loop import on_the_beat
from mllab.core.wishes import needs_control, restart, wish
from mllab.errors import Conflict
from mllab.model.workloads import Wanted, Workload, WorkloadKind, WorkloadSpec, WorkloadState
from mllab.runtimes.base import Phase, RuntimeStatus

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
RUNNING = RuntimeStatus(Phase.RUNNING)
EXITED = RuntimeStatus(Phase.EXITED, exit_code=0)


def made(kind: WorkloadKind = WorkloadKind.JOB, **fields: object) -> Workload:
    """Return a record with these fields."""
    spec = WorkloadSpec(id="wl_1", kind=kind, name="n", labels={}, ports=[80])
    base = Workload(
        id="wl_1",
        kind=kind,
        project="p",
        user="u",
        owner_name="n",
        spec=spec,
        runtime="dummy",
        restart=kind is not WorkloadKind.JOB,
        created_at=NOW,
        started_at=NOW,
    )
    return base.model_copy(update=fields)


P, S, R, X = (
    WorkloadState.PENDING,
    WorkloadState.STARTING,
    WorkloadState.RUNNING,
    WorkloadState.STOPPING,
)
JOB, SERVICE = WorkloadKind.JOB, WorkloadKind.SERVICE
STOP, GONE = Wanted.STOPPED, Wanted.REMOVED
LATER = NOW + timedelta(seconds=3)
H = {"id": "wl_1"}


@pytest.mark.parametrize(
    ("workload", "look", "do", "state"),
    [
        (made(state=P), None, Do.START, S),
        (made(state=P, next_start_at=LATER), None, Do.WAIT, P),
        (made(state=P, next_start_at=NOW), None, Do.START, S),
        (made(state=P, wanted=STOP), None, Do.WAIT, WorkloadState.STOPPED),
        (made(state=P, handle=H), None, Do.CLEAN, P),
        (made(state=S), None, Do.START, S),
        (made(state=S, next_start_at=LATER), None, Do.WAIT, S),
        (made(state=S, wanted=STOP), None, Do.FIND, S),
        (made(SERVICE, state=X), None, Do.FIND, X),
        (made(state=S, handle=H), RUNNING, Do.WAIT, R),
        (made(SERVICE, state=S, handle=H), RUNNING, Do.WAIT, S),
        (made(state=R, handle=H), RUNNING, Do.WAIT, R),
        (made(state=R, handle=H, wanted=STOP), RUNNING, Do.STOP, X),
        (made(state=X, handle=H, wanted=STOP), RUNNING, Do.STOP, X),
        (made(SERVICE, state=X, handle=H), RUNNING, Do.STOP, X),
        (made(SERVICE, state=X, handle=H), EXITED, Do.END, P),
        (made(state=X, handle=H, wanted=STOP), EXITED, Do.END, WorkloadState.STOPPED),
        (made(state=R, handle=H, wanted=STOP), EXITED, Do.END, WorkloadState.SUCCEEDED),
        (made(state=R, handle=H), EXITED, Do.END, WorkloadState.SUCCEEDED),
        (made(SERVICE, state=R, handle=H), EXITED, Do.END, P),
        (made(state=R, handle=H, wanted=GONE), RUNNING, Do.REMOVE, R),
        (made(state=WorkloadState.FAILED, handle=H), None, Do.CLEAN, WorkloadState.FAILED),
        (made(state=WorkloadState.FAILED), None, Do.WAIT, WorkloadState.FAILED),
    ],
)
def test_the_table(
    workload: Workload, look: RuntimeStatus | None, do: Do, state: WorkloadState
) -> None:
    step = decide(workload, look, False, NOW)
    assert (step.do, step.change.get("state", workload.state)) == (do, state)


def test_a_look_is_taken_only_where_it_matters() -> None:
    assert needs_look(made(state=R, handle=H))
    assert not needs_look(made(state=R, handle=H, wanted=GONE))
    assert not needs_look(made(state=P, handle=H))
    assert needs_probe(made(SERVICE, state=S, handle=H), RUNNING)
    assert not needs_probe(made(SERVICE, state=R, handle=H), RUNNING)
    assert not needs_probe(made(JOB, state=S, handle=H), RUNNING)


@pytest.mark.parametrize(
    ("code", "cause"),
    [
        (1, "exit code 1"),
        (137, "SIGKILL (exit code 137)"),
        (255, "exit code 255"),
        (None, "it was lost"),
    ],
)
def test_the_reason_names_how_it_ended(code: int | None, cause: str) -> None:
    phase = Phase.LOST if code is None else Phase.EXITED
    change = over(made(SERVICE, state=R), RuntimeStatus(phase, exit_code=code), NOW)
    assert change["reason"] == f"restarting in 1 s (1st time): {cause}"


@pytest.mark.parametrize(
    ("failures", "delay", "time"),
    [
        (0, 1, "1st"),
        (1, 2, "2nd"),
        (2, 4, "3rd"),
        (10, 60, "11th"),
        (20, 60, "21st"),
        (10**6, 60, "1000001st"),
    ],
)
def test_back_off(failures: int, delay: int, time: str) -> None:
    look = RuntimeStatus(Phase.EXITED, exit_code=1)
    change = over(made(SERVICE, state=R, failures=failures), look, NOW)
    assert change["next_start_at"] == NOW + timedelta(seconds=delay)
    assert f"({time} time)" in change["reason"]


def test_a_reason_says_once_how_it_ended() -> None:
    look = RuntimeStatus(Phase.EXITED, "exited with code 3; see the log", exit_code=3)
    change = over(made(SERVICE, state=R), look, NOW)
    assert change["reason"] == "restarting in 1 s (1st time): exited with code 3; see the log"


@pytest.mark.parametrize(
    ("after_s", "do", "again_s"),
    [
        (0, Do.WAIT, 1.0),
        (58, Do.WAIT, 1.0),
        (59.7, Do.WAIT, 0.3),
        (60, Do.STOP, 0.0),
        (600, Do.STOP, 0.0),
    ],
)
def test_a_limit_of_time_is_looked_for_when_it_is_due(
    after_s: float, do: Do, again_s: float
) -> None:
    running = made(state=R, handle=H, ready_at=NOW)
    limited = running.model_copy(update={"spec": running.spec.model_copy(update={"timeout_s": 60})})
    step = decide(limited, RUNNING, False, NOW + timedelta(seconds=after_s))
    assert (step.do, round(step.again_s or 0, 3)) == (do, again_s)


@pytest.mark.parametrize(
    ("kind", "began_at", "ready_at"),
    [
        (JOB, NOW - timedelta(hours=1), NOW - timedelta(hours=1)),
        (JOB, LATER, NOW),
        (JOB, None, NOW),
        (SERVICE, NOW - timedelta(hours=1), NOW),
    ],
)
def test_a_job_is_ready_as_it_begins_and_a_service_as_it_answers(
    kind: WorkloadKind, began_at: datetime | None, ready_at: datetime
) -> None:
    look = RuntimeStatus(Phase.RUNNING, started_at=began_at)
    assert decide(made(kind, state=S, handle=H), look, True, NOW).change["ready_at"] == ready_at


@given(st.floats(0, 1e6), st.floats(0, 100))
def test_a_pause_never_ends_late(now: float, pause_s: float) -> None:
    due_at = on_the_beat(now, pause_s)
    assert now + pause_s - 1 < due_at <= now + pause_s
    assert due_at > now or pause_s < 1


def workloads() -> st.SearchStrategy[Workload]:
    """Any record in any state."""
    return st.builds(
        made,
        st.sampled_from(WorkloadKind),
        state=st.sampled_from(WorkloadState),
        wanted=st.sampled_from(Wanted),
        handle=st.sampled_from([None, H]),
        restart=st.booleans(),
        retries=st.integers(0, 2),
        attempt=st.integers(0, 3),
        next_start_at=st.sampled_from([None, NOW, LATER]),
    )


def looks() -> st.SearchStrategy[RuntimeStatus]:
    """Any look at a runtime."""
    return st.builds(
        RuntimeStatus, st.sampled_from(Phase), exit_code=st.sampled_from([None, 0, 1, 143])
    )


@given(workloads(), looks(), st.booleans())
def test_no_decision_strands_a_workload(
    workload: Workload, look: RuntimeStatus, ready: bool
) -> None:
    step = decide(workload, look if needs_look(workload) else None, ready, NOW)
    after = workload.model_copy(update=step.change)
    if step.again_s is None:
        assert not needs_control(after)
    if after.state in {P, WorkloadState.FAILED} and after.state is not workload.state:
        assert after.reason
    if workload.kind is JOB and step.do is Do.START and step.change:
        assert workload.state is P


@given(workloads())
def test_wishes_are_repeatable(workload: Workload) -> None:
    for wanted in Wanted:
        try:
            once = wish(workload, wanted)
        except Conflict:
            assert workload.wanted is GONE
            continue
        assert wish(once, wanted) == once
        assert needs_control(once) or once == workload or once.wanted is STOP


@given(workloads())
def test_a_restart_ends_what_runs(workload: Workload) -> None:
    try:
        asked = restart(workload)
    except Conflict:
        return
    assert asked.state in {P, X}
    assert asked.wanted is Wanted.RUNNING
