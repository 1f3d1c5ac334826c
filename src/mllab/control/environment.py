"""What the lab adds to a workload at each start: its address, its token, the secrets.

None of it is kept in a record: the token is new for each attempt, secrets are read at the
last moment, and the address may differ after a restart of the lab.
"""

from __future__ import annotations

from dataclasses import dataclass

from mllab.core.lab import LabCore
from mllab.model.accounts import Scope, TokenKind
from mllab.model.projects import Role
from mllab.model.workloads import Workload, WorkloadKind, WorkloadSpec


@dataclass(frozen=True)
class Equipped:
    """A spec ready to be started, and what must stand in no file."""

    spec: WorkloadSpec
    secrets: dict[str, str]
    token_id: str


async def equip(core: LabCore, workload: Workload) -> Equipped:
    """Issue the attempt's token and put everything together.

    The lab's own variables win over the user's, the user's over the project's secrets;
    where the user names a tracking server of their own, the lab's token stays away from it.

    Raises:
        NotFound: the user who started it is gone.
    """
    project = workload.project
    scope = Scope(project=project, role=Role.EDITOR if project else None, workload=workload.id)
    issued = await core.tokens.issue(
        workload.user, TokenKind.WORKLOAD, scope=scope, name=workload.spec.name
    )
    own = workload.spec.environment
    secrets = await core.secrets.values(project) if project else {}
    secrets = {name: value for name, value in secrets.items() if name not in own}
    secrets["LAB_API_TOKEN"] = issued.secret
    if project and "MLFLOW_TRACKING_URI" not in own:
        secrets["MLFLOW_TRACKING_TOKEN"] = issued.secret
    environment = variables(workload, core.workloads.endpoint_url.rstrip("/"))
    spec = workload.spec.model_copy(
        update={"attempt": workload.attempt, "environment": environment}
    )
    return Equipped(spec, secrets, issued.token.id)


def variables(workload: Workload, endpoint: str) -> dict[str, str]:
    """Return the variables of a workload that are no secrets.

    `LOGNAME` is what programs take for the person's name; MLflow's client writes it on runs.
    """
    own = {"LOGNAME": workload.user} | workload.spec.environment
    lab = {"LAB_ENDPOINT": endpoint, "LAB_WORKLOAD": workload.id}
    if workload.project is None:
        return own | lab
    lab["LAB_PROJECT"] = workload.project
    if workload.kind is WorkloadKind.SERVICE:
        port = workload.spec.ports[0]
        lab["LAB_SERVICE_PATH"] = f"{workload.spec.base_path}{port}/"
    tracking = {"MLFLOW_TRACKING_URI": f"{endpoint}/api/projects/{workload.project}/mlflow"}
    return tracking | own | lab
