"""What `make up` says on a machine that lacks something."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def bootstrap(tmp_path: Path, python: str) -> subprocess.CompletedProcess[str]:
    """Run a copy of `scripts/uv` where the only Python is the shell script `python`."""
    shutil.copytree(ROOT / "scripts", tmp_path / "scripts")
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("sh", "dirname", "tr"):
        (tools / name).symlink_to(shutil.which(name) or f"/bin/{name}")
    (tools / "python3").write_text(f"#!/bin/sh\n{python}\n")
    (tools / "python3").chmod(0o755)
    command = [str(tmp_path / "scripts" / "uv"), "--version"]
    return subprocess.run(command, env={"PATH": str(tools)}, capture_output=True, text=True)


@pytest.mark.parametrize(
    ("python", "advice"),
    [
        ("exit 1", "sudo apt-get install python3"),
        ('case "$*" in *pip*) exit 1;; esac; exit 0', "sudo apt-get install python3-venv"),
    ],
    ids=["python too old", "neither pip nor venv"],
)
def test_one_line_names_the_package_to_install(tmp_path: Path, python: str, advice: str) -> None:
    answer = bootstrap(tmp_path, python)
    assert answer.returncode == 1
    assert answer.stderr.strip().splitlines()[-1].endswith(f"Run: {advice}")


def test_scripts_write_nothing_before_they_know_that_they_can(tmp_path: Path) -> None:
    bootstrap(tmp_path, "exit 1")
    assert not (tmp_path / ".cache").exists()


def test_uv_keeps_its_temporary_files_in_the_checkout(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "scripts", tmp_path / "scripts")
    fake = tmp_path / "bin" / "uv"
    fake.parent.mkdir()
    fake.write_text('#!/bin/sh\nls -d "$TMPDIR"\n')
    fake.chmod(0o755)
    variables = {"PATH": f"{fake.parent}:/usr/bin:/bin"}
    script = [str(tmp_path / "scripts" / "uv")]
    answer = subprocess.run(script, env=variables, capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == str(tmp_path / ".cache" / "tmp")


@pytest.mark.parametrize(
    ("given", "asks"),
    [
        ([], "mllab up"),
        (["RUNTIME=docker"], "mllab up --runtime docker"),
        (["RUNTIME=process", "ARGS=--port 9000"], "mllab up --runtime process --port 9000"),
    ],
)
def test_make_up_starts_the_runtime_that_is_named(given: list[str], asks: str) -> None:
    variables = {"PATH": "/usr/bin:/bin"}
    asked = ["make", "--dry-run", "--directory", str(ROOT), "up", *given]
    answer = subprocess.run(asked, env=variables, capture_output=True, text=True, check=True)
    assert f".venv/bin/{asks}" in " ".join(answer.stdout.split())
    assert answer.stdout.count("--runtime") == len(given[:1])
