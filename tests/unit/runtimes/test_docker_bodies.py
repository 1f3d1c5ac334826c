"""From a spec to the body of "create a container", as tables."""

from __future__ import annotations

from typing import Any

import pytest

from mllab.model.workloads import (
    GitCode,
    Limits,
    Program,
    UploadedCode,
    WorkloadKind,
    WorkloadSpec,
)
from mllab.runtimes.base import owner_of
from mllab.runtimes.docker.bodies import Place, create_body, installer, is_prepared
from mllab.runtimes.docker.injected import ENTRY

LABELS = {
    "lab.namespace": "lab",
    "lab.feature.type": "project-job",
    "lab.feature.name": "train",
    "lab.project": "alpha",
    "lab.user": "ann",
    "lab.workload": "job_1",
    "lab.version": "0.1.0",
}
ANN = {name: value for name, value in LABELS.items() if name != "lab.project"}
GIT = GitCode(url="git+https://host/x.git")


def body(
    *,
    secrets: dict[str, str] | None = None,
    lab: dict[str, str] | None = None,
    place: dict[str, Any] | None = None,
    **spec: Any,
) -> dict[str, Any]:
    """Return the body of a job whose spec, place and surroundings differ in what is named."""
    usual: dict[str, Any] = {"id": "job_1", "kind": WorkloadKind.JOB, "name": "lab-p-alpha-j-1"}
    usual |= {"labels": LABELS, "command": "python train.py"}
    where: dict[str, Any] = {"image": "python:3.12", "network": "net-1", "log_bytes": 1000}
    where |= {"lab_address": "10.176.0.1", "environments": "lab-p-alpha-environments"}
    made = WorkloadSpec.model_validate(usual | spec)
    return create_body(made, Place(**(where | (place or {}))), secrets or {}, lab or {})


def host(**more: Any) -> dict[str, Any]:
    found: dict[str, Any] = body(**more)["HostConfig"]
    return found


def variables(**more: Any) -> dict[str, str]:
    return dict(each.split("=", 1) for each in body(**more)["Env"])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("CapDrop", ["ALL"]),
        ("SecurityOpt", ["no-new-privileges"]),
        ("PidsLimit", 8192),
        ("Init", True),
        ("OomScoreAdj", 500),
        ("RestartPolicy", {"Name": "no"}),
        ("NetworkMode", "net-1"),
        ("ExtraHosts", ["lab.internal:10.176.0.1"]),
        (
            "LogConfig",
            {"Type": "json-file", "Config": {"max-size": "1000", "max-file": "2"}},
        ),
    ],
)
@pytest.mark.parametrize("program", list(Program))
def test_what_holds_for_every_container(field: str, value: object, program: Program) -> None:
    assert host(program=program)[field] == value


@pytest.mark.parametrize(
    "field", ["Privileged", "CapAdd", "Binds", "Devices", "PidMode", "IpcMode", "UsernsMode"]
)
def test_nothing_opens_the_host(field: str) -> None:
    assert field not in host(volume="lab-u-ann-workspace", code=GIT, limits=Limits(gpus=1))


def test_no_mount_is_a_folder_of_the_host() -> None:
    mounts = host(volume="lab-u-ann-workspace", code=GIT)["Mounts"]
    assert {each["Type"] for each in mounts} == {"volume"}


def test_a_lab_in_a_container_is_found_by_its_networks_name() -> None:
    assert host(place={"lab_address": None})["ExtraHosts"] == []


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        (Limits(), {}),
        (Limits(memory_mib=512), {"Memory": 512 << 20, "MemorySwap": 512 << 20}),
        (Limits(cpu_cores=0.5), {"NanoCpus": 500_000_000}),
        (Limits(cpu_cores=4), {"NanoCpus": 4_000_000_000}),
    ],
)
def test_limits(limits: Limits, expected: dict[str, int]) -> None:
    found = host(limits=limits)
    names = ("Memory", "MemorySwap", "NanoCpus", "DeviceRequests")
    assert {name: found[name] for name in names if name in found} == expected


@pytest.mark.parametrize(
    ("limits", "request_"),
    [
        (Limits(), None),
        (Limits(gpus=2), [{"Count": 2, "Capabilities": [["gpu"]]}]),
        (
            Limits(gpu_ids=["0", "GPU-3a"]),
            [{"DeviceIDs": ["0", "GPU-3a"], "Capabilities": [["gpu"]]}],
        ),
    ],
)
def test_gpus_are_asked_for_by_number_or_name(limits: Limits, request_: object) -> None:
    assert host(limits=limits).get("DeviceRequests") == request_


@pytest.mark.parametrize(
    ("memory_mib", "shared_mib"), [(None, 1024), (16, 8), (1000, 500), (2048, 1024), (9000, 1024)]
)
def test_shared_memory_is_half_of_the_memory_at_most(
    memory_mib: int | None, shared_mib: int
) -> None:
    assert host(limits=Limits(memory_mib=memory_mib))["ShmSize"] == shared_mib << 20


@pytest.mark.parametrize(
    ("spec", "prepared"),
    [
        ({}, False),
        ({"code": GIT}, True),
        ({"code": UploadedCode(id=f"code_{'0' * 20}")}, True),
        ({"requirements": ["numpy"]}, True),
        ({"program": Program.WORKSPACE, "command": None}, True),
        ({"program": Program.MODEL_SERVER, "command": None}, True),
    ],
)
def test_only_what_has_to_be_prepared_begins_with_the_labs_own_code(
    spec: dict[str, Any], prepared: bool
) -> None:
    found = body(**spec)
    assert found["Entrypoint"] == ["/bin/sh", "-c"]
    assert (found["Cmd"] == [ENTRY]) is prepared
    assert ("WorkingDir" in found) is prepared
    command = spec.get("command", "python train.py")
    made = WorkloadSpec.model_validate(
        {"id": "x", "kind": "job", "name": "x", "labels": {}, "command": command} | spec
    )
    assert is_prepared(made) is prepared


def test_a_plain_command_keeps_the_images_folder_and_waits_for_its_children_at_its_end() -> None:
    assert body()["Cmd"] == ["trap 'exit 143' TERM\npython train.py"]
    assert body()["StopSignal"] == "SIGTERM"


@pytest.mark.parametrize(
    ("spec", "folder"),
    [({"code": GIT}, "/lab/work"), ({"code": GIT, "volume": "home"}, "/home/lab")],
)
def test_where_a_prepared_program_begins(spec: dict[str, Any], folder: str) -> None:
    assert body(**spec)["WorkingDir"] == folder


PROJECTS = {"lab.namespace": "lab", "lab.project": "alpha", "lab.version": "0.1.0"}
ANNS = {"lab.namespace": "lab", "lab.user": "ann", "lab.version": "0.1.0"}
CACHE = ("lab-p-alpha-environments", "/lab/environments", PROJECTS)


@pytest.mark.parametrize(
    ("spec", "place", "expected"),
    [
        ({}, {}, []),
        ({"code": GIT}, {}, [CACHE]),
        ({"code": GIT}, {"environments": None}, []),
        (
            {"program": Program.WORKSPACE, "volume": "home", "labels": ANN},
            {"environments": None},
            [("home", "/home/lab", ANNS)],
        ),
        ({"requirements": ["a"], "volume": "v"}, {}, [("v", "/home/lab", PROJECTS), CACHE]),
    ],
)
def test_mounts_are_volumes_that_say_whose_they_are(
    spec: dict[str, Any], place: dict[str, Any], expected: list[tuple[str, str, dict[str, str]]]
) -> None:
    found = [
        (each["Source"], each["Target"], each["VolumeOptions"]["Labels"])
        for each in host(place=place, **spec)["Mounts"]
    ]
    assert found == expected


@pytest.mark.parametrize(
    ("labels", "owner"), [(LABELS, PROJECTS), (ANN, ANNS), ({"other": "x"}, {})]
)
def test_what_outlives_a_workload_is_its_projects_or_its_users(
    labels: dict[str, str], owner: dict[str, str]
) -> None:
    assert owner_of(labels) == owner


@pytest.mark.parametrize(
    ("spec", "own"),
    [
        ({}, {"lab.attempt": "1", "lab.ports": ""}),
        ({"attempt": 3}, {"lab.attempt": "3", "lab.ports": ""}),
        ({"ports": [80, 443]}, {"lab.attempt": "1", "lab.ports": "80 443"}),
        ({"volume": "home"}, {"lab.attempt": "1", "lab.ports": "", "lab.volume": "home"}),
    ],
)
def test_labels_are_the_specs_and_what_makes_a_handle_again(
    spec: dict[str, Any], own: dict[str, str]
) -> None:
    assert body(**spec)["Labels"] == LABELS | own


@pytest.mark.parametrize(
    ("kind", "names"),
    [(WorkloadKind.SERVICE, ["train"]), (WorkloadKind.JOB, []), (WorkloadKind.WORKSPACE, [])],
)
def test_only_services_are_found_by_name(kind: WorkloadKind, names: list[str]) -> None:
    assert body(kind=kind)["NetworkingConfig"] == {"EndpointsConfig": {"net-1": {"Aliases": names}}}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, {"LANG": "C.UTF-8", "PYTHONUNBUFFERED": "1", "LAB_ATTEMPT": "1"}),
        ({"ports": [80, 443]}, {"PORT": "80", "PORT_80": "80", "PORT_443": "443"}),
        ({"limits": Limits(cpu_cores=2)}, {"OMP_NUM_THREADS": "2", "MKL_NUM_THREADS": "2"}),
        ({"environment": {"LANG": "de_DE.UTF-8"}}, {"LANG": "de_DE.UTF-8"}),
        ({"environment": {"KEY": "a=b"}, "secrets": {"KEY": "s=t"}}, {"KEY": "s=t"}),
        ({"environment": {"LAB_ATTEMPT": "9"}}, {"LAB_ATTEMPT": "1"}),
        ({"place": {"has_ca": True}}, {"SSL_CERT_FILE": "/lab/ca.pem"}),
        ({"lab": {"HTTP_PROXY": "http://p"}}, {"http_proxy": "http://p", "HTTP_PROXY": "http://p"}),
        (
            {"lab": {"https_proxy": "http://p", "no_proxy": "corp"}},
            {"NO_PROXY": "corp,lab.internal,localhost,127.0.0.1"},
        ),
    ],
)
def test_variables(given: dict[str, Any], expected: dict[str, str]) -> None:
    assert expected.items() <= variables(**given).items()


@pytest.mark.parametrize("name", ["LAB_ADMIN_PASSWORD", "PATH", "DOCKER_HOST", "UV_INDEX_URL"])
def test_the_labs_own_variables_stay_with_it(name: str) -> None:
    assert name not in variables(lab={name: "x"})


def test_no_proxy_no_exceptions_from_it() -> None:
    assert not {"no_proxy", "http_proxy", "PORT", "OMP_NUM_THREADS"} & variables().keys()


def test_secrets_stand_in_variables_only() -> None:
    found = body(secrets={"PASSWORD": "tell-nobody"})
    assert "PASSWORD=tell-nobody" in found.pop("Env")
    assert "tell-nobody" not in str(found)


def test_the_installer_has_the_operators_index_and_the_way_out() -> None:
    lab = {"PIP_INDEX_URL": "http://index", "http_proxy": "http://p", "LAB_TOKEN": "x"}
    found = installer(lab, has_ca=True)
    assert found["UV_DEFAULT_INDEX"] == "http://index"
    assert found["HTTP_PROXY"] == "http://p"
    assert found["GIT_SSL_CAINFO"] == "/lab/ca.pem"
    assert "LAB_TOKEN" not in found
