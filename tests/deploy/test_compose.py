"""A lab in a container, by compose: what runs on it, through its one port."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest
from compose import ComposedLab, composed_lab
from docker_engine import docker
from docker_lab import labelled, run_inside
from running_lab import ADMIN_PASSWORD

pytestmark = [pytest.mark.external, pytest.mark.usefixtures("engine")]

READS = """python3 -c '
from mllab import Lab
print("it says", Lab().project("alpha").datasets.read("greeting.txt").decode())'"""


@pytest.fixture(scope="module")
def lab(engine: str) -> Iterator[ComposedLab]:
    """A lab with project alpha, in which a service runs."""
    with composed_lab() as found:
        found.client().projects.create("alpha")
        yield found


def test_a_job_prints_and_talks_to_the_lab(lab: ComposedLab) -> None:
    project = lab.client().project("alpha")
    project.datasets.upload("greeting.txt", b"hello from outside")
    project.jobs.submit("reader", READS)
    run = project.jobs.wait("reader", 1, timeout_s=120)
    told = "".join(project.jobs.logs("reader", 1))
    assert (run.status.state, told) == ("succeeded", "it says hello from outside\n"), run.status


def test_a_workspace_answers_through_the_published_port(lab: ComposedLab) -> None:
    client = lab.client()
    workspace = client.workspace()
    workspace.start()
    workspace.wait(timeout_s=180)
    signed_in = {"Authorization": f"Bearer {token(lab)}"}
    page = f"{lab.url}/workspaces/admin/api/status"
    assert httpx.get(page, headers=signed_in).status_code == 200
    assert httpx.get(page).status_code == 401


def test_a_service_reaches_the_lab_by_its_endpoint_and_on_no_other_network(
    lab: ComposedLab,
) -> None:
    services = lab.client().project("alpha").services
    services.deploy("web", "exec python3 -m http.server $PORT")
    services.wait("web", timeout_s=120)
    assert services.request("web").status_code == 200
    (web,) = labelled("ps", **{"namespace": lab.namespace, "feature.name": "web"})
    endpoint = urlsplit(docker("exec", web, "printenv", "LAB_ENDPOINT"))
    port = urlsplit(lab.url).port
    # Its gateway, on alpha's network; on the others of its container it does not answer.
    own, *others = addresses(f"{lab.namespace}-core-lab", f"{lab.namespace}-p-alpha")
    near = [f"{own}:{endpoint.port}", f"{endpoint.hostname}:{endpoint.port}"]
    far = [f"{each}:{p}" for each in others for p in (port, endpoint.port)]
    assert far
    assert json.loads(run_inside(web, "probe", "reach", *near, *far)) == near


def test_ranges_that_only_the_machine_routes_are_left_out(lab: ComposedLab) -> None:
    elsewhere = f"{lab.namespace}-elsewhere"
    docker("network", "create", f"--label=lab.namespace={lab.namespace}", elsewhere)
    form = "{{(index .IPAM.Config 0).Subnet}}"
    subnet = docker("network", "inspect", "--format", form, elsewhere)
    ask = "from mllab.runtimes.docker.networks import routed; print(*routed())"
    found = docker("exec", f"{lab.namespace}-core-lab", "python3", "-c", ask).split()
    assert subnet in found


def addresses(container: str, network: str) -> list[str]:
    """Return a container's addresses, that on `network` first."""
    found = json.loads(docker("inspect", container))[0]["NetworkSettings"]["Networks"]
    return [found.pop(network)["IPAddress"], *(each["IPAddress"] for each in found.values())]


def token(lab: ComposedLab) -> str:
    """Return a token of the first admin."""
    body = {"username": "admin", "password": ADMIN_PASSWORD, "name": "test"}
    answer = httpx.post(f"{lab.url}/api/auth/token", json=body)
    return str(answer.json()["secret"])
