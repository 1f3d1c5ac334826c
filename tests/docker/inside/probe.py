"""Run in a container: tells which addresses answer it, as JSON.

probe.py reach ADDRESS:PORT …   those that take a TCP connection
probe.py ask ADDRESS:PORT …     those that answer a datagram
probe.py get URL …              the HTTP status of each
probe.py find NAME …            those that have an address
"""

from __future__ import annotations

import json
import socket
import sys
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

PATIENCE_S = 2.0


def reaches(target: str) -> bool:
    host, _, port = target.rpartition(":")
    try:
        socket.create_connection((host, int(port)), PATIENCE_S).close()
    except OSError:
        return False
    return True


def answers(target: str) -> bool:
    host, _, port = target.rpartition(":")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(PATIENCE_S)
        try:
            sock.connect((host, int(port)))
            sock.send(b"anybody?")
            return bool(sock.recv(100))
        except OSError:
            return False


def has_address(name: str) -> bool:
    try:
        return bool(socket.getaddrinfo(name, 80))
    except socket.gaierror:
        return False


def status(url: str) -> int:
    with urllib.request.urlopen(url, timeout=30) as answer:
        return int(answer.status)


def some_of(targets: list[str], holds: Callable[[str], bool]) -> list[str]:
    with ThreadPoolExecutor(64) as pool:
        return [t for t, yes in zip(targets, pool.map(holds, targets), strict=True) if yes]


def main(what: str, targets: list[str]) -> object:
    if what == "get":
        return {url: status(url) for url in targets}
    return some_of(targets, {"reach": reaches, "ask": answers, "find": has_address}[what])


print(json.dumps(main(sys.argv[1], sys.argv[2:])))
