"""How code comes into the working folder, and what is refused on the way."""

from __future__ import annotations

import io
import os
import stat
import subprocess
import tarfile
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from process_machine import Machine

from mllab.runtimes.inside.repositories import Repository
from mllab.runtimes.inside.sources import unpack
from mllab.runtimes.inside.telling import Failed


def tar(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return buffer.getvalue()


ANSWERS: dict[str, tuple[bytes, str | None]] = {
    "/api/projects/p/code/code_0123456789abcdef0123": (
        tar({"a/main.py": b"print('tar')"}),
        "code.tar.gz",
    ),
    "/api/projects/p/code/code_ffffffffffffffffffff": (b"print('file')", "one%20main.py"),
    "/api/projects/p/datasets/code/app.tgz?version=2": (tar({"main.py": b"print('set')"}), None),
    "/api/projects/p/datasets/rows.csv": (b"a,b\n", None),
}


class FakeLab(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        found = ANSWERS.get(self.path)
        allowed = self.headers["Authorization"] == "Bearer lab_t"
        body, name = found if found and allowed else (b'{"message": "No such code here."}', None)
        self.send_response(200 if found and allowed else 404)
        self.send_header("Content-Length", str(len(body)))
        if name:
            self.send_header("X-Lab-File-Name", name)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Write nothing."""


@pytest.fixture
def lab() -> Iterator[dict[str, str]]:
    """The variables of a workload of a lab that has some code."""
    with ThreadingHTTPServer(("127.0.0.1", 0), FakeLab) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        host, port = server.server_address[:2]
        yield {"LAB_ENDPOINT": f"http://{host!s}:{port}", "LAB_PROJECT": "p"}
        server.shutdown()


TOKEN = {"LAB_API_TOKEN": "lab_t"}


@pytest.mark.parametrize(
    ("code", "command", "output"),
    [
        ({"kind": "upload", "id": "code_0123456789abcdef0123"}, "python a/main.py", "tar"),
        ({"kind": "upload", "id": "code_ffffffffffffffffffff"}, "python 'one main.py'", "file"),
        ({"kind": "dataset", "key": "code/app.tgz", "version": 2}, "python main.py", "set"),
        ({"kind": "dataset", "key": "rows.csv"}, "cat rows.csv; ls -a", "a,b\n.\n..\nrows.csv"),
    ],
    ids=["archive", "file", "dataset-archive", "dataset-file"],
)
async def test_code_of_the_lab(
    machine: Machine, lab: dict[str, str], code: dict[str, object], command: str, output: str
) -> None:
    end, said = await machine.run(command, TOKEN, code=code, environment=lab)
    assert (said.strip(), end.exit_code) == (output, 0)


async def test_code_that_is_not_there_fails_with_the_labs_words(
    machine: Machine, lab: dict[str, str]
) -> None:
    code = {"kind": "upload", "id": "code_00000000000000000000"}
    end, _ = await machine.run("true", TOKEN, code=code, environment=lab)
    assert end.exit_code == 125
    assert "No such code here." in end.reason


NOWHERE = {"LAB_ENDPOINT": "http://127.0.0.1:1", "LAB_PROJECT": "p"}
UPLOAD = {"kind": "upload", "id": "code_00000000000000000000"}


async def test_a_preparation_without_end_has_a_limit(machine: Machine) -> None:
    machine.runtime = machine.open(prepare_timeout_s=0.3)
    end, _ = await machine.run("true", code=UPLOAD, environment=NOWHERE)
    assert (end.exit_code, end.reason) == (124, "it could not be prepared within 0.3 s")


async def test_a_preparation_can_be_stopped(machine: Machine) -> None:
    handle = await machine.start("true", code=UPLOAD, environment=NOWHERE)

    async def fetching() -> bool:
        return (await machine.runtime.status(handle)).reason == "fetching its code"

    await machine.until(fetching)
    await machine.runtime.stop(handle, 10)
    end = await machine.runtime.status(handle)
    assert (end.exit_code, end.reason) == (143, "stopped")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with a tag `old`, a branch `main` and a folder."""
    variables = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "GIT_CONFIG_NOSYSTEM": "1"}
    for person in ("AUTHOR", "COMMITTER"):
        variables |= {f"GIT_{person}_NAME": "a", f"GIT_{person}_EMAIL": "a@localhost"}
    folder = tmp_path / "repository"
    (folder / "sub").mkdir(parents=True)

    def git(*arguments: str) -> None:
        subprocess.run(["git", *arguments], cwd=folder, env=variables, check=True)

    git("init", "--quiet", "--initial-branch=main")
    for text in ("old", "new"):
        (folder / "sub" / "text").write_text(text)
        git("add", ".")
        git("commit", "--quiet", "--message", text)
        git("tag", text)
    return folder


@pytest.mark.parametrize(
    ("rest", "command", "output"),
    [
        ("", "cat sub/text", "new"),
        ("@main#subdirectory=sub", "cat text", "new"),
        ("@old#subdirectory=sub", "cat text; git rev-parse --show-prefix", "oldsub/"),
    ],
    ids=["plain", "branch", "tag"],
)
async def test_git(
    machine: Machine, repository: Path, rest: str, command: str, output: str
) -> None:
    code = {"kind": "git", "url": f"git+file://{repository}{rest}"}
    end, said = await machine.run(command, code=code)
    assert (said.strip(), end.exit_code) == (output, 0)


async def test_a_commit_by_its_number(machine: Machine, repository: Path) -> None:
    found = subprocess.run(  # noqa: ASYNC221
        ["git", "rev-parse", "old"], cwd=repository, check=True, capture_output=True, text=True
    )
    code = {"kind": "git", "url": f"git+file://{repository}@{found.stdout.strip()}"}
    _, said = await machine.run("cat sub/text", code=code)
    assert said == "old"


@pytest.mark.parametrize(
    ("rest", "reason"),
    [
        ("@no-such-branch", "has no revision 'no-such-branch'"),
        ("-gone", "git fetch failed"),
        ("#subdirectory=nowhere", "has no folder 'nowhere'"),
    ],
)
async def test_git_that_fails_says_what(
    machine: Machine, repository: Path, rest: str, reason: str
) -> None:
    end, _ = await machine.run(
        "true", code={"kind": "git", "url": f"git+file://{repository}{rest}"}
    )
    assert end.exit_code == 125
    assert reason in end.reason


@pytest.mark.parametrize(
    ("text", "address", "revision", "subdirectory", "login"),
    [
        ("git+https://h/a.git", "https://h/a.git", "", "", ""),
        ("git+https://h/a.git@v1#subdirectory=x/y", "https://h/a.git", "v1", "x/y", ""),
        ("git+https://u:${T}@h:8443/a@b/c", "https://h:8443/a", "b/c", "", "u:s3c/ret"),
        ("git+ssh://git@h/a.git@main", "ssh://git@h/a.git", "main", "", ""),
    ],
)
def test_addresses(text: str, address: str, revision: str, subdirectory: str, login: str) -> None:
    found = Repository(text, {"T": "s3c%2Fret"})
    assert (found.address, found.revision) == (address, revision)
    assert (found.subdirectory, found.login) == (subdirectory, login)


@pytest.mark.parametrize(
    "text", ["https://h/a", "git+ext::sh", "git+https://h/a@--upload-pack=x",
             "git+https://h/a#subdirectory=../.."],
)  # fmt: skip
def test_addresses_that_are_refused(text: str) -> None:
    with pytest.raises(Failed):
        Repository(text, {})


@pytest.mark.parametrize("name", ["../out", "/out", "a/../../out"])
def test_nothing_is_unpacked_outside(tmp_path: Path, name: str) -> None:
    inside = tmp_path / "in"
    inside.mkdir()
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr(name, "x")
    (tmp_path / "x.tgz").write_bytes(tar({name: b"x"}))
    for archived in ("x.zip", "x.tgz"):
        with pytest.raises(Failed, match="leads out"):
            unpack(str(tmp_path / archived), str(inside))
    assert not (tmp_path / "out").exists()
    assert not Path("/out").exists()


@pytest.mark.parametrize(
    ("kind", "target", "fits"),
    [
        (tarfile.SYMTYPE, "b", True),
        (tarfile.SYMTYPE, "../../out", False),
        (tarfile.SYMTYPE, "/etc/passwd", False),
        (tarfile.LNKTYPE, "../out", False),
        (tarfile.FIFOTYPE, "", False),
        (tarfile.CHRTYPE, "", False),
    ],
)
def test_links_and_devices_in_archives(
    tmp_path: Path, kind: bytes, target: str, *, fits: bool
) -> None:
    entry = tarfile.TarInfo("a/link")
    entry.type, entry.linkname = kind, target
    with tarfile.open(tmp_path / "x.tar", "w") as archive:
        archive.addfile(entry)
    (inside := tmp_path / "in").mkdir()
    if fits:
        unpack(str(tmp_path / "x.tar"), str(inside))
        assert os.readlink(inside / "a/link") == target
    else:
        with pytest.raises(Failed):
            unpack(str(tmp_path / "x.tar"), str(inside))


def test_zip_keeps_what_may_be_executed_and_refuses_links(tmp_path: Path) -> None:
    good, bad = zipfile.ZipInfo("run.sh"), zipfile.ZipInfo("link")
    good.external_attr = (stat.S_IFREG | 0o755) << 16
    bad.external_attr = (stat.S_IFLNK | 0o777) << 16
    for entry in (good, bad):
        with zipfile.ZipFile(tmp_path / f"{entry.filename}.zip", "w") as archive:
            archive.writestr(entry, "/etc/passwd")
    unpack(str(tmp_path / "run.sh.zip"), str(tmp_path))
    assert os.access(tmp_path / "run.sh", os.X_OK)
    with pytest.raises(Failed, match="a link"):
        unpack(str(tmp_path / "link.zip"), str(tmp_path))


def test_a_broken_archive_is_a_failure(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"no archive")
    with pytest.raises(Failed, match="cannot be unpacked"):
        unpack(str(tmp_path / "x"), str(tmp_path))
