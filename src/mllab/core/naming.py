"""Names and labels of everything that a runtime creates (design, section 5).

Names are for people and for the infrastructure's own tools; what a thing *is* is read
from its labels, never from its name.
"""

from __future__ import annotations

import hashlib

from mllab import __version__
from mllab.model.workloads import WorkloadKind

_FEATURES = {
    WorkloadKind.WORKSPACE: "workspace",
    WorkloadKind.SERVICE: "project-service",
    WorkloadKind.JOB: "project-job",
}
_LONGEST = 63


def fit(name: str, *facts: str) -> str:
    """Return `name`, or a form of at most 63 signs that ends in a hash of name and facts."""
    if len(name) <= _LONGEST and not facts:
        return name
    digest = hashlib.sha256("\n".join((name, *facts)).encode()).hexdigest()[:8]
    return f"{name[: _LONGEST - 9]}-{digest}"


def workspace_name(namespace: str, user: str) -> str:
    """Return `{ns}-u-{user}-workspace`."""
    return fit(f"{namespace}-u-{user}-workspace")


def service_name(namespace: str, project: str, service: str) -> str:
    """Return `{ns}-p-{project}-s-{service}`; a hash ends it where two could share a name."""
    facts = (project, service) if _ambiguous(project, service) else ()
    return fit(f"{namespace}-p-{project}-s-{service}", *facts)


def job_run_name(namespace: str, project: str, job: str, number: int) -> str:
    """Return `{ns}-p-{project}-j-{job}-{run}`; a hash ends it where two could share a name."""
    facts = (project, job) if _ambiguous(project, job) else ()
    return fit(f"{namespace}-p-{project}-j-{job}-{number}", *facts)


def _ambiguous(project: str, name: str) -> bool:
    return any(mark in f"-{part}-" for part in (project, name) for mark in ("-s-", "-j-"))


def labels(
    namespace: str,
    kind: WorkloadKind,
    *,
    name: str,
    workload: str,
    user: str,
    project: str | None = None,
) -> dict[str, str]:
    """Return the labels that tie a workload to its lab, project, user and record."""
    found = {
        "lab.namespace": namespace,
        "lab.feature.type": _FEATURES[kind],
        "lab.feature.name": name,
        "lab.user": user,
        "lab.workload": workload,
        "lab.version": __version__,
    }
    return found | ({"lab.project": project} if project else {})
