"""Uploads against a server process: its memory, its death, a full disk, a lost client."""

from __future__ import annotations

import hashlib
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from file_process import BIG, MIB, FileServer
from running_lab import wait_for

Start = Callable[..., FileServer]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start a server on the test's folder; all are killed at the end."""
    running: list[FileServer] = []

    def start_one(*options: str) -> FileServer:
        running.append(FileServer(tmp_path, *options))
        return running[-1]

    yield start_one
    for each in running:
        each.stop()


def test_memory_stays_flat_both_ways(start: Start) -> None:
    server, block, count, digest = start(), bytes(range(256)) * 4096, 512, hashlib.sha256()
    server.http.put(BIG, content=block).raise_for_status()
    before = peak = server.memory_mib()

    def body() -> Iterator[bytes]:
        nonlocal peak
        for _ in range(count):
            yield block
            peak = max(peak, server.memory_mib())

    answer = server.http.put(BIG, content=body())
    assert answer.json()["size_bytes"] == count * MIB
    with server.http.stream("GET", BIG) as response:
        for chunk in response.iter_raw(MIB):
            digest.update(chunk)
            peak = max(peak, server.memory_mib())
    assert digest.hexdigest() == answer.json()["sha256"]
    assert peak - before < 64


def test_a_killed_server_leaves_no_version_and_the_next_one_cleans_up(start: Start) -> None:
    server = start()
    line = server.begin_upload()
    server.stop()
    line.close()
    assert server.stored()
    server = start()
    assert server.stored() == []
    assert server.http.get(BIG).status_code == 404
    assert server.http.put(BIG, content=b"x").json()["version"] == 1


def test_a_client_that_goes_leaves_nothing(start: Start) -> None:
    server = start()
    server.begin_upload().close()
    wait_for(lambda: not server.stored(), within_s=20, what="the part is removed")
    assert server.http.get(f"{BIG}/versions").status_code == 404


def test_a_full_disk_is_507_and_leaves_nothing(start: Start) -> None:
    server = start(str(32 * MIB))
    answer = server.http.put(BIG, content=bytes(64 * MIB))
    assert (answer.status_code, answer.json()["error"]) == (507, "storage_full")
    assert server.stored() == []
    assert server.http.put(BIG, content=bytes(MIB)).json()["version"] == 1


def test_a_denied_upload_ends_before_its_body(start: Start) -> None:
    server = start()
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as line:
        line.sendall(f"PUT {BIG} HTTP/1.1\r\nHost: x\r\nContent-Length: {1 << 40}\r\n\r\n".encode())
        began = time.monotonic()
        assert line.recv(100).startswith(b"HTTP/1.1 401")
        assert time.monotonic() - began < 10
