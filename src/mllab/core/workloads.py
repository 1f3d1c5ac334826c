"""Workload records: how services, jobs and workspaces ask for something to run.

Writes wanted states and wakes control; it talks to a runtime only to read (logs, usage,
endpoints) and to ask whether it refuses a spec. The gateway reads `Reach` here.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from weakref import WeakValueDictionary

from mllab.core import wishes
from mllab.core.context import Context
from mllab.core.logs import WorkloadLogs, logs_folder
from mllab.core.specs import refuse_beyond
from mllab.core.tokens import Tokens
from mllab.model.workloads import (
    Status,
    Wanted,
    Workload,
    WorkloadKind,
    WorkloadSpec,
    WorkloadState,
)
from mllab.runtimes.base import Endpoint, LogPart, Runtime, Usage
from mllab.stores.documents.base import Body, Document, RevisionConflict, Where, eq, find_all

_NET_S = 1.0
"""How often a waiter looks by itself, for what other processes wrote (seconds)."""

_LIVE = {WorkloadState.STARTING, WorkloadState.RUNNING, WorkloadState.STOPPING}

Enough = Callable[[Status], bool]
"""Which states end a wait."""

log = logging.getLogger("mllab.core")


@dataclass(frozen=True)
class Reach:
    """What the gateway needs to know of a workload that the caller may use.

    `endpoint` is None while it is not ready; `status` then says why. `owner` is the user
    who last said what it runs. `stripped` is the path prefix that the workload does not see.
    """

    status: Status
    owner: str
    endpoint: Endpoint | None
    stripped: str = ""


@dataclass(frozen=True)
class Kept:
    """A record with the revision at which it was read."""

    workload: Workload
    revision: int


class Workloads:
    """The records; `wake` is set whenever control has something to do.

    `endpoint_url` is the lab's own address as workloads reach it; the composition root
    sets it once the gateway listens.
    """

    endpoint_url: str = "http://127.0.0.1:8080"

    def __init__(self, context: Context, tokens: Tokens, runtime: Runtime) -> None:
        self.context = context
        self.tokens = tokens
        self.runtime = runtime
        self.wake = asyncio.Event()
        self._documents = context.documents
        self._changes: WeakValueDictionary[str | None, asyncio.Event] = WeakValueDictionary()
        """What is set at the next change of a record, and under None of any."""
        self._is_closed = False
        self._open_ones: dict[str, Kept] = {}
        """As they were read last: most look the same at the next of many looks."""
        self._logs = WorkloadLogs(context.files, runtime, self)

    async def create(self, workload: Workload) -> Workload:
        """Keep a new record and wake control; one of this id that is there stays and returns.

        Raises:
            InvalidInput: the runtime can never run it.
        """
        self.refuse(workload.spec)
        try:
            await self._documents.put("workloads", workload.id, _body(workload), if_revision=0)
        except RevisionConflict:
            kept = await self.read(workload.id)
            return kept.workload if kept else workload
        self._tell(workload.id)
        self.wake.set()
        return workload

    async def forget_project(self, project: str) -> bool:
        """Let the runtime remove what it made for a project whose workloads are gone. Repeatable.

        Raises:
            Unavailable: it cannot now.
        """
        if gone := await self.runtime.clear(project):
            log.info("with project %s went: %s", project, ", ".join(gone))
        return True

    def refuse(self, spec: WorkloadSpec) -> None:
        """Raise InvalidInput if this lab may not or its runtime cannot ever run `spec`."""
        refuse_beyond(spec.limits, self.context.settings)
        self.runtime.refuse(spec)

    async def get(self, id: str) -> Workload | None:
        """Return the record, None if there is none."""
        kept = await self.read(id)
        return kept.workload if kept else None

    async def status(self, id: str) -> Status:
        """Return the state as people see it; what never ran is stopped."""
        return (await self.statuses([id]))[id]

    async def statuses(self, ids: Iterable[str]) -> dict[str, Status]:
        """Return the states of many, each as `status` would."""
        wanted = list(ids)
        found = await find_all(self._documents, "workloads", Where("id", "in", wanted))
        known = {document.id: _status(_workload(document.body)) for document in found}
        return {id: known.get(id, Status()) for id in wanted}

    async def want(self, id: str, wanted: Wanted) -> Workload | None:
        """Write what is wanted and wake control; None if there is no such record.

        Raises:
            Conflict: it is being removed and something else is asked for.
        """
        return await self.change(id, lambda workload: wishes.wish(workload, wanted))

    async def change(self, id: str, change: Callable[[Workload], Workload]) -> Workload | None:
        """Apply a pure change, again if somebody was quicker; None if it is not there."""
        while True:
            kept = await self.read(id)
            if kept is None:
                return None
            changed = change(kept.workload)
            if changed == kept.workload:
                return changed
            with suppress(RevisionConflict):
                await self.write(changed, kept.revision)
                self.wake.set()
                return changed

    async def read(self, id: str) -> Kept | None:
        """Return the record with its revision; for control."""
        found = await self._documents.get("workloads", id)
        return _kept(found, None) if found else None

    async def write(self, workload: Workload, revision: int) -> int:
        """Replace the record if nobody else did since `revision`; for control.

        Raises:
            RevisionConflict: somebody did.
        """
        written = await self._documents.put(
            "workloads", workload.id, _body(workload), if_revision=revision
        )
        self._tell(workload.id)
        return written

    async def erase(self, workload: Workload) -> None:
        """Delete the record with all copies of its logs; for control, after the runtime."""
        await self.context.files.delete_folder(logs_folder(workload))
        await self._documents.delete("workloads", workload.id)
        await self._documents.delete("activity", workload.id)
        self._tell(workload.id)

    async def open_ones(self) -> list[Workload]:
        """Return all records that control has to act on or to watch."""
        found = await find_all(self._documents, "workloads", eq("open", True))
        before = self._open_ones
        self._open_ones = {each.id: _kept(each, before.get(each.id)) for each in found}
        return [kept.workload for kept in self._open_ones.values()]

    async def workspaces_of(self, user: str) -> list[Workload]:
        """Return the records of a user's workspace, former ones on their way out too."""
        kind = eq("kind", WorkloadKind.WORKSPACE.value)
        found = await find_all(self._documents, "workloads", eq("user", user), kind)
        return [_workload(document.body) for document in found]

    async def of_project(self, project: str) -> list[Workload]:
        """Return every record of a project; for its deletion."""
        found = await find_all(self._documents, "workloads", eq("project", project))
        return [_workload(document.body) for document in found]

    def logs(self, id: str, *, offset: int = 0, follow: bool = False) -> AsyncIterator[LogPart]:
        """Return the output of all attempts from byte `offset` on; see `core/logs.py`."""
        return self._logs.read(id, offset=offset, follow=follow)

    async def endpoint(self, workload: Workload, port: int) -> Endpoint | None:
        """Return where a running workload's port is reached, None if it is not ready.

        Not remembered here: a port that its program gave up may be somebody else's soon,
        and only the runtime can tell.
        """
        if workload.state is not WorkloadState.RUNNING or workload.handle is None:
            return None
        return await self.runtime.endpoint(workload.handle, port)

    async def usage(self, id: str) -> Usage | None:
        """Return what a workload uses now, None when it does not run."""
        workload = await self.get(id)
        return await self.use(workload) if workload else None

    async def use(self, workload: Workload) -> Usage | None:
        """Return what a record's workload uses now, None when it does not run."""
        if workload.handle is None or workload.state not in _LIVE:
            return None
        return await self.runtime.usage(workload.handle)

    async def page(
        self, where: Iterable[Where], limit: int, cursor: str | None
    ) -> tuple[list[Workload], str | None]:
        """Return a page of records, the newest first, and the next page's cursor."""
        found = await self._documents.find(
            "workloads",
            *where,
            Where("wanted", "ne", Wanted.REMOVED.value),
            order_by="created_at",
            descending=True,
            limit=limit,
            cursor=cursor,
        )
        return [_workload(each.body) for each in found.documents], found.next_cursor

    @staticmethod
    def status_of(workload: Workload) -> Status:
        """Return a record's state as people see it."""
        return _status(workload)

    async def changed(self, most_s: float, id: str | None = None) -> None:
        """Return when the record, or any, changed in this process, or after `most_s` seconds."""
        await _happens(self._next_change(id), most_s)

    async def held(self, status: Status, enough: Enough, most_s: float) -> bool:
        """Hold who saw `status` until it is `enough`, `most_s` seconds at most.

        True if time went by: then look at everything again, as rights may have gone meanwhile.
        """
        id = status.workload
        if id is None or most_s <= 0 or enough(status):
            return False
        time = asyncio.get_running_loop().time
        end_at = time() + most_s
        while not self._is_closed and (left_s := end_at - time()) > 0:
            change = self._next_change(id)  # before the look, so that none is missed
            workload = await self.get(id)
            if workload is None or enough(_status(workload)):
                break
            await _happens(change, min(left_s, _NET_S))
        return True

    def close(self) -> None:
        """Hold nobody who waits for a state any longer. Repeatable."""
        self._is_closed = True
        for change in list(self._changes.values()):
            change.set()

    def _next_change(self, id: str | None) -> asyncio.Event:
        return self._changes.setdefault(id, asyncio.Event())

    def _tell(self, id: str) -> None:
        for whose in (id, None):
            if change := self._changes.pop(whose, None):
                change.set()


def settles(before: Status) -> Enough:
    """Return what tells who waits to use it more than `before`: ready, over, or ended once more."""

    def enough(now: Status) -> bool:
        known = before.is_between_attempts and before.attempt == now.attempt
        return now.state.is_settled or (now.is_between_attempts and not known)

    return enough


async def _happens(change: asyncio.Event, most_s: float) -> None:
    # Not wait_for: before Python 3.12 it loses a cancellation that comes with the change.
    with suppress(TimeoutError):
        async with asyncio.timeout(most_s):
            await change.wait()


def _kept(document: Document, before: Kept | None) -> Kept:
    if before is not None and before.revision == document.revision:
        return before
    return Kept(_workload(document.body), document.revision)


def reach(
    workload: Workload | None, endpoint: Endpoint | None, *, owner: str, stripped: str = ""
) -> Reach:
    """Return what the gateway is told; what never ran is stopped."""
    status = Status() if workload is None else _status(workload)
    return Reach(status, owner, endpoint, stripped)


def _status(workload: Workload) -> Status:
    shared = set(Status.model_fields) - {"workload", "model_uri"}
    uri = workload.spec.model_uri
    return Status(workload=workload.id, model_uri=uri, **workload.model_dump(include=shared))


def _body(workload: Workload) -> Body:
    body = workload.model_dump(mode="json")
    # Labels have dots and a handle may; documents have no dots in names.
    body["spec"]["labels"] = list(workload.spec.labels.items())
    body["handle"] = None if workload.handle is None else json.dumps(workload.handle)
    return body | {"open": wishes.needs_control(workload)}


def _workload(body: Body) -> Workload:
    fields = {name: body[name] for name in Workload.model_fields if name in body}
    fields["spec"] = body["spec"] | {"labels": dict(body["spec"]["labels"])}
    fields["handle"] = None if body["handle"] is None else json.loads(body["handle"])
    return Workload.model_validate(fields)
