"""Services of a project."""

from __future__ import annotations

import builtins
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypedDict, Unpack

import httpx

from mllab.client.archives import code_source
from mllab.client.http import Http, part
from mllab.client.keys import ServiceKeys
from mllab.client.specs import build
from mllab.client.watching import (
    read_lines,
    read_log,
    read_usage,
    search_log,
    wait_for_use,
)
from mllab.errors import BackendFailed, Conflict
from mllab.model.activity import Activity
from mllab.model.logs import LogLines, LogMatch
from mllab.model.usage import WorkloadUsage
from mllab.model.work import Service, ServiceSpec
from mllab.model.workloads import CodeSource, Limits


class ServiceOptions(TypedDict, total=False):
    """What else a service may say; see `ServiceSpec`."""

    code: str | Path | CodeSource | None
    requirements: Sequence[str]
    environment: Mapping[str, str]
    ports: Sequence[int]
    health_path: str | None
    image: str | None
    limits: Limits
    restart: bool


class Services:
    """Services of one project."""

    def __init__(self, http: Http, project: str) -> None:
        self._http = http
        self._project = project
        self._url = f"/projects/{part(project)}/services"

    def list(self) -> builtins.list[Service]:
        """Return the services by name, with their states."""
        return [Service.model_validate(each) for each in self._http.pages(self._url, limit=1000)]

    def get(self, name: str, *, wait_s: float = 0.0) -> Service:
        """Return one service; when it is ready or ended, or after `wait_s` seconds (5 at most)."""
        params = {"wait_s": wait_s} if wait_s else {}
        return Service.model_validate(self._http.json("GET", self._at(name), params=params))

    def create(self, name: str, spec: ServiceSpec, *, start: bool = True) -> Service:
        """Deploy a service. Raises Conflict when the name is taken."""
        body = {"name": name, "spec": spec.model_dump(mode="json"), "start": start}
        return Service.model_validate(self._http.json("POST", self._url, json=body))

    def update(self, name: str, spec: ServiceSpec) -> Service:
        """Replace what the service runs; if it runs, it restarts with that."""
        body = spec.model_dump(mode="json")
        return Service.model_validate(self._http.json("PUT", self._at(name), json=body))

    def deploy(
        self,
        name: str,
        command: str | None = None,
        *,
        model: str | None = None,
        version: str | int | None = None,
        alias: str | None = None,
        **options: Unpack[ServiceOptions],
    ) -> Service:
        """Deploy a command or a registered model, or redeploy the service of this name.

        `code` is a local file or folder, `git+https://…`, or `datasets/key`.
        """
        fields: dict[str, Any] = {"command": command, **options}
        if model is not None:
            number = None if version is None else str(version)
            fields["model"] = {"name": model, "version": number, "alias": alias}
        if (code := options.get("code")) is not None:
            fields["code"] = code_source(self._http, self._project, code)
        return self.put(name, build(ServiceSpec, fields))

    def put(self, name: str, spec: ServiceSpec) -> Service:
        """Deploy a service, or update the one of this name and have it run."""
        try:
            return self.create(name, spec)
        except Conflict:
            self.update(name, spec)
            return self.start(name)

    def delete(self, name: str) -> None:
        """Stop the service and forget it with its logs."""
        self._http.json("DELETE", self._at(name))

    def start(self, name: str) -> Service:
        """Ask for the service to run."""
        return self._post(name, "start")

    def stop(self, name: str) -> Service:
        """Ask for the service to end."""
        return self._post(name, "stop")

    def restart(self, name: str) -> Service:
        """End what runs, then start it anew."""
        return self._post(name, "restart")

    def wait(self, name: str, *, timeout_s: float | None = 1800.0) -> Service:
        """Return the service once it is ready to be used.

        Raises:
            BackendFailed: it ended instead, or three times in a row; the message says why.
            Unavailable: it is not ready after `timeout_s` seconds.
        """
        found = wait_for_use(lambda wait_s: self.get(name, wait_s=wait_s), timeout_s)
        if found.status.state != "running":
            raise BackendFailed(
                f"Service {name!r} is {found.status.state}: {found.status.reason or 'it ended'}. "
                f"See its log."
            )
        return found

    def keys(self, name: str) -> ServiceKeys:
        """Return the service's keys, for callers outside the lab."""
        return ServiceKeys(self._http, self._at(name))

    def logs(self, name: str, *, follow: bool = False, offset: int = 0) -> Iterator[str]:
        """Yield the service's output; with `follow` until it ended."""
        return read_log(self._http, f"{self._at(name)}/logs", follow=follow, offset=offset)

    def log_lines(self, name: str, *, lines: int = 1000, before: int | None = None) -> LogLines:
        """Return the last lines of a service's log, or those before byte `before`."""
        return read_lines(self._http, f"{self._at(name)}/logs", lines, before)

    def search_log(self, name: str, text: str) -> Iterator[LogMatch]:
        """Yield the lines of a service's log that hold `text`, in whatever case."""
        return search_log(self._http, f"{self._at(name)}/logs", text)

    def activity(self, name: str) -> Activity:
        """Return when the service was last used, and what moved in the last hour."""
        return Activity.model_validate(self._http.json("GET", f"{self._at(name)}/activity"))

    def usage(self, name: str) -> WorkloadUsage | None:
        """Return what the service uses now, None when it does not run."""
        return read_usage(self._http, self._at(name))

    def url(self, service: Service) -> str:
        """Return the address to call it under."""
        return f"{self._http.endpoint}{service.path}"

    def request(
        self,
        name: str,
        path: str = "",
        *,
        method: str = "GET",
        port: int | None = None,
        **options: Any,
    ) -> httpx.Response:
        """Send a request to the service through the gateway; `options` are httpx's."""
        place = self.get(name).path + (f"{port}/" if port else "") + path.lstrip("/")
        with self._http.reachable():
            return self._http.session.request(method, place, **options)

    def _post(self, name: str, verb: str) -> Service:
        return Service.model_validate(self._http.json("POST", f"{self._at(name)}/{verb}"))

    def _at(self, name: str) -> str:
        return f"{self._url}/{part(name)}"
