"""What the tests of TLS share: clients that trust the room's certificate, and an echo."""

from __future__ import annotations

import httpx
from gateway_room import ANN, RUNNING, Room
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve

from mllab.core.workloads import Reach
from mllab.runtimes.base import Endpoint

PATH = "/projects/alpha/services/svc/8080/"


def client(room: Room, *, http2: bool = False, **headers: str) -> httpx.AsyncClient:
    """Return a client that trusts this lab's certificate."""
    return httpx.AsyncClient(
        base_url=room.origin,
        headers=headers,
        verify=room.trust,
        trust_env=False,
        http2=http2,
        timeout=30,
    )


def as_ann(room: Room, *, http2: bool = False) -> httpx.AsyncClient:
    """Return a client with Ann's token."""
    return client(room, http2=http2, Authorization=f"Bearer {ANN}")


async def _echo(connection: ServerConnection) -> None:
    async for message in connection:
        await connection.send(message)


async def serve_echo(room: Room) -> connect:
    """Give Ann a service that echoes messages, and return a way in."""
    server = await serve(_echo, "127.0.0.1", 0)
    room.on_close(server.close)
    host, port = next(iter(server.sockets)).getsockname()
    endpoint = Endpoint(f"{host}:{port}")
    room.core.services[("alpha", "svc", 8080)] = Reach(RUNNING, "ann", endpoint, "/x")
    return connect(
        f"wss://localhost:{room.nginx.port}{PATH}",
        ssl=room.trust,
        additional_headers={"Authorization": f"Bearer {ANN}"},
        proxy=None,
    )
