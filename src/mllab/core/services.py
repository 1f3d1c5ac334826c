"""Services: a command with ports, or a registered model.

A service's document names its workload from the beginning; the workload's record is made
when the service first starts, and stays over stop and start.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from functools import partial

from mllab.core.checks import Checks
from mllab.core.context import Context
from mllab.core.jobs import forget_workloads
from mllab.core.keys import Keys
from mllab.core.permissions import Access, Action
from mllab.core.registry import Registry
from mllab.core.specs import Builder, Resolved, service_ports
from mllab.core.wishes import restart, wish
from mllab.core.workloads import Reach, Workloads, reach, settles
from mllab.errors import Conflict, NotFound
from mllab.model.accounts import Principal
from mllab.model.base import Page, new_id
from mllab.model.work import NewService, Service, ServiceSpec
from mllab.model.workloads import Status, Wanted, Workload, WorkloadKind, WorkloadState
from mllab.runtimes.base import LogPart
from mllab.stores.documents.base import (
    Body,
    Document,
    RevisionConflict,
    change_document,
    eq,
    find_all,
)

How = Callable[[Workload], Callable[[Workload], Workload]]
"""Given the record as it should be, the change to the one that is kept."""

_UNDER_WAY = {WorkloadState.STARTING, WorkloadState.RUNNING}


class Services:
    """The services of all projects."""

    def __init__(
        self,
        context: Context,
        access: Access,
        workloads: Workloads,
        registry: Registry,
        checks: Checks,
        keys: Keys,
    ) -> None:
        self._documents = context.documents
        self._clock = context.clock
        self._access = access
        self._workloads = workloads
        self._registry = registry
        self._checks = checks
        self._keys = keys
        self._builder = Builder(context.settings, workloads.runtime.name)

    async def create(self, who: Principal, project: str, new: NewService) -> Service:
        """Deploy a service, and start it if `new.start`.

        Raises:
            Conflict: the name is taken.
            InvalidInput: it could never run.
            NotFound: code or a model that is not there.
        """
        service = Service(
            project=project,
            name=new.name,
            spec=new.spec,
            path=service_path(project, new.name),
            created_by=str(who.user),
            created_at=self._clock(),
            updated_by=str(who.user),
        )
        workload = await self._draft(who, service, new_id("wl"))
        body = service.model_dump(mode="json", exclude={"status"}) | {"workload": workload.id}
        try:
            await self._documents.put("services", _id(project, new.name), body, if_revision=0)
        except RevisionConflict as exc:
            raise Conflict(
                f"There is a service {new.name!r} already. Update it, or take another name."
            ) from exc
        if new.start:
            await self._workloads.create(workload)
        await self._check_still_there(who, project, new.name, workload.id)
        return await self._seen(body)

    async def update(self, who: Principal, project: str, name: str, spec: ServiceSpec) -> Service:
        """Replace what the service runs; if it runs, it restarts with that. Raises as `create`."""
        await self._access.require(who, Action.SERVICE_WRITE, project=project)
        found = await self._document(project, name)
        draft = _service(found.body).model_copy(update={"spec": spec})
        workload = await self._draft(who, draft, found.body["workload"])
        body = await self._put_spec(project, name, spec, str(who.user))
        await self._workloads.change(workload.id, _if_wanted(workload))
        return await self._seen(body)

    async def get(self, who: Principal, project: str, name: str, *, wait_s: float = 0.0) -> Service:
        """Return one service; when it is ready or ended, or after `wait_s` seconds as it is."""
        await self._access.require(who, Action.SERVICE_READ, project=project)
        service = await self._seen((await self._document(project, name)).body)
        if await self._workloads.held(service.status, settles(service.status), wait_s):
            return await self.get(who, project, name)
        return service

    async def list(
        self, who: Principal, project: str, *, limit: int, cursor: str | None
    ) -> Page[Service]:
        """Return the services by name."""
        await self._access.require(who, Action.SERVICE_READ, project=project)
        found = await self._documents.find(
            "services", eq("project", project), limit=limit, cursor=cursor
        )
        bodies = [document.body for document in found.documents]
        statuses = await self._workloads.statuses(body["workload"] for body in bodies)
        items = [_service(body, statuses[body["workload"]]) for body in bodies]
        return Page(items=items, next_cursor=found.next_cursor)

    async def start(self, who: Principal, project: str, name: str) -> Service:
        """Ask for the service to run; a model's alias is looked up anew. Repeatable.

        Raises:
            Conflict: the service is being removed.
            NotFound: the model is gone.
        """
        return await self._run(who, project, name, _unless_under_way)

    async def restart(self, who: Principal, project: str, name: str) -> Service:
        """End what runs, then start it with its spec and model as they are now."""
        return await self._run(who, project, name, _anew)

    async def stop(self, who: Principal, project: str, name: str) -> Service:
        """Ask for the service to end. Repeatable."""
        await self._access.require(who, Action.SERVICE_WRITE, project=project)
        body = (await self._document(project, name)).body
        await self._workloads.want(body["workload"], Wanted.STOPPED)
        return await self._seen(body)

    async def delete(self, who: Principal, project: str, name: str) -> None:
        """Stop the service and forget it with its logs and keys."""
        await self._access.require(who, Action.SERVICE_WRITE, project=project)
        await self._delete(await self._document(project, name))

    async def logs(
        self, who: Principal, project: str, name: str, *, offset: int, follow: bool
    ) -> AsyncIterator[LogPart]:
        """Return the output from byte `offset` on."""
        await self._access.require(who, Action.SERVICE_READ, project=project)
        workload = (await self._document(project, name)).body["workload"]
        return self._workloads.logs(workload, offset=offset, follow=follow)

    async def reach(self, who: Principal, project: str, service: str, port: int | None) -> Reach:
        """Return how `who` reaches the service; `port` None means its first port.

        Raises NotFound: no such project, service or declared port for this caller.
        """
        await self._access.require(who, Action.SERVICE_USE, project=project, service=service)
        body = (await self._document(project, service)).body
        workload = await self._workloads.get(body["workload"])
        ports = workload.spec.ports if workload else service_ports(_service(body).spec)
        if port is not None and port not in ports:
            raise NotFound("port", str(port), f"Service {service!r} declares: {ports}.")
        endpoint = await self._workloads.endpoint(workload, port or ports[0]) if workload else None
        path = service_path(project, service)
        stripped = path.rstrip("/") if port is None else f"{path}{port}"
        return reach(workload, endpoint, owner=body["updated_by"], stripped=stripped)

    async def forget_project(self, project: str) -> bool:
        """Delete what is left of the project; True when nothing is. Repeatable."""
        for document in await find_all(self._documents, "services", eq("project", project)):
            await self._delete(document)
        return await forget_workloads(self._workloads, project, WorkloadKind.SERVICE)

    async def _run(self, who: Principal, project: str, name: str, how: How) -> Service:
        await self._access.require(who, Action.SERVICE_WRITE, project=project)
        body = (await self._document(project, name)).body
        workload = await self._draft(who, _service(body), body["workload"])
        if await self._workloads.change(workload.id, how(workload)) is None:
            await self._workloads.create(workload)
            await self._check_still_there(who, project, name, workload.id)
        return await self._seen(body)

    async def _draft(self, who: Principal, service: Service, id: str) -> Workload:
        """Return the record that would run `service` now, checked but not kept."""
        project, spec = service.project, service.spec
        await self._access.require(who, Action.SERVICE_WRITE, project=project)
        await self._checks.check(who, project, spec)
        model = await self._resolve(project, spec)
        workload = self._builder.service(service, id, str(who.user), model, self._clock())
        self._workloads.refuse(workload.spec)
        return workload

    async def _resolve(self, project: str, spec: ServiceSpec) -> Resolved | None:
        if spec.model is None:
            return None
        asked = spec.model
        version = await self._registry.resolve(
            project, asked.name, version=asked.version, alias=asked.alias
        )
        requirements = await self._registry.requirements(project, asked.name, version)
        return Resolved(asked.name, version, requirements)

    async def _put_spec(self, project: str, name: str, spec: ServiceSpec, user: str) -> Body:
        fields = {"spec": spec.model_dump(mode="json"), "updated_by": user}
        found = partial(self._document, project, name)
        _, body = await change_document(self._documents, "services", found, lambda _: fields)
        return body

    async def _check_still_there(
        self, who: Principal, project: str, name: str, workload: str
    ) -> None:
        # Looking after the write: a deletion that begins later sees what was written.
        try:
            await self._access.require(who, Action.SERVICE_READ, project=project)
            await self._document(project, name)
        except NotFound:
            await self._workloads.want(workload, Wanted.REMOVED)
            await self._documents.delete("services", _id(project, name))
            raise

    async def _delete(self, document: Document) -> None:
        # The workload first: a crash in between leaves a service to delete again.
        await self._workloads.want(document.body["workload"], Wanted.REMOVED)
        await self._keys.forget_service(document.body["workload"])
        await self._documents.delete("services", document.id)

    async def _document(self, project: str, name: str) -> Document:
        found = await self._documents.get("services", _id(project, name))
        if found is None:
            raise NotFound("service", name)
        return found

    async def _seen(self, body: Body) -> Service:
        return _service(body, await self._workloads.status(body["workload"]))


def _renewed(kept: Workload, draft: Workload) -> Workload:
    fields = {name: getattr(draft, name) for name in ("spec", "user", "health_path", "restart")}
    return kept.model_copy(update=fields)


def _unless_under_way(draft: Workload) -> Callable[[Workload], Workload]:
    """Return the change that starts what does not run, as `draft` says."""

    def change(kept: Workload) -> Workload:
        running = kept.state in _UNDER_WAY and kept.wanted is Wanted.RUNNING
        return kept if running else wish(_renewed(kept, draft), Wanted.RUNNING)

    return change


def _anew(draft: Workload) -> Callable[[Workload], Workload]:
    """Return the change that ends what runs and starts it as `draft` says."""
    return lambda kept: restart(_renewed(kept, draft))


def _if_wanted(draft: Workload) -> Callable[[Workload], Workload]:
    """Return the change that makes what is wanted to run do so as `draft` says."""

    def change(kept: Workload) -> Workload:
        wanted = kept.wanted is Wanted.RUNNING and not kept.state.is_final
        return restart(_renewed(kept, draft)) if wanted else _renewed(kept, draft)

    return change


def service_path(project: str, name: str) -> str:
    """Return a service's address below the lab's own."""
    return f"/projects/{project}/services/{name}/"


def _id(project: str, name: str) -> str:
    return f"{project}/{name}"


def _service(body: Body, status: Status | None = None) -> Service:
    fields = {name: body[name] for name in Service.model_fields if name != "status"}
    return Service(**fields, status=status or Status())
