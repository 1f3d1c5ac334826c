"""Secrets of a project: encrypted at rest, never returned, given to workloads."""

from __future__ import annotations

from mllab.core.context import Context
from mllab.core.permissions import Access, Action
from mllab.core.vault import Vault
from mllab.errors import InvalidInput, LimitReached, NotFound
from mllab.model.accounts import Principal
from mllab.model.base import Page
from mllab.model.projects import Secret, SecretValue
from mllab.stores.documents.base import eq, find_all

_OWN_PREFIXES = ("LAB_", "MLFLOW_", "LD_")
_OWN_NAMES = {"PATH", "HOME"}
_MOST_PER_PROJECT = 500
_MOST_BYTES = 100_000  # Linux takes 131 072 for one variable with its name


class Secrets:
    """Secrets of a project: encrypted at rest, never returned, given to workloads."""

    def __init__(self, context: Context, access: Access) -> None:
        self._documents = context.documents
        self._clock = context.clock
        self._access = access
        self._vault = Vault(context.settings.data_dir / "secrets" / "vault.key")

    async def put(self, who: Principal, project: str, name: str, new: SecretValue) -> Secret:
        """Store a value under a name; workloads that start from now on get it.

        Raises:
            InvalidInput: a name that the lab itself gives to workloads, or a value that
                no environment variable can hold.
            LimitReached: the project has very many secrets.
        """
        await self._access.require(who, Action.SECRET_WRITE, project=project)
        value = new.value.get_secret_value()
        _check(name, value)
        await self._check_room(project, name)
        secret = Secret(
            project=project, name=name, updated_by=str(who.user), updated_at=self._clock()
        )
        body = secret.model_dump(mode="json") | {"sealed": await self._vault.encrypt(value)}
        await self._documents.put("secrets", f"{project}/{name}", body)
        return secret

    async def list(
        self, who: Principal, project: str, *, limit: int, cursor: str | None
    ) -> Page[Secret]:
        """Return names and dates, by name."""
        await self._access.require(who, Action.SECRET_READ, project=project)
        found = await self._documents.find(
            "secrets", eq("project", project), limit=limit, cursor=cursor
        )
        items = [
            Secret(**{field: d.body[field] for field in Secret.model_fields})
            for d in found.documents
        ]
        return Page(items=items, next_cursor=found.next_cursor)

    async def delete(self, who: Principal, project: str, name: str) -> None:
        """Delete a secret; running workloads keep what they were given."""
        await self._access.require(who, Action.SECRET_WRITE, project=project)
        if not await self._documents.delete("secrets", f"{project}/{name}"):
            raise NotFound("secret", name)

    async def values(self, project: str) -> dict[str, str]:
        """Return all secrets in clear, for control to hand to a workload; no caller's rule."""
        found = await find_all(self._documents, "secrets", eq("project", project))
        return {d.body["name"]: await self._vault.decrypt(d.body["sealed"]) for d in found}

    async def forget_project(self, project: str) -> bool:
        """Delete what is left of the project; True when nothing is. Repeatable."""
        await self._documents.delete_where("secrets", eq("project", project))
        return True

    async def _check_room(self, project: str, name: str) -> None:
        if await self._documents.get("secrets", f"{project}/{name}") is not None:
            return
        if await self._documents.count("secrets", eq("project", project)) >= _MOST_PER_PROJECT:
            raise LimitReached(f"A project has at most {_MOST_PER_PROJECT} secrets.")


def _check(name: str, value: str) -> None:
    if name.upper().startswith(_OWN_PREFIXES) or name.upper() in _OWN_NAMES:
        raise InvalidInput(f"The lab itself sets variables like {name!r}; choose another name.")
    if "\x00" in value or len(value.encode()) > _MOST_BYTES:
        raise InvalidInput(
            f"The value of {name!r} cannot be a variable: at most {_MOST_BYTES} bytes, no NUL."
        )
