"""A lab with a self-signed certificate, as its people and its workloads meet it."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from running_lab import ADMIN_PASSWORD, MLLAB, RunningLab, running_lab

from mllab import Lab
from mllab.errors import InvalidInput

ASK = """python3 -c "
import json, os, urllib.request as r
ask = r.Request(os.environ['LAB_ENDPOINT'] + '/api/auth/me')
ask.add_header('Authorization', 'Bearer ' + os.environ['LAB_API_TOKEN'])
print('I am', json.load(r.urlopen(ask))['user'])
"
"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningLab]:
    """A running lab that made its certificate itself."""
    folder = tmp_path_factory.mktemp("tls") / "data"
    with running_lab(folder, env={"SERVICE_SSL_ENABLED": "true"}) as lab:
        yield lab


@pytest.fixture
def ca_file(lab: RunningLab) -> Path:
    """The file that a client has to trust."""
    return lab.data_dir / "tls" / "cert.pem"


def mllab(home: Path, *argv: str, text: str = "", **env: str) -> subprocess.CompletedProcess[str]:
    """Run the command line as a user whose configuration is in `home`."""
    bare = {k: v for k, v in os.environ.items() if not k.startswith("LAB_")}
    return subprocess.run(
        [MLLAB, *argv],
        env=bare | {"XDG_CONFIG_HOME": str(home)} | env,
        input=text,
        capture_output=True,
        text=True,
        timeout=60,
    )


def login(lab: RunningLab, home: Path, *more: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Sign in on the command line."""
    argv = ("login", lab.url, "--username", "admin", "--password-stdin", *more)
    return mllab(home, *argv, text=ADMIN_PASSWORD, **env)


def sign_in(lab: RunningLab, ca_file: Path) -> Lab:
    """Return a client that trusts the file."""
    return Lab.sign_in(lab.url, "admin", ADMIN_PASSWORD, ca_file=ca_file)


def test_the_lab_says_where_its_certificate_is(lab: RunningLab, ca_file: Path) -> None:
    assert lab.url.startswith("https://localhost:")
    assert str(ca_file) in lab.output.read_text()
    assert "SHA-256 " in lab.output.read_text()


def test_without_trust_the_command_line_names_the_next_step(
    lab: RunningLab, tmp_path: Path
) -> None:
    refused = login(lab, tmp_path)
    assert refused.returncode
    assert f"mllab login {lab.url} --ca cert.pem" in " ".join(refused.stderr.split())


def test_the_command_line_remembers_whom_it_trusts(
    lab: RunningLab, tmp_path: Path, ca_file: Path
) -> None:
    copy = tmp_path / "copy.pem"
    copy.write_bytes(ca_file.read_bytes())
    assert login(lab, tmp_path, "--ca", str(copy)).returncode == 0
    copy.unlink()
    assert json.loads(mllab(tmp_path, "whoami", "--json").stdout)["user"] == "admin"


def test_a_variable_names_it_as_well(lab: RunningLab, tmp_path: Path, ca_file: Path) -> None:
    assert login(lab, tmp_path, LAB_CA_FILE=str(ca_file)).returncode == 0


def test_python_refuses_what_nobody_vouches_for(lab: RunningLab, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="Nobody that is trusted here vouches"):
        Lab.sign_in(lab.url, "admin", ADMIN_PASSWORD)
    (tmp_path / "empty.pem").write_text("")
    with pytest.raises(InvalidInput, match=r"empty\.pem cannot be used"):
        sign_in(lab, tmp_path / "empty.pem")


def test_a_workload_reaches_the_lab(lab: RunningLab, ca_file: Path) -> None:
    client = sign_in(lab, ca_file)
    client.projects.create("alpha")
    jobs = client.project("alpha").jobs
    number = jobs.submit("ask", ASK).number
    log = "".join(jobs.logs("ask", number, follow=True))
    assert jobs.wait("ask", number).status.state == "succeeded", log
    assert "I am admin" in log
