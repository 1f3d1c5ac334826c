"""Fixtures that several suites share; every store is real and belongs to one test."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from docker_engine import engine_address
from people import Api, LiveLab, People, open_core, serve, settle
from typer.testing import CliRunner, Result

from mllab.cli.app import app as cli_app
from mllab.core.lab import LabCore
from mllab.core.schema import COLLECTIONS
from mllab.stores.documents.base import DocumentStore
from mllab.stores.documents.sqlite import SqliteDocuments
from mllab.stores.files import Files


@pytest.fixture
async def documents(tmp_path: Path) -> AsyncIterator[DocumentStore]:
    """An open document store with the product's collections."""
    store = SqliteDocuments(tmp_path / "metadata.sqlite", COLLECTIONS)
    await store.open()
    yield store
    await store.close()


@pytest.fixture
def files() -> Files:
    """A file store in memory."""
    return Files("memory://")


@pytest.fixture
async def core(tmp_path: Path) -> AsyncIterator[LabCore]:
    """A core on SQLite, files in memory and the dummy runtime; nobody is in it."""
    async with open_core(tmp_path) as lab:
        yield lab


@pytest.fixture
async def people(core: LabCore) -> People:
    """Alice (owner of `alpha`), Bob (editor), Vera (viewer), Charlie (outsider), Dana (admin)."""
    return await settle(core)


@pytest.fixture
def api(core: LabCore, people: People) -> Api:
    """`api("alice")` is an `httpx.AsyncClient` signed in as Alice; `api(None)` as nobody."""
    return Api(core, people.tokens)


@pytest.fixture
def live(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LiveLab]:
    """A lab over HTTP for synchronous tests: `live.client("alice")` is the Python client."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with serve(tmp_path) as lab:
        yield lab


@pytest.fixture(scope="session")
def engine() -> str:
    """Where a real Docker Engine answers; skips where none does."""
    return engine_address()


class Cli:
    """The command line, signed in by environment variables to a live lab."""

    def __init__(self, live: LiveLab, monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
        self.live = live
        self.home = home
        self._environment = monkeypatch

    def __call__(self, *arguments: str, as_: str | None = "alice", input: str = "") -> Result:
        """Run `mllab <arguments>`; errors are raised, as `main` sees them."""
        self._sign_in(as_)
        return CliRunner().invoke(cli_app, list(arguments), input=input, catch_exceptions=False)

    def json(self, *arguments: str, as_: str | None = "alice", input: str = "") -> Any:
        """Run a command that must succeed with `--json` and return what it printed."""
        result = self(*arguments, "--json", as_=as_, input=input)
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    def _sign_in(self, name: str | None) -> None:
        for variable in ("LAB_ENDPOINT", "LAB_API_TOKEN", "LAB_PROJECT"):
            self._environment.delenv(variable, raising=False)
        if name:
            self._environment.setenv("LAB_ENDPOINT", self.live.url)
            self._environment.setenv("LAB_API_TOKEN", self.live.token(name))


@pytest.fixture
def cli(live: LiveLab, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Cli:
    """`cli("project", "list", as_="bob")` runs the command line against a live lab."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return Cli(live, monkeypatch, tmp_path / "config")
