"""Services over the API, and how the gateway reaches them."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from people import Api, People

from mllab.control.loop import Control
from mllab.core.lab import LabCore
from mllab.errors import NotAllowed, NotFound
from mllab.model.accounts import NewToken, Principal, Scope
from mllab.model.workloads import Workload, WorkloadState

SERVICES = "/api/projects/alpha/services"
SPEC: dict[str, Any] = {"command": "serve", "ports": [8080, 9090]}


async def deploy(api: Api, start: bool = True, **spec: Any) -> httpx.Response:
    body = {"name": "web", "spec": SPEC | spec, "start": start}
    return await api("bob").post(SERVICES, json=body)


async def ready(core: LabCore) -> None:
    """Let the service be ready without anybody listening."""
    control = Control(core, takeover=True)
    await control.step()
    await control.step()
    (workload,) = await core.workloads.open_ones()

    def running(kept: Workload) -> Workload:
        return kept.model_copy(update={"state": WorkloadState.RUNNING})

    await core.workloads.change(workload.id, running)


async def test_a_service_is_deployed_changed_and_deleted(api: Api) -> None:
    answer = await deploy(api)
    assert answer.status_code == 201
    service = answer.json()
    assert (service["path"], service["status"]["state"]) == (
        "/projects/alpha/services/web/",
        "pending",
    )
    assert (await api("vera").get(f"{SERVICES}/web")).json() == service
    assert (await api("vera").get(SERVICES)).json()["items"] == [service]
    assert (await deploy(api)).status_code == 409
    changed = await api("bob").put(f"{SERVICES}/web", json=SPEC | {"command": "other"})
    assert changed.json()["spec"]["command"] == "other"
    assert (await api("bob").delete(f"{SERVICES}/web")).status_code == 204
    assert (await api("bob").get(f"{SERVICES}/web")).status_code == 404


async def test_a_service_may_be_defined_only(api: Api) -> None:
    answer = await deploy(api, start=False)
    assert answer.json()["status"]["state"] == "stopped"
    assert (await api("bob").post(f"{SERVICES}/web/stop")).json()["status"]["state"] == "stopped"
    started = await api("bob").post(f"{SERVICES}/web/start")
    assert (started.status_code, started.json()["status"]["state"]) == (200, "pending")


async def test_the_gateway_learns_how_to_reach_it(api: Api, core: LabCore, people: People) -> None:
    await deploy(api)
    reach = core.services.reach
    waiting = await reach(people["vera"], "alpha", "web", None)
    assert (waiting.endpoint, waiting.status.state) == (None, "pending")
    await ready(core)
    for port, address, stripped in [
        (None, "127.0.0.1:8080", "/projects/alpha/services/web"),
        (8080, "127.0.0.1:8080", "/projects/alpha/services/web/8080"),
        (9090, "127.0.0.1:9090", "/projects/alpha/services/web/9090"),
    ]:
        found = await reach(people["vera"], "alpha", "web", port)
        assert found.endpoint is not None
        assert (found.endpoint.address, found.stripped, found.owner) == (address, stripped, "bob")
    await api("bob").post(f"{SERVICES}/web/stop")
    await Control(core, takeover=True).step()
    assert (await reach(people["vera"], "alpha", "web", None)).endpoint is None


async def test_a_stranger_and_a_strange_port_find_nothing(
    api: Api, core: LabCore, people: People
) -> None:
    await deploy(api)
    for who, service, port in [("charlie", "web", None), ("vera", "we", None), ("vera", "web", 80)]:
        with pytest.raises(NotFound):
            await core.services.reach(people[who], "alpha", service, port)


async def test_a_token_of_a_service_opens_that_one(api: Api, core: LabCore, people: People) -> None:
    await deploy(api)
    scope = Scope(project="alpha", service="web")
    secret = (await core.tokens.create(people["vera"], NewToken(scope=scope))).secret
    holder: Principal = await core.identity.principal(secret)
    assert (await core.services.reach(holder, "alpha", "web", None)).status.state == "pending"
    with pytest.raises(NotAllowed):
        await core.services.reach(holder, "alpha", "other", None)
    with pytest.raises(NotAllowed):
        await core.services.get(holder, "alpha", "web")


async def test_its_log_can_be_read(api: Api, core: LabCore) -> None:
    await deploy(api, environment={"DUMMY_LOG": "ready\n"})
    await Control(core, takeover=True).step()
    assert (await api("vera").get(f"{SERVICES}/web/logs")).text == "ready\n"
    await api("bob").post(f"{SERVICES}/web/stop")
    await Control(core, takeover=True).step()
    assert (await api("vera").get(f"{SERVICES}/web/logs")).text == "ready\n"


async def test_what_it_finds_in_its_environment(api: Api, core: LabCore) -> None:
    own = {"LAB_PROJECT": "evil", "MLFLOW_TRACKING_URI": "https://mine", "A": "own"}
    await api("bob").put("/api/projects/alpha/secrets/A", json={"value": "secret"})
    await api("bob").put("/api/projects/alpha/secrets/B", json={"value": "secret"})
    await deploy(api, environment=own)
    await Control(core, takeover=True).step()
    (life,) = core.workloads.runtime.world.lives.values()  # type: ignore[attr-defined]
    assert life.spec.environment == {
        "A": "own",
        "LOGNAME": "bob",
        "MLFLOW_TRACKING_URI": "https://mine",
        "LAB_PROJECT": "alpha",
        "LAB_ENDPOINT": core.workloads.endpoint_url,
        "LAB_WORKLOAD": life.spec.id,
        "LAB_SERVICE_PATH": "/projects/alpha/services/web/8080/",
    }
    assert life.secrets.keys() == {"B", "LAB_API_TOKEN"}


async def test_a_model_service_serves_one_version(api: Api, core: LabCore) -> None:
    mlflow = "/api/projects/alpha/mlflow/api/2.0"
    registry = f"{mlflow}/mlflow"
    place = f"{mlflow}/mlflow-artifacts/artifacts/m/requirements.txt"
    await api("bob").put(place, content=b"# made by mlflow\nscikit-learn==1.7\n")
    await api("bob").post(f"{registry}/registered-models/create", json={"name": "wine"})
    for _ in range(2):
        body = {"name": "wine", "source": "mlflow-artifacts:/m"}
        made = await api("bob").post(f"{registry}/model-versions/create", json=body)
        assert made.status_code == 200, made.text
    spec: dict[str, Any] = {"command": None, "model": {"name": "wine", "version": "1"}}
    answer = await deploy(api, **spec, requirements=["extra"])
    assert answer.status_code == 201, answer.text
    await Control(core, takeover=True).step()
    (life,) = core.workloads.runtime.world.lives.values()  # type: ignore[attr-defined]
    assert (life.spec.program, life.spec.model_uri) == ("model-server", "models:/wine/1")
    assert life.spec.requirements == ["scikit-learn==1.7", "extra"]
    assert life.spec.ports == [8080]
    missing = {"command": None, "model": {"name": "wine", "alias": "best"}}
    assert (await api("bob").put(f"{SERVICES}/web", json=missing)).status_code == 404


async def test_whoever_wrote_a_service_last_owns_its_pages(
    api: Api, core: LabCore, people: People
) -> None:
    await deploy(api)
    await api("alice").post(f"{SERVICES}/web/restart")
    assert (await core.services.reach(people["vera"], "alpha", "web", None)).owner == "bob"
    await api("alice").put(f"{SERVICES}/web", json=SPEC)
    assert (await core.services.reach(people["vera"], "alpha", "web", None)).owner == "alice"
