"""Orphans over the API, the client and the command line."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Protocol

from people import LiveLab
from typer.testing import Result

from mllab.model.base import now
from mllab.runtimes.base import Held
from mllab.runtimes.dummy import DummyRuntime


class Cli(Protocol):
    """The fixture `cli`."""

    def __call__(self, *arguments: str, as_: str | None = ..., input: str = ...) -> Result: ...
    def json(self, *arguments: str, as_: str | None = ..., input: str = ...) -> Any: ...


def place(live: LiveLab, name: str) -> None:
    runtime = live.core.workloads.runtime
    assert isinstance(runtime, DummyRuntime)
    labels = {"lab.namespace": "lab", "lab.user": "gone"}
    made_at = now() - timedelta(hours=1)
    runtime.world.volumes[name] = Held("volume", name, labels, made_at)


def test_the_client_lists_then_removes(live: LiveLab) -> None:
    for name in "ab":
        place(live, name)
    admin = live.client("dana").admin
    first, second = admin.orphans()
    assert (first.id, first.was_of, first.running) == ("volume/a", "user gone", False)
    assert [each.removed for each in admin.remove_orphans([first])] == [True]
    assert [each.id for each in admin.orphans()] == [second.id]


def test_the_command_line_asks_before_it_removes(live: LiveLab, cli: Cli) -> None:
    place(live, "a")
    assert "volume" in cli("admin", "orphans", as_="dana").stdout
    refused = cli("admin", "orphans", "--remove", as_="dana", input="n\n")
    assert refused.exit_code == 1
    assert len(cli.json("admin", "orphans", as_="dana")) == 1
    (removed,) = cli.json("admin", "orphans", "--remove", "--yes", as_="dana")
    assert removed["removed"] is True
    assert cli.json("admin", "orphans", "--remove", as_="dana") == []
