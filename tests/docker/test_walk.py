"""The walk of `examples/walk` with containers: job, workspace and model service in the images."""

from __future__ import annotations

from pathlib import Path

import pytest
from docker_lab import DockerLab, docker_lab, labelled
from running_lab import wait_for
from walking import BY_PYTHON, files_left, walk

pytestmark = [pytest.mark.external, pytest.mark.usefixtures("engine")]


def test_from_data_to_a_served_model_in_containers(tmp_path: Path) -> None:
    with docker_lab(tmp_path / "data") as lab:
        walk(lab.lab, BY_PYTHON)
        wait_for(lambda: held(lab) == [f"{lab.namespace}-core"], within_s=60, what="all are gone")
        wait_for(lambda: not files_left(lab.lab), within_s=60, what="files are gone")


def held(lab: DockerLab) -> list[str]:
    """Return what the Engine holds for a lab."""
    containers = labelled("ps", "--all", namespace=lab.namespace, form="{{.Names}}")
    networks = labelled("network", "ls", namespace=lab.namespace, form="{{.Name}}")
    volumes = labelled("volume", "ls", namespace=lab.namespace, form="{{.Name}}")
    return containers + networks + volumes
