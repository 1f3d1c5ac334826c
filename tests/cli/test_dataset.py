"""`mllab dataset` and `mllab model` against a lab over HTTP."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

import pytest
from people import LiveLab
from typer.testing import Result

from mllab.client.transfer import no_progress, outgoing
from mllab.client.uploads import Announced
from mllab.errors import InvalidInput, NotFound


class Cli(Protocol):
    """The command line, signed in."""

    live: LiveLab

    def __call__(self, *arguments: str, as_: str | None = "alice", input: str = "") -> Result: ...

    def json(self, *arguments: str, as_: str | None = "alice", input: str = "") -> Any: ...


@pytest.fixture
def news(tmp_path: Path) -> Path:
    path = tmp_path / "news.csv"
    path.write_bytes(b"a,b\n")
    return path


def test_up_and_down(cli: Cli, news: Path, tmp_path: Path) -> None:
    made = cli.json("dataset", "upload", "raw/news.csv", str(news), "-p", "alpha", "-m", "a=b")
    assert (made["version"], made["metadata"]) == (1, {"a": "b"})
    target = tmp_path / "copy.csv"
    result = cli("dataset", "download", "raw/news.csv", str(target), "-p", "alpha")
    assert result.exit_code == 0
    assert target.read_bytes() == b"a,b\n"


def test_where_it_is_used(cli: Cli, news: Path) -> None:
    at = ("-p", "alpha")
    cli.json("dataset", "upload", "code/run.py", str(news), *at)
    code = ("--code", "datasets/code/run.py")
    cli.json("job", "create", "train", "--command", "python run.py", *code, *at)
    for key in ("code/run.py", "code/run.py.v1"):
        (use,) = cli.json("dataset", "uses", key, *at)
        assert (use["by"], use["how"], use["name"]) == ("job", "code", "train")
    assert cli.json("dataset", "uses", "code/run.py", "-v", "1", *at)
    number = str(cli.json("job", "start", "train", *at)["number"])
    assert cli.json("job", "logged", "train", number, *at) == []


@pytest.mark.parametrize(("noun", "other"), [("dataset", "model"), ("model", "dataset")])
def test_the_nouns_are_apart(cli: Cli, news: Path, noun: str, other: str) -> None:
    cli.json(noun, "create", "k", str(news), "-p", "alpha")
    assert [each["key"] for each in cli.json(noun, "list", "-p", "alpha")] == ["k"]
    assert cli.json(other, "list", "-p", "alpha") == []


def test_versions_come_and_go(cli: Cli, news: Path) -> None:
    for _ in range(2):
        cli.json("model", "upload", "k", str(news), "-p", "alpha")
    assert [v["version"] for v in cli.json("model", "versions", "k", "-p", "alpha")] == [2, 1]
    assert cli("model", "delete", "k", "-v", "2", "--yes", "-p", "alpha").exit_code == 0
    assert cli.json("model", "get", "k", "-p", "alpha")["version"] == 1
    assert cli("model", "delete", "k", "-p", "alpha", input="n\n").exit_code == 1
    assert cli("model", "delete", "k", "-p", "alpha", input="y\n").exit_code == 0
    with pytest.raises(NotFound):
        cli("model", "get", "k", "-p", "alpha")


def test_metadata_changes(cli: Cli, news: Path) -> None:
    cli.json("dataset", "upload", "k", str(news), "-p", "alpha", "-m", "a=b")
    changed = cli.json("dataset", "update", "k", "-m", "a=", "-m", "c=d=e", "-p", "alpha")
    assert changed["metadata"] == {"c": "d=e"}
    with pytest.raises(InvalidInput, match="NAME=VALUE"):
        cli("dataset", "update", "k", "-m", "nonsense", "-p", "alpha")


def test_a_person_sees_a_table(cli: Cli, news: Path) -> None:
    cli.json("dataset", "upload", "k", str(news), "-p", "alpha")
    assert "size_bytes" in cli("dataset", "list", "-p", "alpha").stdout
    assert "text/csv" not in cli("dataset", "list", "-p", "alpha").stdout


def test_a_project_is_needed(cli: Cli) -> None:
    with pytest.raises(InvalidInput, match="Which project"):
        cli("dataset", "list")


def test_unfinished_uploads_are_listed_and_given_up(cli: Cli) -> None:
    project = cli.live.client("alice").project("alpha")
    with outgoing(b"abc", no_progress) as sent:
        begun = project.uploads.begin(sent, Announced("models", "k", {}))
    (found,) = cli.json("upload", "list", "-p", "alpha")
    assert (found["id"], found["kind"], found["key"]) == (begun.id, "models", "k")
    assert cli("upload", "delete", begun.id, "--yes", "-p", "alpha").exit_code == 0
    assert cli.json("upload", "list", "-p", "alpha") == []


def test_a_preview_says_how_many_lines_are_left_out(cli: Cli, tmp_path: Path) -> None:
    lines = "".join(f"{n},{n}\n" for n in range(5000)) + "1,2,3\n"
    path = tmp_path / "bad.csv"
    path.write_text(f"a,b\n{lines}")
    assert cli("dataset", "upload", "bad.csv", str(path), "--project", "alpha").exit_code == 0
    shown = cli("dataset", "preview", "bad.csv", "--project", "alpha").stdout
    assert "left out, as they do not fit the columns: 1" in shown
