"""What a wish of a person changes on a workload's record: pure, so a table tests it.

Control reads the record afterwards and makes it true; nothing here is slow or fails but by
`Conflict`.
"""

from __future__ import annotations

from mllab.errors import Conflict
from mllab.model.workloads import Wanted, Workload, WorkloadKind, WorkloadState

WAITING = "waiting to be started"


def wish(workload: Workload, wanted: Wanted) -> Workload:
    """Return the record after somebody wants it `wanted`; the same one if that is so.

    Raises:
        Conflict: it is being removed.
    """
    if workload.wanted is Wanted.REMOVED:
        if wanted is Wanted.REMOVED:
            return workload
        raise Conflict(f"{workload.owner_name!r} is being removed; try again in a moment.")
    if wanted is Wanted.RUNNING:
        return _run(workload)
    return workload.model_copy(update={"wanted": wanted})


def restart(workload: Workload) -> Workload:
    """Return the record after somebody wants what runs to end and a new attempt to start.

    Raises:
        Conflict: it is being removed.
    """
    asked = wish(workload, Wanted.RUNNING)
    if asked.state is WorkloadState.PENDING:
        return asked
    return asked.model_copy(
        update={"state": WorkloadState.STOPPING, "reason": "restarting", "failures": 0}
    )


def stopped(workload: Workload) -> Workload:
    """Return a new record that is only kept: nobody wants it to run yet."""
    return workload.model_copy(
        update={"wanted": Wanted.STOPPED, "state": WorkloadState.STOPPED, "reason": ""}
    )


def _run(workload: Workload) -> Workload:
    if workload.state.is_final or workload.state is WorkloadState.PENDING:
        return workload.model_copy(
            update={
                "wanted": Wanted.RUNNING,
                "state": WorkloadState.PENDING,
                "reason": WAITING,
                "failures": 0,
                "overrun": "",
                "next_start_at": None,
            }
        )
    reason = workload.reason
    if workload.state is WorkloadState.STOPPING:
        reason = "stopping; it starts again after that"
    return workload.model_copy(update={"wanted": Wanted.RUNNING, "reason": reason})


def needs_control(workload: Workload) -> bool:
    """Tell whether control has something to do or to watch."""
    return (
        not workload.state.is_final or workload.wanted is Wanted.REMOVED or has_leftovers(workload)
    )


def has_leftovers(workload: Workload) -> bool:
    """Tell whether the runtime still keeps an attempt that ended.

    A workspace's last attempt stays: its handle leads to the home folder.
    """
    over = workload.state.is_final or workload.state is WorkloadState.PENDING
    return over and workload.handle is not None and workload.kind is not WorkloadKind.WORKSPACE
