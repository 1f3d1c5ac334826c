"""What a lab has no use for does not reach the engine, in whatever way it is written."""

from __future__ import annotations

import json
from contextlib import closing
from typing import Any

import pytest
from docker_engine import docker, engine_address, engine_client
from engine_proxy import Proxy

pytestmark = pytest.mark.external

# By check.js with 403, or by nginx itself as no request or an internal place.
REFUSED = (400, 403, 404, 405)
GPU = [{"Count": -1, "Capabilities": [["gpu"]]}]

HOSTILE: list[dict[str, Any]] = [
    {"Privileged": True},
    {"privileged": True},
    {"PRIVILEGED": True},
    {"Privileged": "yes"},
    {"Privıleged": True},
    {"NetworkMode": "host"},
    {"NetworkMode": "bridge"},
    {"NetworkMode": "default"},
    {"NetworkMode": "container:other"},
    {"NetworkMode": ""},
    {"networkmode": "host"},
    {"PidMode": "host"},
    {"PidMode": "container:other"},
    {"IpcMode": "host"},
    {"IpcMode": "container:other"},
    {"UTSMode": "host"},
    {"UsernsMode": "host"},
    {"CgroupnsMode": "host"},
    {"Cgroup": "container:other"},
    {"CgroupParent": "/"},
    {"CapAdd": ["SYS_ADMIN"]},
    {"CapAdd": "SYS_ADMIN"},
    {"capadd": ["ALL"]},
    {"Devices": [{"PathOnHost": "/dev/sda", "PathInContainer": "/dev/sda"}]},
    {"DeviceCgroupRules": ["a *:* rwm"]},
    {"DeviceRequests": [{"Driver": "cdi", "DeviceIDs": ["any"]}]},
    {"DeviceRequests": [{**GPU[0], "Options": {"x": "y"}}]},
    {"SecurityOpt": ["seccomp=unconfined"]},
    {"SecurityOpt": ["apparmor=unconfined", "no-new-privileges"]},
    {"SecurityOpt": ["no-new-privileges:false"]},
    {"SecurityOpt": ["systempaths=unconfined"]},
    {"MaskedPaths": []},
    {"ReadonlyPaths": []},
    {"Sysctls": {"kernel.shm_rmid_forced": "1"}},
    {"VolumesFrom": ["other"]},
    {"VolumeDriver": "other"},
    {"Binds": ["/:/host"]},
    {"Binds": ["/var/run/docker.sock:/run/docker.sock"]},
    {"Binds": ["../x:/host"]},
    {"Binds": "/:/host"},
    {"binds": ["/:/host"]},
    {"Mounts": [{"Type": "bind", "Source": "/", "Target": "/host"}]},
    {"Mounts": [{"type": "bind", "source": "/", "target": "/host"}]},
    {"Mounts": [{"Type": "volume", "type": "bind", "Source": "/", "Target": "/host"}]},
    {"Mounts": [{"Type": "volume", "Source": "/", "Target": "/host"}]},
    {"Mounts": [{"Type": "npipe", "Source": "x", "Target": "/host"}]},
    {"Mounts": [{"Target": "/host"}]},
    {"Mounts": [None]},
    {
        "Mounts": [
            {
                "Type": "volume",
                "Target": "/host",
                "VolumeOptions": {
                    "DriverConfig": {"Options": {"type": "none", "o": "bind", "device": "/"}}
                },
            }
        ]
    },
    {"PortBindings": {"80/tcp": [{"HostPort": "80"}]}},
    {"PublishAllPorts": True},
    {"Links": ["other:x"]},
    {"Runtime": "other"},
    {"LogConfig": {"Type": "syslog"}},
    {"OomScoreAdj": -1000},
    {"OomKillDisable": True},
    {"ContainerIDFile": "/x"},
    {"SomethingNew": 1},
]


@pytest.mark.parametrize("change", HOSTILE, ids=lambda change: json.dumps(change)[:60])
def test_containers_get_nothing_of_the_host(
    proxy: Proxy, network: str, change: dict[str, Any]
) -> None:
    answer = proxy("POST", "/v1.41/containers/create", proxy.body(network, **change))
    assert answer.status == 403
    assert answer.message.startswith("engine proxy: ")


@pytest.mark.parametrize(
    "labels", [None, {}, {"lab.namespace": "other"}, {"LAB.NAMESPACE": "x"}, ["lab.namespace"]]
)
@pytest.mark.parametrize("path", ["/containers/create", "/networks/create", "/volumes/create"])
def test_everything_made_is_labelled_as_the_labs(
    proxy: Proxy, network: str, path: str, labels: object
) -> None:
    body: dict[str, Any] = {"Name": "x"}
    if path == "/containers/create":
        body = proxy.body(network)
    answer = proxy("POST", path, body | {"Labels": labels})
    assert answer.status == 403
    assert "lab.namespace" in answer.message


def _text(proxy: Proxy, network: str, more: str) -> str:
    """Return a body with something written into it that no JSON library would write."""
    whole = json.dumps(proxy.body(network))
    return whole[:-1] + f", {more}}}"


@pytest.mark.parametrize(
    "more",
    [
        '"HostConfig": {"Privileged": true}',
        '"hostconfig": {"Privileged": true}',
        '"HOSTCONFIG": {"Privileged": true}',
        '"Ho\\u0073tConfig": {"Privileged": true}',
        '"Ho\u017ftConfig": {"Privileged": true}',
        '"Labels": {}',
        '"__proto__": {"Privileged": true}',
        '"Config": {"User": "0"}',
    ],
)
def test_a_key_cannot_be_said_twice_or_otherwise(proxy: Proxy, network: str, more: str) -> None:
    answer = proxy("POST", "/v1.41/containers/create", _text(proxy, network, more).encode())
    assert answer.status == 403


def test_of_a_doubled_key_inside_neither_counts(proxy: Proxy, network: str) -> None:
    text = json.dumps(proxy.body(network)).replace(
        '"NetworkMode"', '"Privileged": true, "Privileged": false, "NetworkMode"'
    )
    answer = proxy("POST", "/containers/create", text)
    assert (answer.status, "twice" in answer.message) == (403, True)


@pytest.mark.parametrize("text", ["", "[]", '"x"', "null", "{", "{}{}", '{"Image": "x"} x'])
def test_what_is_no_object_makes_no_container(proxy: Proxy, text: str) -> None:
    assert proxy("POST", "/containers/create", text).status in (400, 403)


def test_a_form_is_not_read_in_place_of_the_arguments(proxy: Proxy, job: str) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = proxy("POST", f"/containers/{job}/rename?name=", "name=other", form)
    assert answer.status == 400  # the engine saw no name


@pytest.mark.parametrize(
    "request_line",
    [
        "POST /build",
        "POST /commit?container=x",
        "POST /session",
        "POST /grpc",
        "GET /images/json",
        "DELETE /images/x",
        "POST /images/load",
        "POST /images/x/push",
        "POST /images/x/tag?repo=y",
        "GET /images/get",
        "POST /containers/prune",
        "POST /volumes/prune",
        "POST /networks/prune",
        "POST /images/prune",
        "GET /plugins",
        "POST /plugins/pull?remote=x",
        "GET /swarm",
        "POST /swarm/init",
        "GET /secrets",
        "GET /configs",
        "GET /nodes",
        "GET /services",
        "POST /auth",
        "GET /system/df",
        "POST /containers/{job}/attach",
        "GET /containers/{job}/attach/ws",
        "POST /containers/{job}/update",
        "POST /containers/{job}/pause",
        "POST /containers/{job}/resize",
        "GET /containers/{job}/export",
        "GET /containers/{job}/top",
        "GET /containers/{job}/changes",
        "PUT /containers/{job}/json",
        "CONNECT /containers/json",
        "OPTIONS /containers/json",
        "GET /",
        "GET /.engine/info",
        "GET /debug/pprof/",
    ],
)
def test_other_calls_are_refused(proxy: Proxy, job: str, request_line: str) -> None:
    method, path = request_line.format(job=job).split(" ")
    assert proxy(method, path).status in REFUSED
    assert proxy(method, f"/v1.41{path}").status in REFUSED


@pytest.mark.parametrize(
    "path",
    [
        "/containers/x/../../images/json",
        "/containers/%2e%2e/images/json",
        "/containers/../images/json",
        "/containers/./json",
        "/%63ontainers/json",
        "/containers%2Fjson",
        "//containers/json",
        "/containers//json",
        "/containers/json/",
        "/v1.41//containers/json",
        "/v1.41/v1.41/containers/json",
        "/v1.41/../containers/json",
        "/v1.12/containers/json",
        "/v1.9/containers/json",
        "/v2.0/containers/json",
        "/V1.41/containers/json",
        "/Containers/json",
        "/containers/json;x",
        "/containers/json%00",
        "/images/../containers/x/json",
        "/images/x/../../info/json",
        "/.engine/../info",
        "/containers/json%3fx",
    ],
)
def test_paths_are_written_plainly_or_not_at_all(proxy: Proxy, path: str) -> None:
    assert proxy("GET", path).status in REFUSED


@pytest.mark.parametrize(
    "query",
    [
        "fromSrc=-",
        "fromSrc=http://x/y.tar&repo=z",
        "fromImage=x&fromSrc=-",
        "fromImage=x&%66romSrc=-",
        "fromImage=x;fromSrc=-",
        "fromImage=x&fromImage=y",
        "fromImage=x&changes=USER%200",
    ],
)
def test_images_are_pulled_never_imported(proxy: Proxy, query: str) -> None:
    assert proxy("POST", f"/images/create?{query}").status == 403


@pytest.mark.parametrize(
    ("method", "verb"),
    [
        ("GET", "json"),
        ("GET", "logs?stdout=1"),
        ("GET", "stats?stream=false"),
        ("GET", "archive?path=/etc"),
        ("PUT", "archive?path=/tmp"),
        ("POST", "start"),
        ("POST", "stop"),
        ("POST", "kill"),
        ("POST", "wait"),
        ("POST", "rename?name=x"),
        ("POST", "exec"),
        ("DELETE", "?force=1"),
    ],
)
def test_containers_of_others_are_left_alone(
    proxy: Proxy, stranger: str, method: str, verb: str
) -> None:
    path = f"/containers/{stranger}/{verb}".replace("/?", "?")
    answer = proxy(method, path, {"Cmd": ["id"]} if verb == "exec" else None)
    assert answer.status == 403
    assert "not of this lab" in answer.message


@pytest.mark.parametrize("verb", ["exec", "stop", "kill", "start", "rename?name=x"])
def test_the_labs_own_container_is_no_workload(proxy: Proxy, lab_container: str, verb: str) -> None:
    body = {"Cmd": ["id"]} if verb == "exec" else None
    assert proxy("POST", f"/containers/{lab_container}/{verb}", body).status == 403


def test_commands_get_no_more_rights_than_their_container(proxy: Proxy, job: str) -> None:
    for body in ({"Privileged": True}, {"privileged": True}):
        answer = proxy("POST", f"/containers/{job}/exec", {"Cmd": ["id"], **body})
        assert answer.status == 403


def test_a_command_in_a_container_of_others_is_not_started(proxy: Proxy, stranger: str) -> None:
    with engine_client(engine_address()) as past:
        id = past.post(f"/containers/{stranger}/exec", json={"Cmd": ["id"]}).json()["Id"]
    assert proxy("POST", f"/exec/{id}/start", {"Detach": True}).status == 403
    assert proxy("GET", f"/exec/{id}/json").status == 403


def test_networks_of_others_are_left_alone(proxy: Proxy, job: str, stranger: str) -> None:
    for path in ("/networks/bridge/connect", "/networks/bridge/disconnect"):
        assert proxy("POST", path, {"Container": job}).status == 403
    for method in ("GET", "DELETE"):
        assert proxy(method, "/networks/bridge").status == 403


def test_nobody_else_is_put_on_the_labs_networks(proxy: Proxy, network: str, stranger: str) -> None:
    answer = proxy("POST", f"/networks/{network}/connect", {"Container": stranger})
    assert answer.status == 403


@pytest.mark.parametrize(
    "more",
    [
        {"Driver": "macvlan"},
        {"Driver": "host"},
        {"driver": "macvlan"},
        {"Options": {"parent": "eth0"}},
        {"Options": {"com.docker.network.bridge.name": "docker0"}},
        {"ConfigFrom": {"Network": "bridge"}},
        {"Ingress": True},
    ],
)
def test_networks_are_plain_bridges(proxy: Proxy, more: dict[str, Any]) -> None:
    body = {"Name": f"{proxy.namespace}-x", "Labels": proxy.labels, **more}
    assert proxy("POST", "/networks/create", body).status == 403


@pytest.mark.parametrize(
    "more", [{"DriverOpts": {"type": "none", "o": "bind", "device": "/"}}, {"Driver": "other"}]
)
def test_volumes_are_no_folders_of_the_host(proxy: Proxy, more: dict[str, Any]) -> None:
    body = {"Name": f"{proxy.namespace}-x", "Labels": proxy.labels, **more}
    assert proxy("POST", "/volumes/create", body).status == 403


def test_volumes_of_others_are_neither_seen_mounted_nor_removed(proxy: Proxy, network: str) -> None:
    name = docker("volume", "create")
    try:
        for method in ("GET", "DELETE"):
            assert proxy(method, f"/volumes/{name}").status == 403
        for host in (
            {"Mounts": [{"Type": "volume", "Source": name, "Target": "/x"}]},
            {"Binds": [f"{name}:/x"]},
        ):
            answer = proxy("POST", "/containers/create", proxy.body(network, **host))
            assert (answer.status, "not of this lab" in answer.message) == (403, True)
    finally:
        docker("volume", "rm", name)


def test_containers_join_networks_of_the_lab_only(proxy: Proxy, network: str) -> None:
    body = proxy.body(network)
    body["NetworkingConfig"] = {"EndpointsConfig": {network: {}, "bridge": {}}}
    assert proxy("POST", "/containers/create", body).status == 403


def test_an_archive_has_a_largest_size(proxy: Proxy, job: str) -> None:
    with closing(proxy.connect()) as link:
        link.putrequest("PUT", f"/containers/{job}/archive?path=/tmp")
        link.putheader("Content-Length", str(65 << 20))
        link.endheaders()
        assert link.getresponse().status == 413
