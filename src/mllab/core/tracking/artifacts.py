"""Artifacts: files of runs and logged models, kept by the lab below the project.

A path here is MLflow's: `{experiment}/{run}/artifacts/…` or
`{experiment}/models/{model}/artifacts/…`, relative to the project's own root.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from mllab.core.context import Context
from mllab.core.permissions import Access, Action
from mllab.core.tracking.checks import check_path
from mllab.errors import InvalidInput, NotFound
from mllab.model.accounts import Principal
from mllab.model.tracking import Artifact
from mllab.stores.files import Stat

SCHEME = "mlflow-artifacts:/"


def artifacts_root(project: str) -> str:
    """Return the folder of the file store that holds the project's artifacts."""
    return f"{project}/artifacts"


def location_path(location: str) -> str:
    """Return the path that an artifact location of this lab means.

    Raises:
        InvalidInput: another scheme, another host, or a path that leads out.
    """
    if not location.startswith(SCHEME) or location.startswith(SCHEME + "/"):
        raise InvalidInput(f"{location[:200]!r} is not a place of this project's artifacts.")
    return check_path(location.removeprefix(SCHEME))


class Artifacts:
    """The artifacts of all projects."""

    def __init__(self, context: Context, access: Access) -> None:
        self._files = context.files
        self._access = access

    async def list(self, who: Principal, project: str, path: str = "") -> list[Artifact]:
        """Return what lies directly in the folder `path`, by name; none for a file.

        Paths of the result are relative to `path`.
        """
        await self._access.require(who, Action.EXPERIMENT_READ, project=project)
        prefix = f"{artifacts_root(project)}/" + (f"{check_path(path)}/" if path else "")
        found: dict[str, Artifact] = {}
        async for stat in self._files.list(prefix.rstrip("/")):
            name, below, _ = stat.key.removeprefix(prefix).partition("/")
            size = None if below else stat.size_bytes
            found[name] = Artifact(path=name, is_folder=bool(below), size_bytes=size)
        return [found[name] for name in sorted(found)]

    async def stat(self, who: Principal, project: str, path: str) -> Stat:
        """Return what is known of the file `path`. Raises NotFound, for a folder too."""
        await self._access.require(who, Action.EXPERIMENT_READ, project=project)
        found = await self._files.stat(f"{artifacts_root(project)}/{check_path(path)}")
        if found is None:
            raise NotFound("artifact", path)
        return found

    def read(self, stat: Stat, start: int, end: int) -> AsyncIterator[bytes]:
        """Return the bytes `start` up to before `end` of a file that `stat` has found."""
        return self._files.read(stat.key, start, end)

    async def write(
        self, who: Principal, project: str, path: str, chunks: AsyncIterator[bytes]
    ) -> None:
        """Store a file, replacing what is there; it appears whole or not at all."""
        await self._access.require(who, Action.EXPERIMENT_WRITE, project=project)
        await self._files.write(f"{artifacts_root(project)}/{check_path(path)}", chunks)

    async def delete(self, who: Principal, project: str, path: str) -> None:
        """Delete a file, or a folder with all that is in it; repeatable."""
        await self._access.require(who, Action.EXPERIMENT_WRITE, project=project)
        key = f"{artifacts_root(project)}/{check_path(path)}"
        await self._files.delete(key)
        await self._files.delete_folder(key)

    async def text(self, project: str, path: str, most_bytes: int) -> str | None:
        """Return a small text file, None when there is none; asks no permission.

        Raises:
            InvalidInput: it is larger than `most_bytes` or not UTF-8.
        """
        key = f"{artifacts_root(project)}/{check_path(path)}"
        found = await self._files.stat(key)
        if found is None:
            return None
        if found.size_bytes > most_bytes:
            raise InvalidInput(f"{path!r} is larger than {most_bytes} bytes.")
        data = b"".join([chunk async for chunk in self._files.read(key)])
        try:
            return data.decode()
        except UnicodeDecodeError as exc:
            raise InvalidInput(f"{path!r} is not UTF-8 text.") from exc

    async def forget_project(self, project: str) -> None:
        """Delete all artifacts of the project; repeatable."""
        await self._files.delete_folder(artifacts_root(project))
