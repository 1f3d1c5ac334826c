"""What becomes of each kind when the lab is ended with everything that it runs. Pure."""

from __future__ import annotations

from mllab.model.workloads import Wanted, Workload, WorkloadKind, WorkloadState

REASON = "waiting: the lab was stopped; it starts again with the lab"


def wish_to_stop(workload: Workload) -> Workload:
    """Return the record that lets it end now.

    Services are still wanted and start with the next lab; a workspace starts on its next
    visit; a job run that was under way is over.
    """
    if workload.wanted is not Wanted.RUNNING:
        return workload
    if workload.kind is not WorkloadKind.SERVICE:
        return workload.model_copy(update={"wanted": Wanted.STOPPED})
    return workload.model_copy(update={"state": WorkloadState.STOPPING, "reason": REASON})
