"""The images that `make images` built: what they hold, and that they run as they shall."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from docker_engine import docker, lab_image, started
from running_lab import wait_for

IMAGES = ["lab", "workspace", "model-server"]
HARDENED = ("--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges", "--tmpfs=/tmp")
FROM_OUTSIDE = [
    "/machine",
    "/etc/apt/sources.list",
    "/etc/apt/apt.conf.d/99machine",
    "/etc/pip.conf",
    "/root/.npmrc",
    "/root/.cache",
]
WORKSPACE = Path(__file__).parent / "inside" / "start_workspace.py"

pytestmark = [pytest.mark.external, pytest.mark.usefixtures("engine")]


@pytest.mark.parametrize("name", IMAGES)
def test_nothing_of_the_building_machine_is_in_an_image(name: str) -> None:
    history = docker("history", "--no-trunc", "--format", "{{.CreatedBy}}", lab_image(name))
    assert "://" not in history
    assert "ARG" not in history
    look = f"ls -d {' '.join(FROM_OUTSIDE)} 2>/dev/null; true"
    assert docker("run", "--rm", lab_image(name), "sh", "-c", look) == ""


@pytest.mark.parametrize("name", IMAGES)
def test_images_run_as_the_user_lab(name: str) -> None:
    facts = json.loads(docker("inspect", lab_image(name)))[0]["Config"]
    assert facts["User"] == "1000:1000"
    assert docker("run", "--rm", *HARDENED, lab_image(name), "id", "-un") == "lab"


@pytest.mark.parametrize("name", ["workspace", "model-server"])
def test_a_bare_python_has_the_client(name: str) -> None:
    line = "import mllab; print(mllab.__version__); from mllab import Lab, Environment"
    tag = lab_image(name)
    assert docker("run", "--rm", *HARDENED, tag, "python", "-c", line) == tag.partition(":")[2]


def test_a_model_server_has_what_most_models_need() -> None:
    line = "import fastapi, mlflow.pyfunc, numpy, pandas, sklearn, skops, uvicorn; print('all')"
    found = docker("run", "--rm", "--network=none", lab_image("model-server"), "python", "-c", line)
    assert found.endswith("all")


@pytest.mark.parametrize("place", ["/home/lab", "/lab", "/lab/environments"])
def test_a_new_volume_belongs_to_the_user_lab(place: str) -> None:
    with started(lab_image("workspace"), f"--volume={place}", command=("sleep", "60")) as name:
        assert docker("exec", name, "stat", "--format=%u:%g", place) == "1000:1000"
        docker("exec", name, "touch", f"{place}/file")


def test_a_workspace_starts_without_network_and_resolves_nothing() -> None:
    run = ("run", "--rm", "--interactive", "--network=none", "--cap-drop=ALL", "--volume=/home/lab")
    told = docker(*run, lab_image("workspace"), "python", "-", text=WORKSPACE.read_text())
    assert "JupyterLab answers" in told
    assert "looking for versions" not in told
    assert "installing" not in told


def test_a_lab_lives_on_a_read_only_root_and_ends_well() -> None:
    with started(lab_image("lab"), *HARDENED, "--health-interval=1s") as name:
        health = ("inspect", "--format", "{{.State.Health.Status}}", name)
        wait_for(lambda: docker(*health) == "healthy", within_s=60, what="the lab is healthy")
        docker("stop", "--time=20", name)
        assert docker("inspect", "--format", "{{.State.ExitCode}}", name) == "0"
        assert "workloads run on" in docker("logs", name)
