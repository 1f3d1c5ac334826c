"""The clients that people use, tus-js-client and tuspy, unmodified and against a process."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import pytest
import tus_js
from file_process import FileServer
from tusclient.client import TusClient

MIB = 1 << 20
DATA = bytes(range(251)) * 12_550
UPLOADS = "/api/projects/alpha/uploads"
Start = Callable[[], FileServer]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start a server on the test's folder; all are killed at the end."""
    running: list[FileServer] = []

    def start_one() -> FileServer:
        running.append(FileServer(tmp_path / "lab"))
        return running[-1]

    (tmp_path / "lab").mkdir()
    yield start_one
    for each in running:
        each.stop()


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "news.bin"
    path.write_bytes(DATA)
    return path


def check_stored(server: FileServer, key: str) -> None:
    answer = server.http.get(f"/api/projects/alpha/datasets/{key}")
    assert answer.headers["X-Content-SHA256"] == hashlib.sha256(DATA).hexdigest()
    assert answer.content == DATA
    assert server.http.get(UPLOADS).json()["items"] == []


def test_tus_js_client_goes_on_where_a_closed_tab_stopped(start: Start, source: Path) -> None:
    server = start()
    url = f"http://127.0.0.1:{server.port}{UPLOADS}"
    tus_js.upload(url, server.token, source, "a/news.bin", stop_after=MIB)
    (found,) = server.http.get(UPLOADS).json()["items"]
    assert MIB <= found["offset_bytes"] < len(DATA)
    done = tus_js.upload(url, server.token, source, "a/news.bin")
    assert done
    assert (done["version"], done["from"] >= MIB) == ("1", True)
    check_stored(server, "a/news.bin")


def uploader(server: FileServer, source: BinaryIO, url: str | None = None) -> Any:
    headers = {"Authorization": f"Bearer {server.token}"}
    client = TusClient(f"http://127.0.0.1:{server.port}{UPLOADS}", headers=headers)
    metadata = {"kind": "dataset", "key": "k"}
    return client.uploader(
        file_stream=source, chunk_size=MIB, url=url, metadata=metadata, upload_checksum=True
    )


def test_tuspy_goes_on_after_the_lab_was_killed(start: Start, source: Path) -> None:
    server = start()
    with source.open("rb") as file:
        first = uploader(server, file)
        first.upload_chunk()
        first.upload_chunk()
        path = "/" + first.url.split("/", 3)[3]
        server.stop()
        server = start()
        second = uploader(server, file, f"http://127.0.0.1:{server.port}{path}")
        assert second.offset == 2 * MIB
        second.upload()
    check_stored(server, "k")
