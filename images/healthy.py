"""Asks the lab in this container whether it is well; exits 0 if so. Standard library only.

It asks as people do, through nginx, so it heeds the settings of what nginx listens for.
"""

from __future__ import annotations

import http.client
import os
import socket
import ssl
import sys


def main() -> int:
    """Ask for `/api/health`."""
    ask = http.client.HTTPConnection("127.0.0.1")
    ask.sock = _connect(int(os.environ.get("LAB_PORT", "8080")))
    ask.request("GET", os.environ.get("LAB_BASE_URL", "").rstrip("/") + "/api/health")
    return 0 if ask.getresponse().status == 200 else 1


def _connect(port: int) -> socket.socket:
    link = socket.create_connection(("127.0.0.1", port), timeout=4)
    if _is_on("LAB_PROXY_PROTOCOL"):
        link.sendall(b"PROXY UNKNOWN\r\n")
    encrypted = os.environ.get("LAB_SSL_ROOT") or _is_on("SERVICE_SSL_ENABLED", "LAB_SSL_ENABLED")
    if not encrypted:
        return link
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False  # its certificate is for the name that people use
    context.verify_mode = ssl.CERT_NONE
    return context.wrap_socket(link)


def _is_on(*names: str) -> bool:
    return any(os.environ.get(name, "").lower() in ("1", "true", "yes", "on") for name in names)


if __name__ == "__main__":
    sys.exit(main())
