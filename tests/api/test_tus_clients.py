"""The clients that people use, tus-js-client and tuspy, unmodified and against a process."""

from __future__ import annotations

import hashlib
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import httpx
import pytest
import tus_js
from file_process import FileServer
from running_lab import wait_for
from tusclient.client import TusClient

MIB = 1 << 20
DATA = bytes(range(251)) * 12_550
UPLOADS = "/api/projects/alpha/uploads"
Start = Callable[..., FileServer]


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Start a server on the test's folder; all are killed at the end."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    running: list[FileServer] = []

    def start_one(*options: str) -> FileServer:
        running.append(FileServer(tmp_path / "lab", *options))
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


def begin(server: FileServer, size: int) -> str:
    headers = {"Tus-Resumable": "1.0.0", "Upload-Length": str(size), "Upload-Metadata": "key aw=="}
    answer = server.http.post(UPLOADS, headers=headers)
    return str(httpx.URL(UPLOADS).join(answer.headers["Location"]))


def offset(server: FileServer, url: str) -> int:
    return int(server.http.head(url).headers["Upload-Offset"])


def patch_head(server: FileServer, url: str) -> bytes:
    head = f"PATCH {url} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {server.token}\r\n"
    head += "Tus-Resumable: 1.0.0\r\nContent-Type: application/offset+octet-stream\r\n"
    return f"{head}Upload-Offset: 0\r\nContent-Length: {1 << 30}\r\n\r\n".encode()


def test_what_arrived_before_a_line_broke_counts(start: Start) -> None:
    server = start()
    url = begin(server, 1 << 30)
    with socket.create_connection(("127.0.0.1", server.port)) as line:
        line.sendall(patch_head(server, url) + bytes(5 * MIB + 3))
    wait_for(lambda: offset(server, url) > 0, within_s=20, what="the bytes are safe")
    assert offset(server, url) == 5 * MIB + 3


def test_memory_stays_flat(start: Start) -> None:
    server, size = start(), 256 * MIB
    url, before = begin(server, size), server.memory_mib()
    peak = before

    def body() -> Iterator[bytes]:
        nonlocal peak
        for _ in range(size // MIB):
            yield bytes(MIB)
            peak = max(peak, server.memory_mib())

    headers = {"Tus-Resumable": "1.0.0", "Upload-Offset": "0"}
    headers["Content-Type"] = "application/offset+octet-stream"
    assert server.http.patch(url, headers=headers, content=body()).headers["X-Lab-Version"] == "1"
    assert peak - before < 64


def test_a_full_disk_says_so_and_takes_nothing_away(start: Start) -> None:
    server = start(str(20 * MIB))
    url = begin(server, 30 * MIB)
    headers = {"Tus-Resumable": "1.0.0", "Content-Type": "application/offset+octet-stream"}
    for at, size, status in ((0, 10, 204), (10, 20, 507), (10, 5, 204)):
        more = headers | {"Upload-Offset": str(at * MIB)}
        answer = server.http.patch(url, headers=more, content=bytes(size * MIB))
        assert answer.status_code == status
    assert offset(server, url) == 15 * MIB
