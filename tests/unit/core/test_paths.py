"""Where a workload is told that it is, in a lab below a path."""

from __future__ import annotations

import pytest

from mllab.config import Settings
from mllab.control.environment import variables
from mllab.core.services import service_path
from mllab.core.specs import Builder
from mllab.core.workspaces import workspace_path
from mllab.model.base import now
from mllab.model.work import Service, ServiceSpec
from mllab.model.workloads import Status


@pytest.mark.parametrize("base", ["", "/ml/lab"])
def test_a_workspace_knows_its_whole_path(base: str) -> None:
    workload = _builder(base).workspace("ann", workspace_path("ann"), "w", now())
    assert workload.spec.base_path == f"{base}/workspaces/ann/"
    assert workload.health_path == f"{base}/workspaces/ann/api"


@pytest.mark.parametrize("base", ["", "/ml/lab"])
def test_a_service_knows_its_whole_path(base: str) -> None:
    service = Service(
        name="svc",
        project="alpha",
        spec=ServiceSpec(command="x", ports=[5000], health_path="/up"),
        path=service_path("alpha", "svc"),
        created_by="ann",
        created_at=now(),
        updated_by="ann",
        status=Status(),
    )
    workload = _builder(base).service(service, "w", "ann", None, now())
    found = variables(workload, f"http://lab{base}")
    assert found["LAB_SERVICE_PATH"] == f"{base}/projects/alpha/services/svc/5000/"
    assert found["MLFLOW_TRACKING_URI"] == f"http://lab{base}/api/projects/alpha/mlflow"
    assert workload.health_path == "/up", "a service never sees its path"
    assert service.path == "/projects/alpha/services/svc/", "below the lab's own"


def _builder(base: str) -> Builder:
    return Builder(Settings(base_url=base), runtime="process")
