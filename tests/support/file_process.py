"""`file_server.py` as a child process, and a client of it."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import httpx
from running_lab import wait_for

MIB = 1 << 20
PROGRAM = Path(__file__).with_name("file_server.py")
BIG = "/api/projects/alpha/models/big"


class FileServer:
    """The process and a client of it."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder = folder
        command = [sys.executable, str(PROGRAM), str(folder), *options]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout
        port, self.token = self.process.stdout.readline().split()
        self.port = int(port)
        self.http = httpx.Client(
            base_url=f"http://127.0.0.1:{port}",
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=60,
            trust_env=False,
        )

    def memory_mib(self) -> float:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        (line,) = [each for each in status.splitlines() if each.startswith("VmRSS")]
        return int(line.split()[1]) / 1024

    def stored(self) -> list[str]:
        return [each.name for each in (self.folder / "files").rglob("*") if each.is_file()]

    def begin_upload(self) -> socket.socket:
        """Send the head and 20 MiB of an upload of 1 GiB, and wait until some are on disk."""
        line = socket.create_connection(("127.0.0.1", self.port))
        head = f"PUT {BIG} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {self.token}\r\n"
        line.sendall(f"{head}Content-Length: {1 << 30}\r\n\r\n".encode())
        line.sendall(bytes(20 * MIB))
        wait_for(lambda: bool(self.stored()), within_s=20, what="the upload reaches the disk")
        return line

    def stop(self) -> None:
        self.http.close()
        self.process.kill()
        self.process.wait()
        assert self.process.stdout
        self.process.stdout.close()
