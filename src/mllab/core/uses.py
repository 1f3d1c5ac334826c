"""Where a dataset, a model file or a registered model is used, and what a job run logged.

Who depends on a file by definition (services, jobs) is read from their own records, who has
used it from the notes of `core/lineage.py`; each by an index. What was deleted since is
left out, so a page may hold fewer than asked for and yet have a next one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from mllab.core.context import Context
from mllab.core.lineage import BEGUN, COLLECTION, begun_prefix
from mllab.core.permissions import Access, Action
from mllab.core.registry import Registry
from mllab.core.runs import run_id
from mllab.core.times import from_text
from mllab.core.tracking.bodies import escape
from mllab.core.tracking.run_tables import to_row
from mllab.core.versions import Versions
from mllab.core.workloads import Workloads
from mllab.errors import InvalidInput, NotFound
from mllab.model.accounts import Principal
from mllab.model.base import Page
from mllab.model.files import FileKind, FileRef
from mllab.model.run_table import RunRow
from mllab.model.tracking import Lifecycle, RunStatus
from mllab.model.uses import MadeModel, Origin, Use, UsedBy, UsedHow
from mllab.model.workloads import Status, WorkloadKind, WorkloadState
from mllab.stores.documents.base import Body, DocumentStore, Found, Where, eq, find_all

_STATES = {
    RunStatus.RUNNING: WorkloadState.RUNNING,
    RunStatus.SCHEDULED: WorkloadState.PENDING,
    RunStatus.FINISHED: WorkloadState.SUCCEEDED,
    RunStatus.FAILED: WorkloadState.FAILED,
    RunStatus.KILLED: WorkloadState.STOPPED,
}
_BY = {
    WorkloadKind.JOB: UsedBy.JOB_RUN,
    WorkloadKind.SERVICE: UsedBy.SERVICE,
    WorkloadKind.WORKSPACE: UsedBy.WORKSPACE,
}
_ALL_OF_IT = (Action.FILE_READ, Action.EXPERIMENT_READ, Action.JOB_READ, Action.SERVICE_READ)


@dataclass(frozen=True)
class _Asked:
    """Which file is asked about; `version` None means all of its versions."""

    ref: FileRef
    version: int | None

    def by_code(self) -> list[Where]:
        """Return the conditions that a job or service meets whose code the file is."""
        where = [eq("project", self.ref.project), eq("spec.code.key", self.ref.key)]
        if self.version is not None:  # without a version it is the newest, whichever that is
            where.append(Where("spec.code.version", "in", [self.version, None]))
        return where

    def by_note(self) -> list[Where]:
        """Return the conditions that the notes on the file meet."""
        ref = self.ref
        where = [eq("project", ref.project), eq("kind", str(ref.kind)), eq("key", ref.key)]
        return [*where, eq("version", self.version)] if self.version is not None else where


class Uses:
    """Lists uses; each list is one question after another, the lasting ones first."""

    def __init__(
        self, context: Context, access: Access, workloads: Workloads, registry: Registry
    ) -> None:
        self._documents = context.documents
        self._access = access
        self._workloads = workloads
        self._registry = registry
        self._versions = Versions(context.documents)

    async def of_file(
        self,
        who: Principal,
        ref: FileRef,
        version: int | None = None,
        *,
        limit: int = 100,
        cursor: str | None = None,
    ) -> Page[Use]:
        """Return services and jobs whose code the file is, then who used it, newest first.

        Raises:
            NotFound: no such file or version.
        """
        for action in _ALL_OF_IT:
            await self._access.require(who, action, project=ref.project)
        await self._versions.find(ref, version)
        asked = _Asked(ref, version)
        stages = [self._notes]
        if ref.kind is FileKind.DATASET:  # code is always a dataset
            stages = [self._services, self._jobs, self._notes]
        at, inner = _place(cursor, len(stages))
        items: list[Use] = []
        for number in range(at, len(stages)):
            if len(items) >= limit:
                return Page(items=items, next_cursor=f"{number}.")
            found, following = await stages[number](asked, limit - len(items), inner)
            items += found
            if following:
                return Page(items=items, next_cursor=f"{number}.{following}")
            inner = None
        return Page(items=items)

    async def of_registered(
        self, who: Principal, project: str, name: str, *, limit: int, cursor: str | None
    ) -> Page[Use]:
        """Return the services that serve a registered model, by name. Raises NotFound."""
        for action in (Action.EXPERIMENT_READ, Action.SERVICE_READ):
            await self._access.require(who, action, project=project)
        aliases: dict[str, int] = (await self._registry.models.body(project, name))["aliases"]
        where = (eq("project", project), eq("spec.model.name", name))
        found = await self._documents.find("services", *where, limit=limit, cursor=cursor)
        bodies = [document.body for document in found.documents]
        statuses = await self._workloads.statuses(body["workload"] for body in bodies)
        items = [_serving(body, statuses[body["workload"]], aliases) for body in bodies]
        return Page(items=items, next_cursor=found.next_cursor)

    async def logged(
        self,
        who: Principal,
        project: str,
        job: str,
        number: int,
        *,
        limit: int,
        cursor: str | None,
    ) -> Page[RunRow]:
        """Return the runs of experiments that a job run began, newest first. Raises NotFound."""
        for action in (Action.JOB_READ, Action.EXPERIMENT_READ):
            await self._access.require(who, action, project=project)
        run = await self._documents.get("job_runs", run_id(project, job, number))
        if run is None:
            raise NotFound("run", f"{job}/{number}", "Its job's runs are listed under /runs.")
        mine = Where("id", "prefix", begun_prefix(project, run.body["workload"]))
        found = await self._documents.find(BEGUN, mine, descending=True, limit=limit, cursor=cursor)
        ids = [document.body["run"] for document in found.documents]
        runs = await _named(self._documents, "runs", [f"{project}/{id}" for id in ids])
        kept = [runs[f"{project}/{id}"] for id in ids if f"{project}/{id}" in runs]
        items = [to_row(body) for body in kept if body["lifecycle"] == Lifecycle.ACTIVE]
        return Page(items=items, next_cursor=found.next_cursor)

    async def _services(self, asked: _Asked, limit: int, cursor: str | None) -> _Stage:
        found = await self._documents.find("services", *asked.by_code(), limit=limit, cursor=cursor)
        bodies = [document.body for document in found.documents]
        statuses = await self._workloads.statuses(body["workload"] for body in bodies)
        items = [
            _defined(body, UsedBy.SERVICE, statuses[body["workload"]].state) for body in bodies
        ]
        return items, found.next_cursor

    async def _jobs(self, asked: _Asked, limit: int, cursor: str | None) -> _Stage:
        where = (*asked.by_code(), eq("deleting", False))
        found = await self._documents.find("jobs", *where, limit=limit, cursor=cursor)
        items = [_defined(document.body, UsedBy.JOB) for document in found.documents]
        return items, found.next_cursor

    async def _notes(self, asked: _Asked, limit: int, cursor: str | None) -> _Stage:
        found = await self._documents.find(
            COLLECTION,
            *asked.by_note(),
            order_by="at",
            descending=True,
            limit=limit,
            cursor=cursor,
        )
        notes = await _Notes.read(self._documents, self._workloads, found)
        return [use for use in map(notes.use, notes.bodies) if use], found.next_cursor


_Stage = tuple[list[Use], str | None]


@dataclass(frozen=True)
class _Notes:
    """A page of notes with all that they name, as it is now."""

    bodies: Sequence[Body]
    runs: dict[str, Body]
    made: dict[str, list[MadeModel]]
    owners: dict[str, Body]
    statuses: dict[str, Status]

    _HOMES: ClassVar = {WorkloadKind.JOB: "job_runs", WorkloadKind.SERVICE: "services"}

    @classmethod
    async def read(cls, store: DocumentStore, workloads: Workloads, found: Found) -> _Notes:
        bodies = [document.body for document in found.documents]
        runs = [f"{body['project']}/{body['run']}" for body in bodies if "run" in body]
        origins = [(body["project"], _origin(body)) for body in bodies if "origin" in body]
        owners: dict[str, Body] = {}
        for kind, home in cls._HOMES.items():
            ids = [_owner_id(project, each) for project, each in origins if each.kind is kind]
            owners |= await _named(store, home, ids)
        return cls(
            bodies,
            await _named(store, "runs", runs),
            await _made(store, bodies),
            owners,
            await workloads.statuses({origin.workload for _, origin in origins}),
        )

    def use(self, body: Body) -> Use | None:
        """Return the use that a note tells of; None if who used it is no more."""
        return self._by_run(body) if "run" in body else self._by_workload(body)

    def _by_run(self, body: Body) -> Use | None:
        run = self.runs.get(f"{body['project']}/{body['run']}")
        if run is None or run["lifecycle"] != Lifecycle.ACTIVE:
            return None
        return Use(
            **_shared(body),
            by=UsedBy.RUN,
            name=run["name"],
            run_id=run["id_"],
            experiment_id=run["experiment"],
            state=_STATES[RunStatus(run["status"])],
            user=run["user"],
            models=self.made.get(run["id_"], []),
        )

    def _by_workload(self, body: Body) -> Use | None:
        origin = _origin(body)
        state = None
        if origin.kind in self._HOMES:
            owner = self.owners.get(_owner_id(body["project"], origin))
            if owner is None or owner["workload"] != origin.workload:
                return None
            state = self.statuses[origin.workload].state
        return Use(
            **_shared(body),
            by=_BY[origin.kind],
            name=origin.name,
            number=origin.number,
            state=state,
            user=body["user"],
        )


def _shared(body: Body) -> Body:
    return {name: body[name] for name in ("project", "how", "version", "at")}


def _origin(body: Body) -> Origin:
    return Origin.model_validate(body["origin"])


def _owner_id(project: str, origin: Origin) -> str:
    """Return the id of the document of a job run or service."""
    if origin.kind is WorkloadKind.JOB:
        return run_id(project, origin.name, origin.number or 0)
    return f"{project}/{origin.name}"


async def _named(store: DocumentStore, collection: str, ids: Iterable[str]) -> dict[str, Body]:
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    found = await find_all(store, collection, Where("id", "in", wanted))
    return {document.id: document.body for document in found}


async def _made(store: DocumentStore, bodies: Iterable[Body]) -> dict[str, list[MadeModel]]:
    """Return the registered versions that came of the notes' runs."""
    runs = {body["run"]: body["project"] for body in bodies if "run" in body}
    if not runs:
        return {}
    (project,) = set(runs.values())
    where = (eq("project", project), Where("run_id", "in", sorted(runs)))
    found = [document.body for document in await find_all(store, "model_versions", *where)]
    ids = (f"{project}/{body['model']}" for body in found)
    names = await _named(store, "registered_models", ids)
    made: dict[str, list[MadeModel]] = {}
    for body in found:
        model = names.get(f"{project}/{body['model']}")
        if model is not None:
            version = MadeModel(name=model["name"], version=str(body["version"]))
            made.setdefault(body["run_id"], []).append(version)
    return made


def _defined(body: Body, by: UsedBy, state: WorkloadState | None = None) -> Use:
    return Use(
        project=body["project"],
        by=by,
        how=UsedHow.CODE,
        version=body["spec"]["code"]["version"],
        name=body["name"],
        state=state,
        user=body["updated_by"] if by is UsedBy.SERVICE else body["created_by"],
        at=from_text(body["created_at"]),
    )


def _serving(body: Body, status: Status, aliases: dict[str, int]) -> Use:
    asked = body["spec"]["model"]
    served = (status.model_uri or "").rpartition("/")[2]
    version = served or asked["version"] or aliases.get(escape(asked["alias"] or ""))
    return Use(
        project=body["project"],
        by=UsedBy.SERVICE,
        how=UsedHow.SERVES,
        version=int(version) if version else None,
        name=body["name"],
        alias=asked["alias"],
        state=status.state,
        user=body["updated_by"],
        at=from_text(body["created_at"]),
    )


def _place(cursor: str | None, stages: int) -> tuple[int, str | None]:
    """Return at which question a page goes on, and with which cursor of that."""
    if cursor is None:
        return 0, None
    number, _, inner = cursor.partition(".")
    if not number.isascii() or not number.isdecimal() or int(number[:9]) >= stages:
        raise InvalidInput(
            "The cursor does not belong to this question; leave it out to start from the top."
        )
    return int(number), inner or None
