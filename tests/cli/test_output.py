"""What a person sees in the terminal."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from mllab.cli import app
from mllab.cli.output import emit, say, tell
from mllab.errors import InvalidInput

LONG = "a" * 200


def shown(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().out


def test_nothing_is_cut_or_folded(capsys: pytest.CaptureFixture[str]) -> None:
    emit([{"name": LONG, "hash": LONG}], as_json=False)
    assert f"{LONG}  {LONG}\n" in shown(capsys)


def test_times_are_short_and_local(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "XXX-2")
    time.tzset()
    emit({"at": "2026-11-24T22:41:12.439084Z"}, as_json=False)
    monkeypatch.undo()
    time.tzset()
    assert shown(capsys) == "at  2026-11-25 00:41:12\n"


def test_names_cannot_move_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    emit([{"title": "\x1b[31mred\r[bold]"}], as_json=False)
    assert "\\x1b[31mred [bold]" in shown(capsys)


def test_facts_keep_lines_and_take_columns(capsys: pytest.CaptureFixture[str]) -> None:
    record = {"name": "x", "text": "one\ntwo", "status": {"state": "running", "reason": ""}}
    emit(record, as_json=False, columns=["text", "status.state", "status.reason"])
    assert shown(capsys) == "text   one\n       two\nstate  running\n"


def test_a_line_is_taken_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    say("[bold] stays")
    assert shown(capsys) == "[bold] stays\n"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (InvalidInput("[/] is no name."), "mllab: [/] is no name."),
        (FileNotFoundError(2, "No such file or directory", "x.csv"), "mllab: x.csv: No such"),
    ],
)
def test_an_error_is_one_line(
    error: Exception,
    said: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail() -> None:
        raise error

    monkeypatch.setattr(app, "app", fail)
    with pytest.raises(SystemExit):
        app.main()
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [["--port", "99999"], ["--data-dir", "/proc/x"], ["--data-dir", "/dev/null"]],
)
def test_a_lab_that_cannot_start_says_so_in_one_line(arguments: list[str], tmp_path: Path) -> None:
    main = "from mllab.cli.app import main; main()"
    command = [sys.executable, "-c", main, "up", *arguments]
    ended = subprocess.run(
        command, cwd=tmp_path, env={"PATH": os.defpath}, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 1
    assert ended.stderr.startswith("mllab: ")
    assert len(ended.stderr.splitlines()) == 1


def test_there_is_nothing_to_stop_where_no_lab_is(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "argv", ["mllab", "down", "--data-dir", str(tmp_path / "none")])
    with pytest.raises(SystemExit):
        app.main()
    assert "--data-dir" in capsys.readouterr().err
    assert not (tmp_path / "none").exists()


def commands(group: Any, path: str = "mllab") -> Iterator[tuple[str, set[str]]]:
    """Yield every command with its options."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, f"{path} {name}")
        else:
            yield f"{path} {name}", {opt for each in command.params for opt in each.opts}


def test_every_command_speaks_json_but_those_whose_output_is_not_the_labs() -> None:
    without = {
        path.split()[-1] for path, opts in commands(get_command(app.app)) if "--json" not in opts
    }
    assert without == {"up", "down", "logs", "call"}


def test_what_was_done_is_told_in_json(capsys: pytest.CaptureFixture[str]) -> None:
    tell("Deleted job x.", as_json=True, name="x", deleted=True)
    assert json.loads(shown(capsys)) == {"name": "x", "deleted": True}
