"""A whole gateway around a core that is a table: real nginx, real sockets, real upstreams.

`Upstream` keeps every byte that reached it. `Room` starts the gateway's application, a
stand-in for the API and nginx on a free port, in a folder of its own.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

import httpx
import uvicorn
from starlette.types import ASGIApp

from mllab.api.app import create_app
from mllab.config import Settings
from mllab.core.lab import LabCore
from mllab.core.workloads import Reach
from mllab.errors import NotFound, NotSignedIn
from mllab.gateway.app import create_gateway_app
from mllab.gateway.nginx.certificates import Certificates
from mllab.gateway.nginx.config import GatewayConfig
from mllab.gateway.nginx.process import Nginx
from mllab.gateway.nginx.upstreams import Upstreams
from mllab.gateway.sockets import OpenSockets
from mllab.model.accounts import IssuedToken, Principal, Token, TokenKind
from mllab.model.base import now
from mllab.model.work import Workspace
from mllab.model.workloads import Status, WorkloadState
from mllab.runtimes.base import Endpoint, LogPart

ANN, BOB, SESSION = "lab_ann", "lab_bob", "session-of-ann"
RUNNING = Status(state=WorkloadState.RUNNING)

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def until(condition: Callable[[], bool], patience_s: float = 10.0) -> None:
    """Wait until `condition` holds; fail when it takes longer than `patience_s` seconds."""
    async with asyncio.timeout(patience_s):
        while not condition():  # noqa: ASYNC110 - what is waited for is another process
            await asyncio.sleep(0.01)


# Rooms speak plain HTTP; to load the system's certificates for each client is what took longest.
_PLAIN = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


class Upstream:
    """A workload: answers each request with `answer`, keeps what it received."""

    def __init__(self, answer: bytes = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok") -> None:
        self.answer = answer
        self.received = bytearray()
        self.connections = 0
        self.handler: Handler = self._serve
        self.address = ""
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()

    async def listen(self, socket_path: Path | None = None) -> None:
        """Listen on a Unix socket, or else on a free port."""
        if socket_path is not None:
            self._server = await asyncio.start_unix_server(self._accept, socket_path)
            self.address = f"unix:{socket_path}"
        else:
            self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
            host, port = self._server.sockets[0].getsockname()
            self.address = f"{host}:{port}"

    async def close(self) -> None:
        """Stop listening and cut what is open."""
        if self._server is not None:
            self._server.close()
            for writer in list(self._open):
                writer.transport.abort()
            await self._server.wait_closed()

    @property
    def target(self) -> str:
        """The request target of the last request, byte for byte."""
        return self.received.rpartition(b" HTTP/1.1\r\n")[0].rsplit(b" ", 1)[-1].decode("latin-1")

    @property
    def headers(self) -> dict[str, str]:
        """The headers of the first request, names in lower case."""
        lines = bytes(self.received).partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")[1:]
        return {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._open.add(writer)
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            await self.handler(reader, writer)
        self._open.discard(writer)
        writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        self.received += head
        lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-len")]
        if lengths:
            self.received += await reader.readexactly(int(lengths[0].partition(b":")[2]))
        writer.write(self.answer)
        await writer.drain()


@dataclass
class TableCore:
    """What the gateway needs of core, as tables that a test writes."""

    settings: Settings
    people: dict[str, Principal] = field(default_factory=dict)
    services: dict[tuple[str, str, int | None], Reach] = field(default_factory=dict)
    workspaces: dict[str, Reach] = field(default_factory=dict)
    started: list[str] = field(default_factory=list)
    log: bytes = b""
    looks: int = 0

    def as_core(self) -> LabCore:
        """Return it in the shape of a core."""
        return cast(LabCore, _Shape(self))


class _Shape:
    def __init__(self, table: TableCore) -> None:
        self.context = table
        self.identity = _Identity(table)
        self.services = _Services(table)
        self.apps = _Apps()
        self.keys = _Keys(table)
        self.workspaces = _Workspaces(table)


@dataclass
class _Identity:
    table: TableCore

    async def principal(self, secret: str, *, from_cookie: bool = False) -> Principal:
        self.table.looks += 1
        who = self.table.people.get(secret)
        if who is None or who.from_cookie != from_cookie:
            raise NotSignedIn("This credential is not valid here.")
        return who

    async def exchange(self, secret: str) -> IssuedToken:
        who = await self.principal(secret)
        token = Token(id="t", kind=TokenKind.SESSION, user=who.user or "", created_at=now())
        return IssuedToken(token=token, secret=SESSION)


@dataclass
class _Keys:
    table: TableCore

    async def principal(self, secret: str) -> Principal:
        return await _Identity(self.table).principal(secret)


class _Apps:
    """Nobody has opened a workload on its own host."""

    async def key(self, label: str) -> str | None:
        return None

    async def principal(self, secret: str, key: str) -> Principal:
        raise NotSignedIn("This credential is not valid here.")


@dataclass
class _Services:
    table: TableCore

    async def reach(self, who: Principal, project: str, service: str, port: int | None) -> Reach:
        found = self.table.services.get((project, service, port))
        if found is None or who.user == "eve":
            raise NotFound("service", service)
        return found


async def _lines(log: bytes) -> AsyncIterator[LogPart]:
    at = 0
    for line in log.splitlines(keepends=True):
        yield LogPart(at, line)
        at += len(line)


@dataclass
class _Workspaces:
    table: TableCore

    async def reach(self, who: Principal, user: str) -> Reach:
        if who.user != user or user not in self.table.workspaces:
            raise NotFound("workspace", user)
        return self.table.workspaces[user]

    async def logs(
        self, who: Principal, user: str, *, offset: int, follow: bool
    ) -> AsyncIterator[LogPart]:
        await self.reach(who, user)
        return _lines(self.table.log)

    async def start(self, who: Principal, user: str) -> Workspace:
        await self.reach(who, user)
        self.table.started.append(user)
        status = Status(state=WorkloadState.STARTING, reason="installing 12 packages")
        self.table.workspaces[user] = replace(self.table.workspaces[user], status=status)
        return Workspace(user=user, path=f"/workspaces/{user}/", status=status)


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def _serve(app: ASGIApp, socket_path: Path) -> contextlib.AsyncExitStack:
    """Serve `app` on a Unix socket; closing what is returned ends it."""
    config = uvicorn.Config(app, uds=str(socket_path), lifespan="off", log_level="error", ws="none")
    server = _Server(config)
    task = asyncio.create_task(server.serve())
    await until(lambda: server.started)

    async def end() -> None:
        server.should_exit = True
        await task

    stack = contextlib.AsyncExitStack()
    stack.push_async_callback(end)
    return stack


class Room:
    """The gateway, its tables, and ways to call it."""

    def __init__(self, folder: Path, lab: LabCore | None = None, base: str = "") -> None:
        """Serve `lab` when it is given, else a core of tables; all of it below `base`."""
        self.lab = lab
        self.base = base
        self.run_dir = folder / "run"
        self.core = TableCore(Settings(data_dir=folder, base_url=base))
        self.core.people = {
            ANN: Principal(user="ann"),
            BOB: Principal(user="bob"),
            "lab_eve": Principal(user="eve"),
            SESSION: Principal(user="ann", from_cookie=True),
            "session-of-bob": Principal(user="bob", from_cookie=True),
        }
        self.api = Upstream()
        self.nginx = Nginx(self.run_dir, GatewayConfig())
        names = ("*.apps.test", "127.0.0.1", "lab.test", "localhost")
        self.certificates = Certificates(folder / "tls", names)
        self._exits = contextlib.AsyncExitStack()
        self._gateway: contextlib.AsyncExitStack | None = None

    async def start(self, **config: object) -> None:
        """Bring up the API's stand-in, the application and nginx."""
        self.run_dir.mkdir(mode=0o700)
        if self.lab is None:
            await self.api.listen(self.run_dir / "api.sock")
            self._exits.push_async_callback(self.api.close)
        else:
            files = self.lab.context.files.folder
            app = create_app(self.lab, base_url=self.base, nginx_sends_files=files is not None)
            api = await _serve(app, self.run_dir / "api.sock")
            config = {"files": files} | config
            self._exits.push_async_callback(api.aclose)
        await self.start_application()
        self._exits.push_async_callback(self.stop_application)
        self.nginx = Nginx(self.run_dir, GatewayConfig(base=self.base, **config))  # type: ignore[arg-type]
        if self.nginx.config.tls:
            self.certificates.install(self.run_dir)
        await self.nginx.start()
        self._exits.push_async_callback(self.nginx.stop)

    async def start_application(self) -> None:
        """Serve the gateway's application on its socket."""
        app = create_gateway_app(self.lab or self.core.as_core())
        self.upstreams: Upstreams = app.state.keeper.upstreams
        self._gateway = await _serve(app, self.run_dir / "gateway.sock")
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(self.run_dir / "sockets.sock"))
        listener.listen(2048)
        self.sockets = OpenSockets(app.state.keeper.holds)
        await self.sockets.listen(listener)
        self._gateway.push_async_callback(self.sockets.close)

    async def stop_application(self) -> None:
        """Take the application away, as a lab does that was killed."""
        if self._gateway is not None:
            await self._gateway.aclose()
            (self.run_dir / "gateway.sock").unlink(missing_ok=True)
            (self.run_dir / "sockets.sock").unlink(missing_ok=True)

    def on_close(self, action: Callable[[], None]) -> None:
        """Have `action` called when the room goes."""
        self._exits.callback(action)

    async def close(self) -> None:
        """Take everything down."""
        await self._exits.aclose()

    @property
    def origin(self) -> str:
        """The lab's own origin, as a browser sees it."""
        scheme = "https" if self.nginx.config.tls else "http"
        return f"{scheme}://localhost:{self.nginx.port}"

    @property
    def trust(self) -> ssl.SSLContext:
        """What trusts the lab's own certificate and no other."""
        return ssl.create_default_context(cafile=self.run_dir / "tls" / "cert.pem")

    @property
    def url(self) -> str:
        """The lab's address; clients take their paths from there on."""
        return f"{self.origin}{self.base}"

    def client(self, token: str | None = None, **headers: str) -> httpx.AsyncClient:
        """Return a client; `token` goes into Authorization. Redirects are not followed."""
        if token:
            headers["Authorization"] = f"Bearer {token}"
        return httpx.AsyncClient(
            base_url=self.url, headers=headers, trust_env=False, timeout=30, verify=_PLAIN
        )

    def browser(self, session: str | None = SESSION, **headers: str) -> httpx.AsyncClient:
        """Return a client that looks like a browser, signed in as Ann."""
        given = {"Accept": "text/html,*/*", "Cookie": f"lab_session={session}"} | headers
        return self.client(None, **({k: v for k, v in given.items() if session or k != "Cookie"}))

    async def raw(self, request: str | bytes, patience_s: float = 10.0) -> bytes:
        """Send bytes as they are and return all that comes back until the connection ends."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.nginx.port)
        try:
            writer.write(request if isinstance(request, bytes) else request.encode("latin-1"))
            async with asyncio.timeout(patience_s):
                return await reader.read()
        finally:
            writer.close()

    async def get_raw(self, target: str, token: str = ANN, *lines: str) -> bytes:
        """Send a GET with exactly this target and these further header lines."""
        head = [f"GET {target} HTTP/1.1", "Host: localhost", "Connection: close", *lines]
        return await self.raw("\r\n".join([*head, f"Authorization: Bearer {token}", "", ""]))

    async def service(
        self, name: str = "svc", *, project: str = "alpha", ports: tuple[int, ...] = (8080,)
    ) -> Upstream:
        """Give Ann a running service with one upstream behind all its ports."""
        upstream = await self.upstream()
        reach = Reach(RUNNING, "ann", Endpoint(upstream.address), "/projects/…")
        for port in (None, *ports):
            self.core.services[(project, name, port)] = reach
        return upstream

    async def workspace(self, user: str = "ann") -> Upstream:
        """Give a user a running workspace whose server wants a secret, on a Unix socket."""
        upstream = await self.upstream(self.run_dir / f"{user}.sock")
        endpoint = Endpoint(upstream.address, {"Authorization": "token jupyter-secret"})
        self.core.workspaces[user] = Reach(RUNNING, user, endpoint)
        return upstream

    async def upstream(self, socket_path: Path | None = None) -> Upstream:
        """Return an upstream that listens and is closed with the room."""
        upstream = Upstream()
        await upstream.listen(socket_path)
        self._exits.push_async_callback(upstream.close)
        return upstream


@contextlib.asynccontextmanager
async def open_room(
    lab: LabCore | None = None, base: str = "", **config: object
) -> AsyncIterator[Room]:
    """Give a room in a short folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        room = Room(Path(folder), lab, base)
        try:
            await room.start(**config)
            yield room
        finally:
            await room.close()


async def until_async(condition: Callable[[], Awaitable[bool]], patience_s: float = 10.0) -> None:
    """Wait until `condition`, which looks from outside, holds."""
    async with asyncio.timeout(patience_s):
        while not await condition():  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.05)
