"""What the end of an attempt means: done, failed, or again after a while. Pure.

Jobs are tried again up to their `retries`; services and workspaces are restarted with a
delay that doubles from 1 s to 60 s and is forgotten after 5 minutes of running.
"""

from __future__ import annotations

import signal
from datetime import datetime, timedelta
from typing import Any

from mllab.model.workloads import Wanted, Workload, WorkloadKind, WorkloadState
from mllab.runtimes.base import Phase, RuntimeStatus

LONGEST_S = 60
LONG_ENOUGH = timedelta(minutes=5)


def over(workload: Workload, look: RuntimeStatus, now: datetime) -> dict[str, Any]:
    """Return the fields of the record after its attempt ended as `look` says."""
    ended = {"exit_code": look.exit_code, "finished_at": look.finished_at or now}
    return ended | _verdict(workload, look, now)


def failed_start(workload: Workload, why: str, now: datetime, *, again: bool) -> dict[str, Any]:
    """Return the fields after the runtime refused to start it; `again` if it may not next time."""
    ended = {"exit_code": None, "finished_at": now}
    if workload.wanted is Wanted.STOPPED:
        return ended | _final(WorkloadState.STOPPED, "stopped")
    return ended | (
        _again(workload, "a failed start", why, now) if again else _final(WorkloadState.FAILED, why)
    )


def _verdict(workload: Workload, look: RuntimeStatus, now: datetime) -> dict[str, Any]:
    job = workload.kind is WorkloadKind.JOB
    stopped = workload.state is WorkloadState.STOPPING
    if workload.wanted is Wanted.STOPPED and (stopped or not job):
        return _final(WorkloadState.STOPPED, "stopped")
    if workload.overrun and stopped:
        return _final(WorkloadState.FAILED, workload.overrun)
    if stopped and not job:
        return _pending(workload.reason or "restarting")
    fine = look.phase is Phase.EXITED and look.exit_code == 0
    if fine and not stopped and not workload.restart:
        return _final(WorkloadState.SUCCEEDED, "")
    cause, detail = (workload.reason or "stopped", "") if stopped else (_cause(look), look.reason)
    if workload.wanted is Wanted.STOPPED:
        return _final(WorkloadState.FAILED, look.reason or cause)
    return _again(workload, cause, detail, now)


def _again(workload: Workload, cause: str, detail: str, now: datetime) -> dict[str, Any]:
    job = workload.kind is WorkloadKind.JOB
    failures = 1 if _ran_long(workload, now) else workload.failures + 1
    if not (workload.attempt <= workload.retries if job else workload.restart):
        return _final(WorkloadState.FAILED, detail or cause) | {"failures": failures}
    delay = min(LONGEST_S, 2 ** min(failures - 1, 10))
    verb = "trying again" if job else "restarting"
    which = f"attempt {workload.attempt} of {workload.retries + 1}" if job else _times(failures)
    return _pending(f"{verb} in {delay} s ({which}): {detail or cause}") | {
        "failures": failures,
        "next_start_at": now + timedelta(seconds=delay),
    }


def _ran_long(workload: Workload, now: datetime) -> bool:
    if workload.kind is WorkloadKind.JOB or workload.ready_at is None:
        return False
    return now - workload.ready_at >= LONG_ENOUGH


def _final(state: WorkloadState, reason: str) -> dict[str, Any]:
    return {"state": state, "reason": reason, "next_start_at": None}


def _pending(reason: str) -> dict[str, Any]:
    return {"state": WorkloadState.PENDING, "reason": reason, "next_start_at": None}


def _cause(look: RuntimeStatus) -> str:
    """Return how an attempt ended, in a few words."""
    code = look.exit_code
    if look.phase is Phase.LOST or code is None:
        return "it was lost"
    if code > 128 and code - 128 in set(signal.Signals):
        return f"{signal.Signals(code - 128).name} (exit code {code})"
    return f"exit code {code}"


def _times(number: int) -> str:
    ending = "th" if number % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(number % 10)
    return f"{number}{ending or 'th'} time"
