"""A real server over a real core for the real `mlflow` client, in a thread of the test."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import mlflow
import pytest
import uvicorn
from mlflow import MlflowClient
from pydantic import SecretStr

from mllab.api.app import create_app
from mllab.config import Settings
from mllab.core.context import Context
from mllab.core.lab import LabCore
from mllab.core.schema import COLLECTIONS
from mllab.model.accounts import SYSTEM, NewToken, NewUser, Principal
from mllab.model.projects import NewProject, Role
from mllab.runtimes.dummy import DummyRuntime
from mllab.stores.documents.sqlite import SqliteDocuments
from mllab.stores.files import Files


@dataclass
class Served:
    """A lab that answers HTTP: `token` of a user by name, `core` for what no client can."""

    url: str
    core: LabCore
    loop: asyncio.AbstractEventLoop
    tokens: dict[str, str] = field(default_factory=dict)

    def uri(self, project: str = "news") -> str:
        return f"{self.url}/api/projects/{project}/mlflow"


class _Server(threading.Thread):
    def __init__(self, folder: Path) -> None:
        super().__init__(daemon=True)
        self._folder = folder
        self._ready = threading.Event()
        self._server: uvicorn.Server
        self.served: Served

    def run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        documents = SqliteDocuments(self._folder / "metadata.sqlite", COLLECTIONS)
        await documents.open()
        files = Files(f"file://{self._folder}/files")
        core = LabCore(Context(Settings(data_dir=self._folder), documents, files), DummyRuntime())
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            url = f"http://127.0.0.1:{listener.getsockname()[1]}"
            self.served = Served(url, core, asyncio.get_running_loop())
            await _people(self.served)
            config = uvicorn.Config(create_app(core), log_level="error", lifespan="off")
            self._server = uvicorn.Server(config)
            self._ready.set()
            await self._server.serve(sockets=[listener])
        await documents.close()

    def wait(self) -> Served:
        if not self._ready.wait(20):
            raise AssertionError("the server did not start")
        return self.served

    def stop(self) -> None:
        self._server.should_exit = True
        self.join(20)


async def _people(served: Served) -> None:
    """Alice owns `news`, Bob views it, Erin edits it, Charlie is in `sports` alone."""
    core = served.core
    for name in ("alice", "bob", "charlie", "erin"):
        await core.users.create(SYSTEM, NewUser(name=name, password=SecretStr(f"{name} password")))
        issued = await core.tokens.create(Principal(user=name), NewToken(name="test"))
        served.tokens[name] = issued.secret
    alice, charlie = Principal(user="alice"), Principal(user="charlie")
    await core.projects.create(alice, NewProject(name="news"))
    await core.projects.create(charlie, NewProject(name="sports"))
    await core.members.put(alice, "news", "bob", Role.VIEWER)
    await core.members.put(alice, "news", "erin", Role.EDITOR)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A running lab; tests of a module share it and use names of their own."""
    server = _Server(tmp_path_factory.mktemp("lab"))
    server.start()
    yield server.wait()
    server.stop()


@pytest.fixture
def sign_in(served: Served, monkeypatch: pytest.MonkeyPatch) -> Callable[..., MlflowClient]:
    """Point the mlflow client at a project, as a user."""

    def as_user(user: str = "erin", project: str = "news") -> MlflowClient:
        monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", served.tokens[user])
        monkeypatch.setenv("MLFLOW_TRACKING_URI", served.uri(project))
        monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "1")
        mlflow.set_tracking_uri(served.uri(project))
        mlflow.set_registry_uri(served.uri(project))
        return MlflowClient(served.uri(project), served.uri(project))

    return as_user


@pytest.fixture
def client(sign_in: Callable[..., MlflowClient]) -> Iterator[MlflowClient]:
    """An mlflow client of an editor."""
    yield sign_in()
    while mlflow.active_run():
        mlflow.end_run()
