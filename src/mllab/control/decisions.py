"""What to do next about one workload: a pure function, so that a table tests it.

Given the record, a look at the runtime and the time it returns one step. The executor
writes `change` before it acts, so whatever a crash interrupts is decided again the same
way. No clock, no store and no runtime in here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Any

from mllab.control.endings import over
from mllab.core.wishes import has_leftovers
from mllab.model.workloads import Wanted, Workload, WorkloadKind, WorkloadState
from mllab.runtimes.base import Phase, RuntimeStatus

QUICK_S = 0.05
_OFTEN_S = 1.0
_SELDOM_S = 5.0


class Do(Enum):
    """What the executor does after it wrote the change."""

    WAIT = auto()
    """Nothing; look again after `again_s`, or only when told if that is None."""
    START = auto()
    """Start the attempt, which may have been started by a lab that then died."""
    FIND = auto()
    """Ask the runtime whether the attempt was ever started."""
    STOP = auto()
    END = auto()
    """Keep the attempt's log and revoke its token, then write the change."""
    CLEAN = auto()
    """Let the runtime forget what is kept elsewhere now."""
    REMOVE = auto()


@dataclass(frozen=True)
class Step:
    """One step: fields of the record to write, what to do, when to look again."""

    do: Do
    change: dict[str, Any] = field(default_factory=dict)
    again_s: float | None = 0.0


def needs_look(workload: Workload) -> bool:
    """Tell whether the decision depends on the runtime."""
    over_ = workload.state.is_final or workload.state is WorkloadState.PENDING
    return not over_ and workload.handle is not None and workload.wanted is not Wanted.REMOVED


def needs_probe(workload: Workload, look: RuntimeStatus | None) -> bool:
    """Tell whether it matters now that the workload answers."""
    return (
        workload.kind is not WorkloadKind.JOB
        and workload.state is WorkloadState.STARTING
        and look is not None
        and look.phase is Phase.RUNNING
    )


def decide(workload: Workload, look: RuntimeStatus | None, ready: bool, now: datetime) -> Step:
    """Return the next step; `look` is None when nothing was started, or none is needed."""
    if workload.wanted is Wanted.REMOVED:
        return Step(Do.REMOVE)
    if has_leftovers(workload):
        return Step(Do.CLEAN, {"handle": None})
    if workload.state.is_final:
        return Step(Do.WAIT, again_s=None)
    if workload.state is WorkloadState.PENDING:
        return _pending(workload, now)
    if workload.handle is None:
        return _not_started(workload, now)
    if look is None:
        return Step(Do.WAIT, again_s=_OFTEN_S)
    if look.phase in {Phase.EXITED, Phase.LOST}:
        return Step(Do.END, over(workload, look, now))
    stopping = workload.state is WorkloadState.STOPPING or bool(workload.overrun)
    if workload.wanted is Wanted.STOPPED or stopping:
        return Step(Do.STOP, _stopping(workload))
    return _alive(workload, look, ready, now)


def _pending(workload: Workload, now: datetime) -> Step:
    if workload.wanted is Wanted.STOPPED:
        reason = "stopped before it started" if workload.attempt == 0 else "stopped"
        change = _changed(workload, state=WorkloadState.STOPPED, reason=reason, next_start_at=None)
        return Step(Do.WAIT, change | {"finished_at": now}, again_s=None)
    wait = _wait_s(workload, now)
    if wait > 0:
        return Step(Do.WAIT, again_s=wait)
    return Step(
        Do.START,
        {
            "state": WorkloadState.STARTING,
            "reason": "starting",
            "attempt": workload.attempt + 1,
            "handle": None,
            "exit_code": None,
            "started_at": now,
            "ready_at": None,
            "finished_at": None,
            "next_start_at": None,
            "overrun": "",
        },
        again_s=QUICK_S,
    )


def _not_started(workload: Workload, now: datetime) -> Step:
    if workload.wanted is Wanted.STOPPED or workload.state is WorkloadState.STOPPING:
        return Step(Do.FIND)
    wait = _wait_s(workload, now)
    if wait > 0:
        return Step(Do.WAIT, again_s=wait)
    return Step(Do.START, again_s=_pace(workload, now))


def _wait_s(workload: Workload, now: datetime) -> float:
    if workload.next_start_at is None:
        return 0.0
    return (workload.next_start_at - now).total_seconds()


def _stopping(workload: Workload) -> dict[str, Any]:
    own = workload.overrun or workload.reason
    reason = own if workload.wanted is Wanted.RUNNING else "stopping"
    return _changed(workload, state=WorkloadState.STOPPING, reason=reason)


def _alive(workload: Workload, look: RuntimeStatus, ready: bool, now: datetime) -> Step:
    if look.phase is Phase.PREPARING:
        reason = look.reason or "preparing"
        change = _changed(workload, state=WorkloadState.STARTING, reason=reason)
        return Step(Do.WAIT, change, again_s=_pace(workload, now))
    if workload.state is WorkloadState.RUNNING:
        return _running(workload, now)
    if workload.kind is WorkloadKind.JOB or ready:
        ready_at = _began(workload, look, now)
        change = _changed(workload, state=WorkloadState.RUNNING, reason="", ready_at=ready_at)
        return Step(Do.WAIT, change, again_s=QUICK_S * 2)
    reason = "started; waiting until it answers" + _where(workload)
    return Step(Do.WAIT, _changed(workload, reason=reason), again_s=_pace(workload, now))


def _running(workload: Workload, now: datetime) -> Step:
    limit = workload.spec.timeout_s
    pause_s = _OFTEN_S if workload.kind is WorkloadKind.JOB else _SELDOM_S
    if limit is not None and workload.ready_at is not None:
        left = workload.ready_at + timedelta(seconds=limit) - now
        if left <= timedelta():
            reason = f"stopped after its limit of {limit} s"
            return Step(Do.STOP, {"state": WorkloadState.STOPPING, "reason": reason})
        pause_s = min(pause_s, left.total_seconds())
    # What was in control's way may have left its note.
    return Step(Do.WAIT, _changed(workload, reason=""), again_s=pause_s)


def _began(workload: Workload, look: RuntimeStatus, now: datetime) -> datetime:
    """Return when it was ready; a job may have been so long before a lab came back to see it."""
    known = look.started_at if workload.kind is WorkloadKind.JOB else None
    return min(now, known or now)


def _where(workload: Workload) -> str:
    port = f" on port {workload.spec.ports[0]}" if workload.spec.ports else ""
    return f"{port} at {workload.health_path}" if workload.health_path else port


def _pace(workload: Workload, now: datetime) -> float:
    """Look often at first, more seldom the longer the start takes."""
    age = (now - workload.started_at).total_seconds() if workload.started_at else 0.0
    return min(_OFTEN_S, max(QUICK_S, age / 20))


def _changed(workload: Workload, **fields: Any) -> dict[str, Any]:
    """Return those of `fields` that differ, so that nothing is written for nothing."""
    return {name: value for name, value in fields.items() if getattr(workload, name) != value}
