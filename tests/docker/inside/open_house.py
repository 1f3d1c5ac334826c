"""A service that answers everybody: TCP on $PORT, TCP and UDP on 9000, which nobody declared."""

from __future__ import annotations

import os
import socketserver
import threading


class Stream(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        self.request.sendall(b"here\n")


class Datagram(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        self.request[1].sendto(b"here", self.client_address)


servers: list[socketserver.BaseServer] = [
    socketserver.ThreadingTCPServer(("0.0.0.0", int(os.environ["PORT"])), Stream),
    socketserver.ThreadingTCPServer(("0.0.0.0", 9000), Stream),
    socketserver.UDPServer(("0.0.0.0", 9000), Datagram),
]
for server in servers[1:]:
    threading.Thread(target=server.serve_forever).start()
servers[0].serve_forever()
