"""Which process listens on a TCP port, read from /proc; only the workload's own count.

A port is handed to the gateway only if its listener belongs to the workload: otherwise
somebody else's program could be reached in its name.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from mllab.runtimes.process import state

_LISTEN = "0A"
_V6 = {
    "0" * 32: "127.0.0.1",  # all addresses: IPv4 as well
    "00000000000000000000000001000000": "[::1]",
}


@dataclass(frozen=True)
class Listener:
    """A listening socket: how to reach it, and the open file that proves whose it is."""

    address: str
    file: Path
    socket: str

    def is_there(self) -> bool:
        """Tell whether the same process still holds it; much cheaper than finding it."""
        try:
            return os.readlink(self.file) == self.socket
        except OSError:
            return False


def find_listener(root: int, port: int) -> Listener | None:
    """Return what listens on `port`, if that is process `root` or one below it."""
    sockets = _listening(port)
    if not sockets:
        return None
    for pid in [root, *state.descendants(root)]:
        for entry, target in _open_files(pid):
            if target in sockets:
                return Listener(f"{sockets[target]}:{port}", entry, target)
    return None


def _listening(port: int) -> dict[str, str]:
    """Return `socket:[inode]` -> host of everything that listens on `port` on loopback."""
    found = {}
    for table in ("tcp", "tcp6"):
        try:
            lines = Path(f"/proc/net/{table}").read_text().splitlines()[1:]
        except FileNotFoundError:
            continue
        for line in lines:
            fields = line.split()
            address, _, number = fields[1].partition(":")
            if fields[3] == _LISTEN and int(number, 16) == port:
                host = _V6.get(address) if table == "tcp6" else _v4(address)
                if host:
                    found[f"socket:[{fields[9]}]"] = host
    return found


def _v4(address: str) -> str | None:
    parts = bytes.fromhex(address)[::-1]
    if parts[0] == 127:
        return ".".join(map(str, parts))
    return "127.0.0.1" if not any(parts) else None


def _open_files(pid: int) -> list[tuple[Path, str]]:
    folder = Path(f"/proc/{pid}/fd")
    try:
        names = os.listdir(folder)
    except OSError:
        return []
    found = []
    for name in names:
        try:
            found.append((folder / name, os.readlink(folder / name)))
        except OSError:
            continue
    return found
