"""Environments of workloads: built once, the same for the same list, the client in all."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from process_machine import Machine

import mllab
from mllab.runtimes.client_wheel import build_client_wheel
from mllab.runtimes.inside.environments import Environments
from mllab.runtimes.inside.telling import Failed, Teller
from mllab.runtimes.process.payload import Payload
from mllab.runtimes.process.payloads import Installation, bare_payload


@pytest.fixture
def fresh() -> Iterator[Path]:
    """An empty folder of environments."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder) / "with a space"


def payload_for(folder: Path, work: Path) -> Payload:
    folder.mkdir(exist_ok=True)
    payload = bare_payload(Installation(folder, 1 << 20, 60))
    payload["folder"] = str(work)
    return payload


def builder(folder: Path, work: Path) -> Environments:
    return Environments(payload_for(folder, work), Teller(os.open(os.devnull, os.O_WRONLY)))


async def test_every_environment_has_the_running_client(machine: Machine) -> None:
    end, output = await machine.run(
        "python -c 'import mllab; print(mllab.__version__)'; mllab --help >/dev/null && echo works"
    )
    assert end.exit_code == 0
    assert output.split() == [mllab.__version__, "works"]


async def test_requirements_are_installed_and_shared(machine: Machine) -> None:
    command = "python -c 'import six; print(six.__version__)'; echo $VIRTUAL_ENV"
    runs = [await machine.run(command, requirements=["six==1.17.0"]) for _ in range(2)]
    (_, first), (_, second) = runs
    assert first.split()[0] == "1.17.0"
    assert first == second


async def test_the_lock_is_kept_beside_the_attempt(machine: Machine) -> None:
    handle = await machine.start("true", requirements=["six==1.17.0"])
    await machine.end(handle)
    lock = (machine.attempt(handle).folder / "requirements.lock").read_text()
    assert "six==1.17.0" in lock
    assert "--hash=sha256:" in lock


async def test_requirements_that_cannot_be_met_fail_with_the_reason(machine: Machine) -> None:
    end, _ = await machine.run("true", requirements=["six==0.0.999"])
    assert end.exit_code == 125
    assert "six==0.0.999" in end.reason


async def test_a_list_that_does_not_fit_the_client_goes_without_it(machine: Machine) -> None:
    handle = await machine.start(
        "python -c 'import mllab'", requirements=["idna==2.7", "rich==1.0"]
    )
    end = await machine.end(handle)
    assert end.exit_code == 1
    assert "no room for the lab's client" in await machine.output(handle, whole=True)


async def test_two_at_once_build_one_environment(fresh: Path, tmp_path: Path) -> None:
    found = await asyncio.gather(
        *(asyncio.to_thread(builder(fresh, tmp_path).get_plain, ["six==1.17.0"]) for _ in range(2))
    )
    assert len(set(found)) == 1
    assert sum(name.endswith(".cfg") for _, _, names in os.walk(fresh) for name in names) == 1


def test_an_index_that_is_down_does_not_stop_what_was_resolved(fresh: Path, tmp_path: Path) -> None:
    first = builder(fresh, tmp_path).get_plain(["six==1.17.0"])
    for lock in (fresh / "locks").iterdir():
        os.utime(lock, (0, 0))  # older than a day
    payload = payload_for(fresh, tmp_path)
    payload["installer"]["UV_HTTP_RETRIES"] = "0"
    payload["installer"]["HTTPS_PROXY"] = payload["installer"]["https_proxy"] = "http://localhost:1"
    offline = Environments(payload, Teller(os.open(os.devnull, os.O_WRONLY)))
    assert offline.get_plain(["six==1.17.0"]) == first


def test_an_environment_without_its_interpreter_is_built_anew(fresh: Path, tmp_path: Path) -> None:
    folder = Path(builder(fresh, tmp_path).get_plain(["six==1.17.0"]))
    folder.joinpath("bin").chmod(0o755)
    folder.joinpath("bin/python").unlink()
    assert Path(builder(fresh, tmp_path).get_plain(["six==1.17.0"])) == folder
    assert folder.joinpath("bin/python").exists()


def test_environments_take_no_new_modules_but_bytecode(fresh: Path, tmp_path: Path) -> None:
    folder = Path(builder(fresh, tmp_path).get_plain(["six==1.17.0"]))
    (packages,) = folder.glob("lib/python*/site-packages")
    assert packages.stat().st_mode & 0o222 == 0
    assert (packages / "six.py").stat().st_mode & 0o222 == 0
    assert (packages / "__pycache__").stat().st_mode & 0o200


def test_the_client_comes_from_a_folder_of_any_name(fresh: Path, tmp_path: Path) -> None:
    folder = builder(fresh, tmp_path).get([])
    subprocess.run([f"{folder}/bin/mllab", "--help"], check=True, stdout=subprocess.DEVNULL)


def test_the_labs_own_programs_get_their_files(fresh: Path, tmp_path: Path) -> None:
    text = json.dumps({"a": 1})
    folder = Path(builder(fresh, tmp_path).get_own(["six==1.17.0"], {"share/x/y.json": text}))
    assert (folder / "share/x/y.json").read_text() == text
    assert list(folder.glob("lib/python*/site-packages/__pycache__/six*.pyc"))


def test_a_bad_requirement_is_a_failure_with_uvs_words(fresh: Path, tmp_path: Path) -> None:
    with pytest.raises(Failed, match="cannot be met"):
        builder(fresh, tmp_path).get_plain(["six=="])


def test_the_client_wheel_is_the_same_each_time(tmp_path: Path) -> None:
    wheel = build_client_wheel(tmp_path)
    assert build_client_wheel(tmp_path) == wheel
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        metadata = archive.read(f"mllab-{mllab.__version__}.dist-info/METADATA").decode()
    assert "mllab/client/lab.py" in names
    assert not any("__pycache__" in name for name in names)
    assert "Requires-Dist: httpx" in metadata
    assert "uvicorn" not in metadata
