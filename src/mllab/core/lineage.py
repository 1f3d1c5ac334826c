"""Notes who read or made which version of a file, as it happens.

Two sources: a workload that fetches or stores a file with its own token, and what a run's
client says that the run read and made. A note (collection `uses`) is written once, before
what it tells of; the lists of `core/uses.py` read them by an index. Likewise noted is which
workload began which run (`workload_runs`). Asks no permission: its callers did.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from pydantic import ValidationError

from mllab.core.context import Context
from mllab.core.times import to_text
from mllab.core.versions import Versions
from mllab.errors import NotFound
from mllab.model.accounts import Principal
from mllab.model.files import FileKind, FileRef
from mllab.model.tracking import DatasetInput
from mllab.model.uses import Origin, UsedHow
from mllab.model.workloads import WorkloadKind
from mllab.stores.documents.base import Body, RevisionConflict, Where, eq

COLLECTION, BEGUN = "uses", "workload_runs"
OUTPUTS_TAG = "lab.outputs"
"""The tag in which the client's `Experiment` keeps the keys of what it made (a JSON list)."""

_MOST_OUTPUTS = 100
_MOST_REMEMBERED = 10_000
_KINDS = {"dataset": FileKind.DATASET, "model": FileKind.MODEL} | {str(k): k for k in FileKind}
_NUMBERED = re.compile(r"(.+)\.v([1-9][0-9]{0,8})", re.DOTALL)
_ADDRESS = re.compile(r".*/api/projects/([^/]+)/(datasets|models)/(.+)")

Meant = tuple[FileRef, int | None]
"""A file and a number of its versions; None is the newest."""


class Lineage:
    """Writes the notes; `origin` says which workload a caller is."""

    def __init__(self, context: Context) -> None:
        self._documents = context.documents
        self._clock = context.clock
        self._versions = Versions(context.documents)
        self._noted: set[str] = set()

    async def origin(self, who: Principal) -> Origin | None:
        """Return the workload whose token `who` came with; None for a person."""
        id = who.scope.workload
        workload = await self._documents.get("workloads", id) if id else None
        if id is None or workload is None:
            return None
        kind = WorkloadKind(workload.body["kind"])
        number = await self._number(id) if kind is WorkloadKind.JOB else None
        return Origin(workload=id, kind=kind, name=workload.body["owner_name"], number=number)

    async def _number(self, workload: str) -> int | None:
        found = await self._documents.find("job_runs", eq("workload", workload), limit=1)
        return int(found.documents[0].body["number"]) if found.documents else None

    async def note_file(self, who: Principal, ref: FileRef, version: int, how: UsedHow) -> None:
        """Note that the caller, if it is a workload, used the version. Repeatable."""
        workload = who.scope.workload
        if workload is None or (id := _id(ref, version, how, workload)) in self._noted:
            return
        origin = await self.origin(who)
        if origin is not None:
            by = {"origin": origin.model_dump(mode="json"), "user": str(who.user)}
            await self._note(id, _body(ref, version, how) | by | {"at": to_text(self._clock())})

    async def note_inputs(self, run: Body, datasets: Iterable[DatasetInput]) -> None:
        """Note the files of the lab among what a run read. Repeatable."""
        for dataset in datasets:
            await self._note_run(run, _input(run["project"], dataset), UsedHow.READ)

    async def note_outputs(self, run: Body, tags: Iterable[tuple[str, str]]) -> None:
        """Note the files that a run made, if that is among the tags just set. Repeatable."""
        for key, value in tags:
            if key == OUTPUTS_TAG:
                for each in _outputs(run["project"], value):
                    await self._note_run(run, each, UsedHow.MADE)

    async def _note_run(self, run: Body, meant: Sequence[Meant], how: UsedHow) -> None:
        for ref, number in meant:
            with suppress(NotFound):
                found = await self._versions.find(ref, number)
                version = int(found.body["version"])
                at = to_text(datetime.fromtimestamp(run["started_at"] / 1000, UTC))
                body = _body(ref, version, how) | {"run": run["id_"], "at": at}
                await self._note(_id(ref, version, how, run["id_"]), body)
                return

    async def _note(self, id: str, body: Body) -> None:
        if id in self._noted:
            return
        with suppress(RevisionConflict):
            await self._documents.put(COLLECTION, id, body, if_revision=0)
        if len(self._noted) >= _MOST_REMEMBERED:
            self._noted.clear()
        self._noted.add(id)

    async def note_begun(self, run: Body) -> None:
        """Note that a workload began the run, whose body says so."""
        workload, began = run["origin"]["workload"], run["started_at"]
        id = f"{begun_prefix(run['project'], workload)}{began:015d}/{run['id_']}"
        await self._documents.put(BEGUN, id, {"run": run["id_"]})

    async def forget_project(self, project: str) -> bool:
        """Delete what is left of the project; True when nothing is. Repeatable."""
        self._noted.clear()
        for collection in (COLLECTION, BEGUN):
            await self._documents.delete_where(collection, Where("id", "prefix", f"{project}/"))
        return True


def begun_prefix(project: str, workload: str) -> str:
    """Return how the ids of the notes begin on runs that a workload began, in order of time."""
    return f"{project}/{workload}/"


def _body(ref: FileRef, version: int, how: UsedHow) -> Body:
    return ref.model_dump(mode="json") | {"version": version, "how": str(how)}


def _id(ref: FileRef, version: int, how: UsedHow, by: str) -> str:
    file = hashlib.sha256(f"{ref.kind}/{ref.key}".encode()).hexdigest()[:20]
    return f"{ref.project}/{file}/{version:010d}/{how}/{by}"


def _ref(project: str, kind: str, key: str) -> FileRef | None:
    try:
        return FileRef(project=project, kind=_KINDS[kind], key=key)
    except (KeyError, ValidationError):
        return None


def _input(project: str, dataset: DatasetInput) -> list[Meant]:
    """Return the file that a run's input is, if it is one of this project's.

    The lab's own client names it; other clients may name its address in the API.
    """
    try:
        source: Any = json.loads(dataset.source)
    except (ValueError, RecursionError):
        return []
    if not isinstance(source, dict):
        return []
    if dataset.source_type == "mllab":
        kind, _, key = str(source.get("key", "")).partition("/")
        version = source.get("version")
        known = isinstance(version, int) and 0 < version < 10**9
        ref = _ref(project, kind, key)
        return [(ref, version)] if ref and known else []
    return _addressed(project, str(source.get("url", "")))


def _addressed(project: str, url: str) -> list[Meant]:
    try:
        parts = urlsplit(url)
        asked = parse_qs(parts.query).get("version", [""])[0]
    except ValueError:
        return []
    found = _ADDRESS.fullmatch(parts.path)
    if found is None or found[1] != project:
        return []
    number = int(asked) if re.fullmatch(r"[1-9][0-9]{0,8}", asked) else None
    ref = _ref(project, found[2], unquote(found[3]))
    return [(ref, number)] if ref else []


def _outputs(project: str, text: str) -> Iterator[list[Meant]]:
    """Yield what each key may mean: a version, or a file whose name itself ends so."""
    try:
        keys: Any = json.loads(text)
    except (ValueError, RecursionError):
        return
    for full in keys[:_MOST_OUTPUTS] if isinstance(keys, list) else []:
        kind, _, key = str(full).partition("/")
        numbered = _NUMBERED.fullmatch(key)
        spelled = [(numbered[1], int(numbered[2]))] if numbered else []
        pairs = [(_ref(project, kind, name), n) for name, n in [*spelled, (key, 1)]]
        yield [(ref, number) for ref, number in pairs if ref]
