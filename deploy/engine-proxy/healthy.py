"""Asks the engine through the proxy whether it is there; exits 0 if so. Standard library only."""

from __future__ import annotations

import http.client
import socket
import sys


def main() -> int:
    """Ask for `/_ping`."""
    ask = http.client.HTTPConnection("docker")
    ask.sock = socket.socket(socket.AF_UNIX)
    ask.sock.settimeout(4)
    ask.sock.connect("/run/engine/docker.sock")
    ask.request("GET", "/_ping")
    return 0 if ask.getresponse().status == 200 else 1


if __name__ == "__main__":
    sys.exit(main())
