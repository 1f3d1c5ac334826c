"""A whole core in memory and on a temporary folder, the people in it, and ways to call it.

Alice owns project `alpha`, Bob is an editor and Vera a viewer in it, Charlie is in no
project, Dana is an admin. Each has the password of `password_of` and an API token.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import httpx
import uvicorn
from argon2 import PasswordHasher
from pydantic import SecretStr

from mllab.api.app import create_app
from mllab.client.lab import Lab
from mllab.config import Settings
from mllab.core.context import Context
from mllab.core.lab import LabCore
from mllab.core.passwords import Passwords
from mllab.core.schema import COLLECTIONS
from mllab.model.accounts import SYSTEM, NewToken, NewUser, Principal
from mllab.model.base import now
from mllab.model.projects import NewProject, Role
from mllab.runtimes.base import Runtime
from mllab.runtimes.dummy import DummyRuntime
from mllab.stores.documents.sqlite import SqliteDocuments
from mllab.stores.files import Files

PROJECT = "alpha"
MEMBERS = {"bob": Role.EDITOR, "vera": Role.VIEWER}
PEOPLE = ["alice", "bob", "vera", "charlie", "dana"]

T = TypeVar("T")


def password_of(name: str) -> str:
    """Return the password of one of the people."""
    return f"{name}'s long password"


def cheap_passwords() -> Passwords:
    """Hash with parameters that take no time."""
    return Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@asynccontextmanager
async def open_core(
    folder: Path,
    clock: Callable[[], datetime] = now,
    files: str = "memory://",
    runtime: Runtime | None = None,
    **settings: Any,
) -> AsyncIterator[LabCore]:
    """Give a core on SQLite in `folder`, files in memory and the dummy runtime."""
    documents = SqliteDocuments(folder / "metadata.sqlite", COLLECTIONS)
    await documents.open()
    context = Context(Settings(data_dir=folder, **settings), documents, Files(files), clock)
    try:
        yield LabCore(context, runtime or DummyRuntime(), passwords=cheap_passwords())
    finally:
        await documents.close()


@dataclass
class People:
    """The people of a core: their principals and the secrets of their API tokens."""

    core: LabCore
    principals: dict[str, Principal] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    async def add(self, name: str, *, is_admin: bool = False) -> Principal:
        """Create a user with a password and an API token."""
        password = SecretStr(password_of(name))
        new = NewUser(name=name, password=password, is_admin=is_admin)
        await self.core.users.create(SYSTEM, new)
        issued = await self.core.tokens.create(Principal(user=name), NewToken(name="tests"))
        self.tokens[name] = issued.secret
        self.principals[name] = await self.core.identity.principal(issued.secret)
        return self.principals[name]

    def __getitem__(self, name: str) -> Principal:
        return self.principals[name]


async def settle(core: LabCore) -> People:
    """Create the people and project `alpha`."""
    people = People(core)
    for name in PEOPLE:
        await people.add(name, is_admin=name == "dana")
    await core.projects.create(people["alice"], NewProject(name=PROJECT))
    for name, role in MEMBERS.items():
        await core.members.put(people["alice"], PROJECT, name, role)
    return people


class Api:
    """Clients of the application in this process, one per credential."""

    def __init__(self, core: LabCore, tokens: dict[str, str]) -> None:
        self.core = core
        self.app = create_app(core)
        self._tokens = tokens

    def __call__(self, name: str | None) -> httpx.AsyncClient:
        """Return a client that calls as this person; None is without a token."""
        return self.bearing(self._tokens[name] if name else None)

    def bearing(self, secret: str | None, **headers: str) -> httpx.AsyncClient:
        """Return a client with this bearer token and these headers."""
        if secret:
            headers["Authorization"] = f"Bearer {secret}"
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        return httpx.AsyncClient(transport=transport, base_url="http://lab.test", headers=headers)


class LiveLab:
    """A lab that answers HTTP on a free port, in a thread with a loop of its own.

    For what is synchronous: the Python client and the command line. `call` runs a
    coroutine of its core in that loop.
    """

    def __init__(self, url: str, people: People, loop: asyncio.AbstractEventLoop) -> None:
        self.url = url
        self.people = people
        self.core = people.core
        self._loop = loop
        self._clients: list[Lab] = []

    def token(self, name: str) -> str:
        """Return the API token of one of the people."""
        return self.people.tokens[name]

    def client(self, name: str) -> Lab:
        """Return a Python client that is signed in as one of the people."""
        self._clients.append(Lab(self.url, self.token(name)))
        return self._clients[-1]

    def close(self) -> None:
        """Close the clients that were handed out."""
        for client in self._clients:
            client.close()

    def call(self, work: Coroutine[Any, Any, T]) -> T:
        """Run `work` in the lab's loop and return what it gives."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=30)


class _Server(uvicorn.Server):
    """Says when it answers, without polling."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()


@contextmanager
def serve(folder: Path, **settings: Any) -> Iterator[LiveLab]:
    """Run a live lab with the people in it."""
    started = threading.Event()
    labs: list[LiveLab] = []
    servers: list[_Server] = []
    faults: list[BaseException] = []

    async def run() -> None:
        async with open_core(folder, **settings) as core:
            people = await settle(core)
            # With the protocol named, asyncio sets TCP_NODELAY; else answers wait 40 ms.
            listening = socket.socket(proto=socket.IPPROTO_TCP)
            listening.bind(("127.0.0.1", 0))
            url = f"http://127.0.0.1:{listening.getsockname()[1]}"
            labs.append(LiveLab(url, people, asyncio.get_running_loop()))
            config = uvicorn.Config(create_app(core), lifespan="off", log_level="error", ws="none")
            servers.append(_Server(config, started.set))
            await servers[0].serve(sockets=[listening])

    def body() -> None:
        try:
            asyncio.run(run())
        except BaseException as exc:  # noqa: BLE001 - raised again by whoever waits
            faults.append(exc)
        started.set()

    thread = threading.Thread(target=body, name="live-lab")
    thread.start()
    started.wait(timeout=30)
    try:
        if faults:
            raise faults[0]
        yield labs[0]
    finally:
        for lab in labs:
            lab.close()
        for server in servers:
            server.should_exit = True
        thread.join(timeout=30)
