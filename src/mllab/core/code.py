"""Code that is sent along with a job or service: one file or an archive, kept by content.

Equal bytes under an equal name are kept once in a project. Code that no job, job run or
service refers to is deleted after a day.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from mllab.core.context import Context
from mllab.core.permissions import Access, Action
from mllab.core.times import from_text, to_text
from mllab.core.uploads import OLD, Incoming, Uploads, clear_folder
from mllab.errors import InvalidInput, NotFound
from mllab.model.accounts import Principal
from mllab.model.base import check_file_key, new_id
from mllab.model.files import NewVersion, UploadedFile
from mllab.stores.documents.base import Body, Document, RevisionConflict, Where, eq
from mllab.stores.files import Files

MAX_BYTES = 512 << 20
_USERS = ("jobs", "job_runs", "services")


@dataclass(frozen=True)
class OpenCode:
    """Code whose bytes can be read."""

    code: UploadedFile
    created_at: datetime
    object: str
    files: Files

    def read(self, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """Return the bytes `start` up to before `end`."""
        return self.files.read(self.object, start, end)


class Code:
    """Code that is sent along with a job or service."""

    def __init__(self, context: Context, access: Access) -> None:
        self._context = context
        self._documents = context.documents
        self._access = access
        self._uploads = Uploads(context, "code", self._published)

    async def upload(
        self,
        who: Principal,
        project: str,
        name: str,
        declared: NewVersion,
        chunks: AsyncIterator[bytes],
    ) -> UploadedFile:
        """Keep the bytes under `name` (a file name) and return what a job refers to.

        Raises:
            InvalidInput: a name with a path, or not the declared bytes.
            TooLarge: more than 512 MiB.
        """
        await self._access.require(who, Action.JOB_WRITE, project=project)
        _check_name(name)
        object = f"{project}/code/{new_id('object')}"
        incoming = Incoming(project, object, {})
        async with self._uploads.receive(incoming, chunks, declared, MAX_BYTES) as written:
            await self._access.require(who, Action.JOB_WRITE, project=project)
            digest = hashlib.sha256(f"{written.sha256}\n{name}".encode()).hexdigest()
            code = UploadedFile(
                id=f"code_{digest[:20]}",
                name=name,
                size_bytes=written.size_bytes,
                sha256=written.sha256,
            )
            await self._publish(project, code, object)
        return code

    async def open(self, who: Principal, project: str, id: str) -> OpenCode:
        """Return the code ready to be read."""
        await self._access.require(who, Action.JOB_READ, project=project)
        found = await self._documents.get("code", f"{project}/{id}")
        if found is None:
            raise NotFound("code", id, "Unused code is deleted after a day: send it again.")
        body = found.body
        code = UploadedFile.model_validate({n: body[n] for n in UploadedFile.model_fields})
        created_at = from_text(body["created_at"])
        return OpenCode(code, created_at, body["object"], self._context.files)

    async def sweep(self, older_than: timedelta = OLD) -> int:
        """Delete code that nothing has referred to for a day, and what died half-way.

        `older_than` is the age at which an upload counts as dead, as for datasets.
        """
        swept = await self._uploads.sweep(older_than)
        before = to_text(self._context.clock() - OLD)
        found = await self._documents.find("code", Where("used_at", "lt", before), limit=1000)
        return swept + sum([await self._drop_unused(each) for each in found.documents])

    async def forget_project(self, project: str) -> bool:
        """Delete what is left of the project; True when nothing is. Repeatable."""
        if not await self._uploads.forget_project(project):
            return False
        await self._documents.delete_where("code", eq("project", project))
        return await clear_folder(self._context.files, f"{project}/code")

    async def _publish(self, project: str, code: UploadedFile, object: str) -> None:
        id = f"{project}/{code.id}"
        while True:
            known = await self._documents.get("code", id)
            now = to_text(self._context.clock())
            new = code.model_dump() | {"project": project, "object": object, "created_at": now}
            body = (known.body if known else new) | {"used_at": now}
            revision = known.revision if known else 0
            try:
                await self._documents.put("code", id, body, if_revision=revision)
            except RevisionConflict:
                continue
            if known:
                await self._context.files.delete(object)
            return

    async def _drop_unused(self, found: Document) -> bool:
        project, _, id = found.id.partition("/")
        for collection in _USERS:
            if await self._documents.count(
                collection, eq("project", project), eq("spec.code.id", id)
            ):
                return False
        note = await self._uploads.note(Incoming(project, found.body["object"], {}))
        with suppress(RevisionConflict):  # sent again just now: then it stays
            await self._documents.delete("code", found.id, if_revision=found.revision)
        await self._uploads.settle(note)
        return True

    async def _published(self, note: Body) -> bool:
        return await self._documents.count("code", eq("object", note["object"])) > 0


def _check_name(name: str) -> None:
    try:
        check_file_key(name)
    except ValueError as exc:
        raise InvalidInput(f"The file name {name!r} cannot be used: {exc}.") from exc
    if "/" in name:
        raise InvalidInput(f"{name!r} is a path; send a file name, or an archive for a folder.")
