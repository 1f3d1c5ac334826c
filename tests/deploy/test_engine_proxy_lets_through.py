"""What the runtime asks of the engine works through the proxy as it does without."""

from __future__ import annotations

import io
import json
import socket
import tarfile
from collections.abc import Callable
from contextlib import closing
from urllib.parse import quote

import pytest
from engine_proxy import Proxy

pytestmark = pytest.mark.external


def _archive(name: str, content: bytes) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        entry = tarfile.TarInfo(name)
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def _read_until(link: socket.socket, wanted: bytes) -> bytes:
    found = b""
    while wanted not in found:
        part = link.recv(65536)
        assert part, f"ended without {wanted!r}: {found!r}"
        found += part
    return found


@pytest.mark.parametrize(
    "path", ["/_ping", "/version", "/info", "/containers/json?all=1", "/networks", "/volumes"]
)
@pytest.mark.parametrize("version", ["", "/v1.41"])
def test_looks_at_the_engine(proxy: Proxy, path: str, version: str) -> None:
    assert proxy("GET", version + path).status == 200


def test_a_container_from_create_to_delete(proxy: Proxy, network: str) -> None:
    limits = {"Memory": 200 << 20, "NanoCpus": 500_000_000, "PidsLimit": 100, "Init": True}
    name = f"/v1.41/containers/{proxy.namespace}-life"
    made = proxy.must(
        "POST",
        f"/v1.41/containers/create?name={proxy.namespace}-life",
        proxy.body(network, **limits),
    )
    assert proxy.must("GET", f"{name}/json").json["Id"] == made.json["Id"]
    for verb, answer in [("start", 204), ("stop?t=0", 204), ("start", 204), ("kill", 204)]:
        assert proxy.must("POST", f"{name}/{verb}").status == answer
    assert proxy.must("POST", f"{name}/wait").json["StatusCode"] == 137
    assert proxy.must("POST", f"{name}/rename?name={proxy.namespace}-end").status == 204
    gone = f"/containers/{proxy.namespace}-end?force=true&v=true"
    assert proxy.must("DELETE", gone).status == 204


def test_what_is_asked_of_a_container_reaches_it(proxy: Proxy, network: str, job: str) -> None:
    found = proxy.must("GET", f"/containers/{job}/json").json
    assert found["HostConfig"]["CapDrop"] == ["ALL"]
    assert found["HostConfig"]["SecurityOpt"] == ["no-new-privileges"]
    assert list(found["NetworkSettings"]["Networks"]) == [network]


def test_archives_go_in_and_come_out(proxy: Proxy, job: str) -> None:
    place = f"/containers/{job}/archive?path=/tmp"
    proxy.must("PUT", place, _archive("big", b"x" * (8 << 20)))
    proxy.must("HEAD", f"{place}/big")
    answer = proxy.must("GET", f"{place}/big")
    with tarfile.open(fileobj=io.BytesIO(answer.content)) as archive:
        assert archive.getmember("big").size == 8 << 20


def test_measures_a_container(proxy: Proxy, job: str) -> None:
    found = proxy.must("GET", f"/containers/{job}/stats?stream=false&one-shot=true").json
    assert found["memory_stats"]["usage"] > 0


def test_a_followed_log_comes_while_the_container_runs(proxy: Proxy, network: str) -> None:
    body = proxy.body(network) | {"Cmd": ["sh", "-c", "echo begun; exec sleep 300"]}
    id = proxy.must("POST", "/containers/create", body).json["Id"]
    proxy.must("POST", f"/containers/{id}/start")
    with closing(proxy.connect()) as link:
        link.request("GET", f"/containers/{id}/logs?stdout=1&follow=1")
        assert link.getresponse().readline().endswith(b"begun\n")


def test_events_come_as_they_happen(proxy: Proxy, network: str) -> None:
    id = proxy.must("POST", "/containers/create", proxy.body(network)).json["Id"]
    filters = quote(json.dumps({"container": [id], "event": ["start"]}))
    with closing(proxy.connect()) as link:
        link.request("GET", f"/v1.41/events?filters={filters}")
        answer = link.getresponse()
        proxy.must("POST", f"/containers/{id}/start")
        assert json.loads(answer.readline())["Actor"]["ID"] == id


def test_a_command_runs_inside_and_speaks_both_ways(proxy: Proxy, job: str) -> None:
    body = {"AttachStdin": True, "AttachStdout": True, "Cmd": ["sh", "-c", "read x; echo got $x"]}
    id = proxy.must("POST", f"/v1.41/containers/{job}/exec", body).json["Id"]
    headers = {"Connection": "Upgrade", "Upgrade": "tcp", "Content-Type": "application/json"}
    with closing(proxy.connect()) as link:
        link.request("POST", f"/v1.41/exec/{id}/start", '{"Detach": false, "Tty": false}', headers)
        assert b"101" in _read_until(link.sock, b"\r\n\r\n").splitlines()[0]
        link.sock.sendall(b"hello\n")
        assert b"got hello" in _read_until(link.sock, b"got hello\n")
    assert proxy.must("GET", f"/exec/{id}/json").json["ContainerID"]


def test_volumes_and_networks_of_the_lab(proxy: Proxy, job: str) -> None:
    name = f"{proxy.namespace}-thing"
    named = {"Name": name, "Labels": proxy.labels}
    proxy.must("POST", "/volumes/create", named)
    assert proxy.must("GET", f"/volumes/{name}").json["Labels"] == proxy.labels
    assert proxy.must("DELETE", f"/volumes/{name}").status == 204
    proxy.must("POST", "/networks/create", named | {"Driver": "bridge", "CheckDuplicate": True})
    assert proxy.must("GET", f"/networks/{name}").json["Driver"] == "bridge"
    proxy.must("POST", f"/networks/{name}/connect", {"Container": job})
    proxy.must("POST", f"/networks/{name}/disconnect", {"Container": job, "Force": True})
    assert proxy.must("DELETE", f"/networks/{name}").status == 204


def test_the_labs_own_container_joins_networks(
    proxy: Proxy, lab_container: str, network: str
) -> None:
    joining = {"Container": lab_container, "EndpointConfig": {"Aliases": ["lab.internal"]}}
    proxy.must("POST", f"/networks/{network}/connect", joining)
    found = proxy.must("GET", f"/containers/{lab_container}/json").json
    assert network in found["NetworkSettings"]["Networks"]
    proxy.must("POST", f"/networks/{network}/disconnect", {"Container": lab_container})


@pytest.mark.parametrize(
    "change",
    [
        lambda name: {"Mounts": [{"Type": "volume", "Source": name, "Target": "/data"}]},
        lambda name: {"Mounts": [{"Type": "tmpfs", "Target": "/data"}]},
        lambda name: {"Binds": [f"{name}:/data"]},
    ],
)
def test_volumes_are_mounted(
    proxy: Proxy, network: str, change: Callable[[str], dict[str, object]]
) -> None:
    proxy.must("POST", "/volumes/create", {"Name": f"{proxy.namespace}-v", "Labels": proxy.labels})
    body = proxy.body(network, **change(f"{proxy.namespace}-v"))
    proxy.must("POST", "/containers/create", body)


def test_gpus_may_be_asked_for(proxy: Proxy, network: str) -> None:
    gpus = [{"Count": 1, "Capabilities": [["gpu"]]}]
    proxy.must("POST", "/containers/create", proxy.body(network, DeviceRequests=gpus))


def test_the_engines_own_errors_come_through(proxy: Proxy) -> None:
    answer = proxy("GET", "/containers/nobody/json")
    assert (answer.status, answer.message) == (404, "No such container: nobody")
    answer = proxy("GET", "/images/mllab/nothing:1/json")
    assert (answer.status, "No such image: mllab/nothing:1" in answer.message) == (404, True)
