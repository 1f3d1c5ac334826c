"""Who may reach which workload, and where it is: the decision that nginx asks for.

An answer depends on the credential and the workload's key and on nothing else of the
request, because nginx keeps it under these two. Rules stand in core; the one added here
(`check_path_mode`) is about browsers, which core does not know.
"""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import re
from collections.abc import Awaitable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from mllab.core.keys import is_key
from mllab.core.workloads import Reach
from mllab.errors import (
    BackendFailed,
    LabError,
    NotAllowed,
    NotFound,
    NotSignedIn,
    Unavailable,
)
from mllab.gateway.nginx.upstreams import Upstreams
from mllab.gateway.routing import ServiceTarget, Target, WorkspaceTarget, read_key, read_label
from mllab.model.accounts import Principal
from mllab.model.workloads import WorkloadState
from mllab.runtimes.base import Endpoint

log = logging.getLogger("mllab.gateway")

_ENDED = {state for state in WorkloadState if state.is_final} | {WorkloadState.STOPPING}
_LONGEST_SOCKET = 107
_SENDABLE = re.compile(r"[\x20-\x7b\x7d\x7e]{0,500}")


class _Identity(Protocol):
    async def principal(self, secret: str, *, from_cookie: bool = False) -> Principal: ...


class _Apps(Protocol):
    async def key(self, label: str) -> str | None: ...

    async def principal(self, secret: str, key: str) -> Principal: ...


class _Keys(Protocol):
    async def principal(self, secret: str) -> Principal: ...


class _Services(Protocol):
    def reach(
        self, who: Principal, project: str, service: str, port: int | None
    ) -> Awaitable[Reach]: ...


class _Workspaces(Protocol):
    def reach(self, who: Principal, user: str) -> Awaitable[Reach]: ...


class Doors(Protocol):
    """The part of core that a decision needs."""

    @property
    def identity(self) -> _Identity:
        """Tells who holds a credential."""

    @property
    def apps(self) -> _Apps:
        """Knows workloads' own hosts and who holds a cookie there."""

    @property
    def keys(self) -> _Keys:
        """Tells what a service's key opens."""

    @property
    def services(self) -> _Services:
        """Tells how a caller reaches a service."""

    @property
    def workspaces(self) -> _Workspaces:
        """Tells how a caller reaches a workspace."""


class NotReady(Unavailable):
    """The caller may use the workload, but it does not run (yet); `reach.status` says why."""

    def __init__(self, target: Target, reach: Reach) -> None:
        state, reason = reach.status.state, reach.status.reason
        text = f"It is {state}{f': {reason}' if reason else ''}."
        super().__init__(text, state=str(state), reason=reason)
        self.target = target
        self.reach = reach


class TooSlow(Unavailable):
    """The workload took the request, or not even that, and was silent for too long."""

    status = 504
    retryable = False


@dataclass(frozen=True)
class Decision:
    """Where nginx sends what this credential sends to this workload.

    `address` is `ip:port` or `unix:path:` (relative to nginx's working folder where it
    can be). `strip` takes the workload's own path off. `authorization` is the workload's
    secret; empty: the client's own header passes. `limit` is a service key's id and how many
    requests it has in a minute, `key_…:100`; empty: as many as it likes.
    """

    address: str
    strip: bool
    authorization: str = ""
    limit: str = ""

    def packed(self) -> str:
        """Return it as the one value that nginx keeps (see `nginx.conf.j2`)."""
        form = "s" if self.strip else "w"
        return f"{self.address}|{form}|{self.authorization}|{self.limit}"


class Gatekeeper:
    """Decides; equal questions that come at the same time are answered by one look."""

    def __init__(self, doors: Doors, run_dir: Path) -> None:
        self._doors = doors
        self._run_dir = run_dir
        self.upstreams = Upstreams()
        self._asked: dict[tuple[str, str], asyncio.Task[Decision]] = {}

    async def decide(self, credential: str, workload: str) -> Decision:
        """Return where `credential` reaches `workload`.

        `a:<token>`, `c:<session>`, `p:<cookie of a workload's own host>`, `-` for none.

        Raises:
            NotSignedIn: no good credential.
            NotFound: no such workload for this caller.
            NotAllowed: the caller may know of it, but not open it, or not in this way.
            NotReady: it would be allowed, but the workload does not run.
            BackendFailed: the workload is where nginx cannot reach it.
        """
        question = (credential, workload)
        task = self._asked.get(question)
        if task is None:
            task = asyncio.create_task(self._decide(credential, workload))
            self._asked[question] = task
            task.add_done_callback(lambda _: self._asked.pop(question, None))
        return await asyncio.shield(task)

    async def holds(self, credential: str, workload: str) -> bool:
        """Tell whether what was opened may stay open; yes, as long as nothing says no.

        A workload that is down for a moment, or a store that fails, says nothing.
        """
        try:
            await self._find(credential, workload)
        except (NotSignedIn, NotFound, NotAllowed):
            return False
        except NotReady as fault:
            return fault.reach.status.state not in _ENDED
        except LabError as fault:
            log.warning("an open WebSocket to %s is not looked at: %s", workload, fault.message)
        return True

    async def _decide(self, credential: str, workload: str) -> Decision:
        found = await self._find(credential, workload)
        self.upstreams.note(found.address)
        return found

    async def _find(self, credential: str, workload: str) -> Decision:
        label = read_label(workload)
        key = workload if label is None else await self._doors.apps.key(label) or ""
        who = await self.caller(credential, None if label is None else key)
        target = read_key(key)
        if target is None:
            raise NotFound("workload")
        reach = await self.reach(who, target, own_host=label is not None)
        if reach.endpoint is None:
            raise NotReady(target, reach)
        found = _decision(reach, reach.endpoint, self._run_dir, own_host=label is not None)
        return replace(found, limit=_limit(who))

    async def caller(self, credential: str, app: str | None = None) -> Principal:
        """Return who holds the credential; `app` is the workload of whose own host it came.

        Raises NotSignedIn.
        """
        kind, _, secret = credential.partition(":")
        if kind == "p" and secret and app is not None:
            return await self._doors.apps.principal(secret, app)
        if kind not in ({"a", "c"} if app is None else {"a"}) or not secret:
            raise NotSignedIn("Sign in first: send 'Authorization: Bearer <token>'.")
        if is_key(secret):
            return await self._doors.keys.principal(secret)
        return await self._doors.identity.principal(secret, from_cookie=kind == "c")

    async def reach(self, who: Principal, target: Target, *, own_host: bool = False) -> Reach:
        """Return how `who` reaches the target. Raises NotFound or NotAllowed."""
        if isinstance(target, WorkspaceTarget):
            return await self._doors.workspaces.reach(who, target.user)
        reach = await self._doors.services.reach(who, target.project, target.service, target.port)
        if not own_host:
            check_path_mode(who, target, reach.owner)
        return reach


def check_path_mode(who: Principal, target: Target, owner: str) -> None:
    """Refuse a browser that would run another user's page on the lab's own address.

    Such a page could act with the visitor's rights, because the browser takes it for a
    part of the lab. A bearer token is no browser's, and one's own page is one's own.
    """
    if isinstance(target, ServiceTarget) and who.from_cookie and who.user != owner:
        raise NotAllowed(
            f"The service {target.service!r} belongs to {owner}. In a browser only its owner opens "
            "it by this address of the lab: its pages would act with your rights. Come by the "
            "lab's host name, call it with a token, or ask an admin for LAB_APPS_DOMAIN.",
            owner=owner,
        )


def _decision(reach: Reach, endpoint: Endpoint, run_dir: Path, *, own_host: bool) -> Decision:
    unknown = [name for name in endpoint.headers if name.lower() != "authorization"]
    authorization = "".join(endpoint.headers.values())
    if unknown or not _SENDABLE.fullmatch(authorization):
        raise BackendFailed("This workload asks for headers that the gateway cannot add.")
    return Decision(
        address=_address(endpoint.address, run_dir),
        strip=bool(reach.stripped) and not own_host,
        authorization=authorization,
    )


def _limit(who: Principal) -> str:
    key = who.key
    return f"{key.id}:{key.requests_per_minute}" if key and key.requests_per_minute else ""


@lru_cache(maxsize=1024)
def _address(address: str, run_dir: Path) -> str:
    """Return `address` for nginx: host names are refused, nginx would have to look them up."""
    if address.startswith("unix:"):
        return f"unix:{_socket(Path(address.removeprefix('unix:')), run_dir)}:"
    host, _, port = address.rpartition(":")
    try:
        ipaddress.ip_address(host.strip("[]"))
        known = 0 < int(port) < 65_536
    except ValueError:
        known = False
    if not known:
        raise BackendFailed(f"The gateway cannot reach a workload at {address!r}.")
    return address


def _socket(path: Path, run_dir: Path) -> str:
    short = str(path.relative_to(run_dir)) if path.is_relative_to(run_dir) else str(path)
    if not re.fullmatch(r"[^:|\x00-\x1f\x7f]+", short):
        raise BackendFailed(f"The gateway cannot use the socket path {short!r}.")
    if len(short.encode()) > _LONGEST_SOCKET:
        raise BackendFailed(
            f"The socket path {short} is longer than {_LONGEST_SOCKET} bytes. "
            "Choose a data folder with a shorter path."
        )
    return short
