"""What the tests of the deployment share."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest
from docker_engine import docker, lab_image, started
from engine_proxy import Proxy, open_proxy

LAB = f"test-lab-{uuid.uuid4().hex[:8]}"


@pytest.fixture(scope="module")
def proxy(engine: str) -> Iterator[Proxy]:
    """A proxy for a lab whose own container is called `LAB`."""
    if not engine.startswith("unix://"):
        pytest.skip("needs a Docker Engine on a Unix socket")
    with open_proxy(LAB) as found:
        yield found


@pytest.fixture(scope="module")
def lab_container(engine: str) -> Iterator[str]:
    """A container that stands for the lab's own, without the lab's label."""
    docker("run", "--detach", "--name", LAB, lab_image("workspace"), "sleep", "300")
    yield LAB
    docker("rm", "--force", LAB)


@pytest.fixture(scope="module")
def stranger(engine: str) -> Iterator[str]:
    """A container of somebody else on the same engine."""
    with started(lab_image("workspace"), command=("sleep", "300")) as name:
        yield name


@pytest.fixture(scope="module")
def network(proxy: Proxy) -> str:
    """A network of the lab; removed with the proxy."""
    name = f"{proxy.namespace}-p-one"
    docker("network", "create", f"--label=lab.namespace={proxy.namespace}", name)
    return name


@pytest.fixture(scope="module")
def job(proxy: Proxy, network: str) -> str:
    """A running container of the lab; removed with the proxy."""
    name = f"{proxy.namespace}-job"
    proxy.must("POST", f"/v1.41/containers/create?name={name}", proxy.body(network))
    proxy.must("POST", f"/v1.41/containers/{name}/start")
    return name
