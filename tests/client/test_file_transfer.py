"""The Python client's datasets and models, against a lab over HTTP."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from cut import Cut
from people import LiveLab

from mllab import Lab
from mllab.client import transfer
from mllab.client.files import VersionedFiles
from mllab.errors import BackendFailed, InvalidInput, NotAllowed, NotFound, Unavailable

DATA = bytes(range(256)) * 12_000


@pytest.fixture
def datasets(live: LiveLab) -> VersionedFiles:
    return live.client("bob").project("alpha").datasets


def test_a_file_goes_up_and_comes_down(datasets: VersionedFiles, tmp_path: Path) -> None:
    source, seen = tmp_path / "in.bin", list[tuple[int, int | None]]()
    source.write_bytes(DATA)
    version = datasets.upload(
        "a/b.bin", source, metadata={"Größe": "3 MB"}, on_progress=lambda *each: seen.append(each)
    )
    assert version.sha256 == hashlib.sha256(DATA).hexdigest()
    assert version.metadata == {"Größe": "3 MB"}
    assert (seen[0], seen[-1]) == ((0, len(DATA)), (len(DATA), len(DATA)))
    target = datasets.download("a/b.bin", tmp_path / "new" / "out.bin")
    assert target.read_bytes() == DATA
    assert [each.name for each in target.parent.iterdir()] == ["out.bin"]


def test_a_folder_as_target_keeps_the_name(datasets: VersionedFiles, tmp_path: Path) -> None:
    datasets.upload("a/b.txt", b"x")
    assert datasets.download("a/b.txt", tmp_path) == tmp_path / "b.txt"


@pytest.mark.parametrize("verify", [False, True])
def test_bytes_and_open_files_are_sources(datasets: VersionedFiles, verify: bool) -> None:
    file = io.BytesIO(b"skip" + DATA)
    file.seek(4)
    datasets.upload("k", file, verify=verify)
    assert datasets.read("k") == DATA
    datasets.upload("k", b"", verify=verify)
    assert datasets.read("k") == b""


class Pipe(io.RawIOBase):
    """Gives its bytes once."""

    def __init__(self) -> None:
        self._left = io.BytesIO(DATA)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        return self._left.readinto(buffer)


def test_a_pipe_of_unknown_length_is_a_source(datasets: VersionedFiles) -> None:
    datasets.upload("k", io.BufferedReader(Pipe()))
    assert datasets.read("k") == DATA
    with pytest.raises(InvalidInput, match="read twice"):
        datasets.upload("k", io.BufferedReader(Pipe()), verify=True)


def test_versions_are_named_by_number_or_suffix(datasets: VersionedFiles) -> None:
    for data in (b"one", b"two", b"three"):
        datasets.upload("news.csv", data)
    assert datasets.read("news.csv") == b"three"
    assert datasets.read("news.csv.v2") == b"two"
    assert datasets.read("news.csv", 1) == b"one"
    assert [each.version for each in datasets.versions("news.csv")] == [3, 2, 1]
    datasets.delete("news.csv.v2")
    assert [each.version for each in datasets.versions("news.csv")] == [3, 1]
    with pytest.raises(NotFound):
        datasets.get("news.csv.v2")


def test_a_file_whose_name_ends_like_a_version_is_found(datasets: VersionedFiles) -> None:
    datasets.upload("net.v2", b"x")
    assert datasets.read("net.v2") == b"x"
    datasets.delete("net.v2")
    assert datasets.list() == []


def test_lists_and_metadata(datasets: VersionedFiles) -> None:
    for key in ("a/1", "a/2", "b"):
        datasets.upload(key, b"x")
    assert [each.key for each in datasets.list("a/")] == ["a/1", "a/2"]
    datasets.update("b", {"k": "v"})
    assert datasets.update("b", {"w": "x", "k": None}).metadata == {"w": "x"}
    datasets.delete("b")
    assert [each.key for each in datasets.list()] == ["a/1", "a/2"]


def test_open_gives_a_file_that_seeks(datasets: VersionedFiles) -> None:
    datasets.upload("k", DATA)
    with datasets.open("k") as file:
        file.seek(1000)
        assert file.read(10) == DATA[1000:1010]


@pytest.mark.parametrize("key", ["", "../x", "a//b", "a\nb"])
def test_a_bad_key_is_refused(datasets: VersionedFiles, key: str) -> None:
    with pytest.raises(InvalidInput, match="cannot be a key"):
        datasets.read(key)


def test_a_missing_source_and_a_missing_key_say_so(
    datasets: VersionedFiles, tmp_path: Path
) -> None:
    with pytest.raises(InvalidInput, match="No such file"):
        datasets.upload("k", tmp_path / "nothing")
    with pytest.raises(NotFound, match="datasets/k"):
        datasets.download("k", tmp_path / "x")


def test_a_viewer_is_refused_in_mid_upload(live: LiveLab) -> None:
    datasets = live.client("vera").project("alpha").datasets
    with pytest.raises(NotAllowed, match="editor"):
        datasets.upload("k", b"x" * 30_000_000)


class BadLine(httpx.HTTPTransport):
    """A connection on which downloads break; `after` says when, None for never."""

    after: int | None = None
    requests = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = super().handle_request(request)
        if self.after is not None and "/versions" not in request.url.path:
            self.requests += 1
            assert isinstance(response.stream, httpx.SyncByteStream)
            response.stream = Cut(response.stream, self.after, httpx.ReadError)
        return response


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch) -> BadLine:
    monkeypatch.setattr(transfer, "_FIRST_PAUSE_S", 0)
    return BadLine()


@pytest.fixture
def shaky(live: LiveLab, line: BadLine) -> Iterator[VersionedFiles]:
    lab = Lab(live.url, live.token("bob"), transport=line)
    yield lab.project("alpha").datasets
    lab.close()


def test_a_broken_download_is_taken_up_again(shaky: VersionedFiles, line: BadLine) -> None:
    shaky.upload("k", DATA)
    line.after = 1_000_000
    assert shaky.read("k") == DATA
    assert line.requests >= 3


def test_a_new_version_does_not_get_into_a_broken_download(
    shaky: VersionedFiles, line: BadLine, tmp_path: Path
) -> None:
    shaky.upload("k", DATA)
    line.after = 1_000_000
    uploaded: list[int] = []

    def meanwhile(done: int, total: int | None) -> None:
        if not uploaded:
            uploaded.append(shaky.upload("k", b"new").version)

    assert shaky.download("k", tmp_path / "x", on_progress=meanwhile).read_bytes() == DATA


def test_a_dead_line_is_given_up_and_leaves_no_file(
    shaky: VersionedFiles, line: BadLine, tmp_path: Path
) -> None:
    shaky.upload("k", DATA)
    line.after = 0
    with pytest.raises(Unavailable, match="the line broke"):
        shaky.download("k", tmp_path / "x")
    assert not list(tmp_path.glob("*x*"))


def test_other_bytes_than_announced_never_get_a_name(
    datasets: VersionedFiles, live: LiveLab, tmp_path: Path
) -> None:
    datasets.upload("k", b"good")
    files = live.core.context.files

    async def spoil() -> None:
        async def bad() -> object:
            yield b"evil"

        async for each in files.list("alpha"):
            await files.write(each.key, bad())  # type: ignore[arg-type]

    live.call(spoil())
    with pytest.raises(BackendFailed, match="not what the lab stored"):
        datasets.download("k", tmp_path / "k")
    assert not list(tmp_path.glob("*k*"))
