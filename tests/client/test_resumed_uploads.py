"""The Python client's resumable uploads, over lines that break and calls that end early."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from cut import Cut
from people import LiveLab

from mllab import Lab
from mllab.client import files, uploads
from mllab.client.projects import Project
from mllab.errors import BackendFailed, InvalidInput, Unavailable
from mllab.model.files import FileVersion

DATA = bytes(range(256)) * 20_000
MIB = 1 << 20


class BadLine(httpx.HTTPTransport):
    """A connection on which the bodies of uploads break after `after` bytes, `times` often."""

    after = 0
    times = 0

    def __init__(self) -> None:
        super().__init__()
        self.offsets: list[int] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.method == "PATCH":
            self.offsets.append(int(request.headers["Upload-Offset"]))
            if self.times > 0:
                self.times -= 1
                assert isinstance(request.stream, httpx.SyncByteStream)
                request.stream = Cut(request.stream, self.after, httpx.WriteError)
        return super().handle_request(request)


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch) -> BadLine:
    monkeypatch.setattr(uploads, "_FIRST_PAUSE_S", 0.002)
    monkeypatch.setattr(files, "RESUMABLE_FROM", MIB)
    return BadLine()


@pytest.fixture
def alpha(live: LiveLab, line: BadLine) -> Iterator[Project]:
    lab = Lab(live.url, live.token("bob"), transport=line)
    yield lab.project("alpha")
    lab.close()


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "news.bin"
    path.write_bytes(DATA)
    return path


def check(alpha: Project, version: FileVersion) -> None:
    assert version.version == 1
    assert alpha.datasets.read("k") == DATA
    assert alpha.uploads.list() == []


def test_a_broken_line_is_taken_up_again(alpha: Project, line: BadLine, source: Path) -> None:
    line.after, line.times = MIB, 3
    check(alpha, alpha.datasets.upload("k", source, metadata={"ä": "b"}, content_type="a/b"))
    assert line.offsets[0] == 0
    assert line.offsets[-1] >= MIB
    found = alpha.datasets.get("k")
    assert (found.metadata, found.content_type) == ({"ä": "b"}, "a/b")


def test_the_same_call_goes_on_where_an_earlier_one_ended(
    alpha: Project, line: BadLine, source: Path
) -> None:
    seen: list[int] = []

    def stop(done: int, total: int | None) -> None:
        if done >= 2 * MIB:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        alpha.datasets.upload("k", source, on_progress=stop)
    check(alpha, alpha.datasets.upload("k", source, on_progress=lambda done, _: seen.append(done)))
    assert line.offsets[-1] >= MIB
    assert line.offsets[-1] in seen
    assert seen[-1] == len(DATA)


@pytest.mark.parametrize("change", ["key", "metadata", "bytes"])
def test_another_call_begins_anew(alpha: Project, line: BadLine, source: Path, change: str) -> None:
    line.after, line.times = 0, 100
    with pytest.raises(Unavailable, match="the same call goes on"):
        alpha.datasets.upload("k", source)
    line.times = 0
    if change == "bytes":
        source.write_bytes(DATA[::-1] + b"x")
    alpha.datasets.upload(
        "other" if change == "key" else "k",
        source,
        metadata={"a": "b"} if change == "metadata" else {},
    )
    assert line.offsets[-1] == 0
    assert [each.key for each in alpha.uploads.list()] == ["k"]
    alpha.uploads.delete(alpha.uploads.list()[0].id)
    assert alpha.uploads.list() == []


@pytest.mark.parametrize("verify", [False, True])
def test_open_files_are_sent_from_where_they_are(
    alpha: Project, line: BadLine, verify: bool
) -> None:
    line.after, line.times = MIB, 1
    file = io.BytesIO(b"skip" + DATA)
    file.seek(4)
    check(alpha, alpha.datasets.upload("k", file, verify=verify))


def test_a_file_that_changes_under_the_call_makes_no_version(
    alpha: Project, line: BadLine, source: Path
) -> None:
    def spoil(done: int, total: int | None) -> None:
        if done >= 4 * MIB and line.times == 0:
            source.write_bytes(b"x" * len(DATA))

    line.after, line.times = MIB, 1
    with pytest.raises((InvalidInput, BackendFailed)):
        alpha.datasets.upload("k", source, verify=True, on_progress=spoil)
    assert alpha.datasets.list() == []
