"""Output of a workload on disk: files named by the offset of their first byte.

Standard library only; the supervisor writes with it. Keeps the newest files and drops
the rest, so a workload that writes without end cannot fill the disk.
"""

from __future__ import annotations

import os

KEEP = 2
_TAIL = 4096


class Output:
    """The writing end; never raises when the disk is full, it drops bytes and says so."""

    def __init__(self, folder: str, most_bytes: int) -> None:
        self._folder = folder
        self._most = most_bytes
        self._start = 0
        self._size = 0
        self._dropped = 0
        self._file = -1
        self.tail = b""
        """The last 4 KiB, to see what a program complained of."""
        os.makedirs(folder, mode=0o700, exist_ok=True)
        self._open(0)

    def write(self, data: bytes) -> None:
        """Append; begins the next file when this one is full."""
        self.tail = (self.tail + data)[-_TAIL:]
        while data:
            if self._size >= self._most:
                self._open(self._start + self._size)
            part = data[: self._most - self._size]
            try:
                if self._dropped:
                    self._write(f"\n[{self._dropped} bytes could not be written]\n".encode())
                    self._dropped = 0
                self._write(part)
            except OSError:
                self._dropped += len(part)
            data = data[len(part) :]

    def _write(self, data: bytes) -> None:
        while data:
            written = os.write(self._file, data)
            self._size += written
            data = data[written:]

    def _open(self, start: int) -> None:
        path = f"{self._folder}/{start:020}"
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        if self._file >= 0:
            os.close(self._file)
        self._file, self._start, self._size = file, start, 0
        for name in sorted(os.listdir(self._folder))[:-KEEP]:
            os.unlink(f"{self._folder}/{name}")
