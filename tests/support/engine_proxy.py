"""The socket proxy of deploy/engine-proxy as compose starts it, and raw requests through it.

Requests go out exactly as they are written: the point is what no well-behaved client sends.
"""

from __future__ import annotations

import http.client
import json
import shutil
import socket
import tempfile
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from docker_engine import docker, engine_address, lab_image, started
from running_lab import wait_for

Json = dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """Status and body of one answer."""

    status: int
    content: bytes

    @property
    def json(self) -> Any:
        """The body as data."""
        return json.loads(self.content)

    @property
    def message(self) -> str:
        """What an error says, in the engine's own form."""
        return str(self.json["message"])


class Proxy:
    """A proxy for a lab of its own name; `path` is its socket."""

    def __init__(self, path: str, namespace: str) -> None:
        self.path = path
        self.namespace = namespace
        self.labels = {"lab.namespace": namespace}

    def connect(self) -> http.client.HTTPConnection:
        """Return an open connection."""
        end = socket.socket(socket.AF_UNIX)
        end.settimeout(60)
        try:
            end.connect(self.path)
        except OSError:
            end.close()
            raise
        link = http.client.HTTPConnection("docker", timeout=60)
        link.sock = end
        return link

    def __call__(
        self,
        method: str,
        path: str,
        body: Json | str | bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Ask once; `path` and a text as body are sent as they are."""
        data = json.dumps(body) if isinstance(body, dict) else body
        link = self.connect()
        try:
            link.request(
                method, path, data, {"Content-Type": "application/json", **(headers or {})}
            )
            answer = link.getresponse()
            return Answer(answer.status, answer.read())
        finally:
            link.close()

    def must(self, method: str, path: str, body: Json | bytes | None = None) -> Answer:
        """Ask for what has to be let through and to work."""
        answer = self(method, path, body)
        assert answer.status < 400, f"{method} {path}: {answer.status} {answer.content!r}"
        return answer

    def body(self, network: str, **host: Any) -> Json:
        """Return the body of a container that a lab could start: it sleeps."""
        return {
            "Image": lab_image("workspace"),
            "Cmd": ["sleep", "300"],
            "Labels": self.labels,
            "HostConfig": {
                "NetworkMode": network,
                "CapDrop": ["ALL"],
                "SecurityOpt": ["no-new-privileges"],
                **host,
            },
        }


@contextmanager
def open_proxy(lab_container: str) -> Iterator[Proxy]:
    """Start a proxy before the tests' engine, with the rights that compose gives it."""
    namespace = f"t{uuid.uuid4().hex[:8]}"
    run = Path(tempfile.mkdtemp(prefix="ep-", dir="/tmp"))  # short: it holds a socket
    run.chmod(0o777)
    engine = engine_address().removeprefix("unix://")
    options = ["--user=0:0", "--network=none", "--read-only", "--tmpfs=/tmp", "--init"]
    options += ["--cap-drop=ALL", "--security-opt=no-new-privileges"]
    options += [f"--env=LAB_NAMESPACE={namespace}", f"--env=LAB_CONTAINER={lab_container}"]
    options += [f"--volume={engine}:/run/docker.sock", f"--volume={run}:/run/engine"]
    proxy = Proxy(str(run / "docker.sock"), namespace)
    try:
        with started(lab_image("lab"), *options, command=("/opt/lab/engine-proxy/start",)):
            wait_for(lambda: _answers(proxy), within_s=30, what="the proxy answers")
            yield proxy
    finally:
        _remove_all(namespace)
        shutil.rmtree(run)


def _answers(proxy: Proxy) -> bool:
    try:
        return proxy("GET", "/_ping").status == 200
    except OSError:
        return False


def _remove_all(namespace: str) -> None:
    """Remove what tests made for this lab, past the proxy."""
    mine = f"--filter=label=lab.namespace={namespace}"
    for name in docker("ps", "--all", "--quiet", mine).split():
        docker("rm", "--force", "--volumes", name)
    for kind in ("network", "volume"):
        for name in docker(kind, "ls", "--quiet", mine).split():
            docker(kind, "rm", name)
