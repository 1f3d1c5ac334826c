"""Composition root: the only module that names concrete back-ends.

Takes settings, builds stores, runtime, core, control, the two backend applications and
nginx, and runs them in one process until told to stop. One lab at a time works on a data
folder: a lock on it is held as long as the process lives.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import logging
import os
import socket
from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from mllab.api.app import create_app
from mllab.config import Settings
from mllab.control.loop import Control
from mllab.core.context import Context
from mllab.core.dialling import short_name
from mllab.core.lab import LabCore
from mllab.core.schema import COLLECTIONS
from mllab.errors import Conflict, InvalidInput, LabError, Unavailable
from mllab.gateway import activity, open_streams
from mllab.gateway.app import create_gateway_app
from mllab.gateway.nginx import strays
from mllab.gateway.nginx.certificates import Certificates, fingerprint
from mllab.gateway.nginx.certificates import follow as follow_certificates
from mllab.gateway.nginx.config import GatewayConfig
from mllab.gateway.nginx.process import Nginx
from mllab.gateway.nginx.upstreams import follow
from mllab.gateway.sockets import OpenSockets
from mllab.runtimes.base import Runtime
from mllab.runtimes.process.runtime import ProcessRuntime
from mllab.stores.documents.base import DocumentStore
from mllab.stores.documents.sqlite import SqliteDocuments
from mllab.stores.files import Files

log = logging.getLogger("mllab.server")

LOCK_FILE = "lab.lock"


def open_documents(settings: Settings) -> DocumentStore:
    """Return the document store that the settings name, not opened yet."""
    url = settings.metadata or f"sqlite:///{settings.data_dir / 'metadata.sqlite'}"
    if url.startswith("sqlite:///"):
        return SqliteDocuments(Path(url.removeprefix("sqlite:///")), COLLECTIONS)
    raise InvalidInput("LAB_METADATA: this version knows sqlite:///path and nothing else.")


def open_files(settings: Settings) -> Files:
    """Return the file store that the settings name."""
    if settings.files:
        if not settings.files.startswith("file:///"):
            raise InvalidInput("LAB_FILES: this version knows file:///folder and nothing else.")
        return Files(settings.files)
    folder = settings.data_dir / "files"
    folder.mkdir(parents=True, exist_ok=True)
    return Files(folder.as_uri())


def open_runtime(settings: Settings) -> Runtime:
    """Return the runtime that the settings name."""
    if settings.runtime == "docker":
        return _docker(settings)
    return ProcessRuntime(
        settings.workloads_dir,
        settings.environments,
        settings.namespace,
        sockets=settings.run_dir / "w",
    )


def _docker(settings: Settings) -> Runtime:
    # Here, as its client costs a process runtime's lab 0.1 s and 10 MB.
    from mllab.runtimes.docker.runtime import DockerRuntime
    from mllab.runtimes.docker.starting import DockerOptions

    allowed = settings.image_patterns
    own = [settings.workspace_image, settings.model_image]
    return DockerRuntime(
        DockerOptions(
            address=settings.docker_host,
            namespace=settings.namespace,
            workspace_image=settings.workspace_image,
            model_image=settings.model_image,
            wheels=settings.environments / "wheels",
            pool=settings.network_pool,
            prefix=settings.network_prefix,
            container=settings.container,
            allowed_images=[*allowed, *own] if allowed else [],
            pull_policy=settings.pull_policy,
            ca_file=settings.ca_file,
            sign_ins=settings.registry_auth_file,
            marks=settings.data_dir / "marks",
        )
    )


def lock_data_folder(folder: Path) -> int:
    """Take the folder's lock and return the open descriptor that holds it.

    Raises:
        Conflict: another lab works on the folder; the message names its process.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = os.open(folder / LOCK_FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as exc:
        pid = os.pread(lock, 32, 0).decode(errors="replace").strip()
        os.close(lock)
        raise Conflict(
            f"Another lab (process {pid}) works on {folder}. "
            "Stop it with `mllab down`, or choose another --data-dir."
        ) from exc
    os.ftruncate(lock, 0)
    os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)
    return lock


def running_lab(folder: Path) -> int | None:
    """Return the process id of the lab that works on the folder, None if there is none."""
    try:
        lock = os.open(folder / LOCK_FILE, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return int(os.pread(lock, 32, 0) or b"0")
    finally:
        os.close(lock)
    return None


class _Backend(uvicorn.Server):
    """A uvicorn server on a Unix socket that leaves signals to the lab."""

    def __init__(self, app: ASGIApp, listener: socket.socket) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                lifespan="off",
                log_config=None,
                access_log=False,
                proxy_headers=False,
                server_header=False,
                timeout_graceful_shutdown=2,
            )
        )
        self._listener = listener

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def run_until_told(self) -> None:
        await self.serve(sockets=[self._listener])


def _listen(folder: Path, name: str) -> socket.socket:
    """Bind a Unix socket below `folder`, however long its path is (the limit is 107 bytes)."""
    (folder / name).unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX)
    with short_name(folder / name) as path:
        listener.bind(path)
    (folder / name).chmod(0o600)
    listener.listen(2048)
    return listener


class Lab:
    """One lab on one data folder: `start`, then `wait`, then `stop`."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.setup_url: str | None = None
        self.fingerprint: str | None = None
        self._exits = contextlib.AsyncExitStack()
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def url(self) -> str:
        """Address that people use."""
        public = self.settings.public_url
        if public:
            return str(public).rstrip("/")
        scheme = "https" if self._nginx.config.tls else "http"
        return f"{scheme}://localhost:{self._nginx.port}{self.settings.base_url}"

    async def start(self) -> None:
        """Bring everything up; on a failure everything that was up goes down again."""
        try:
            await self._start()
        except BaseException:
            await self._exits.aclose()
            raise

    async def _start(self) -> None:
        settings = self.settings
        await self._open()
        await self._admin()
        files = self.core.context.files.folder
        base = settings.base_url
        api = create_app(self.core, base_url=base, nginx_sends_files=files is not None)
        self._serve("api.sock", api)
        gateway = create_gateway_app(self.core)
        self._serve("gateway.sock", gateway)
        sockets = OpenSockets(gateway.state.keeper.holds)
        await sockets.listen(_listen(settings.run_dir, "sockets.sock"))
        self._exits.push_async_callback(sockets.close)
        self._exits.callback(self._spawn(sockets.watch()).cancel)
        door = await self.core.workloads.runtime.door()
        config = GatewayConfig.from_settings(settings, files).with_door(door.listen, door.host)
        self._nginx = Nginx(settings.run_dir, config)
        if config.tls:
            self._certify(Certificates.from_settings(settings, config))
        await self._nginx.start()
        self._exits.push_async_callback(self._nginx.stop)
        # Else the API waits for open pages and for who waits for a job.
        self._exits.callback(self.core.events.close)
        self._exits.callback(self.core.workloads.close)
        self._spawn(self._nginx.watch())
        following = asyncio.create_task(follow(self._nginx, gateway.state.keeper.upstreams))
        self._exits.callback(following.cancel)
        looking = self._spawn(open_streams.follow(settings.run_dir, self.core))
        self._exits.callback(looking.cancel)
        counting = self._spawn(activity.follow(self._nginx, self.core))
        self._exits.push_async_callback(self._keep_activity, counting)
        self.core.checks["gateway"] = self._check_gateway
        self.core.workloads.endpoint_url = f"{self._nginx.inner_url}{base}"
        self._spawn(self.control.run())
        if settings.prewarm:
            self._prewarming = asyncio.create_task(self._prewarm())
            self._exits.callback(self._prewarming.cancel)
        if self._setup_secret:
            self.setup_url = f"{self.url}/setup?lab_token={self._setup_secret}"

    def _certify(self, certificates: Certificates) -> None:
        """Give nginx its certificate, and each one that takes its place."""
        certificates.install(self.settings.run_dir)
        if certificates.given is None:
            self.fingerprint = fingerprint(self.settings.run_dir)
        following = asyncio.create_task(follow_certificates(self._nginx, certificates))
        self._exits.callback(following.cancel)

    async def _open(self) -> None:
        self._exits.callback(os.close, lock_data_folder(self.settings.data_dir))
        self.settings.run_dir.mkdir(exist_ok=True, mode=0o700)
        self.core = await self._open_core()
        self.control = Control(self.core, takeover=True)
        self._exits.push_async_callback(self.control.close)

    async def clear_away(self) -> None:
        """End what a lab that is not running any more left behind; instead of `start`."""
        async with self._exits:
            await self._open()
            await self.control.stop_all()
            await strays.end(self.settings.run_dir)

    async def _open_core(self) -> LabCore:
        documents = open_documents(self.settings)
        await documents.open()
        self._exits.push_async_callback(documents.close)
        runtime = open_runtime(self.settings)
        self._exits.push_async_callback(runtime.close)
        await runtime.check()
        return LabCore(Context(self.settings, documents, open_files(self.settings)), runtime)

    async def _admin(self) -> None:
        if self.settings.admin_password:
            await self.core.users.ensure_admin(self.settings.admin_password)
        offered = await self.core.identity.offer_setup()
        self._setup_secret = offered.secret if offered else None

    def _serve(self, name: str, app: ASGIApp) -> None:
        backend = _Backend(app, _listen(self.settings.run_dir, name))
        task = self._spawn(backend.run_until_told())

        async def end() -> None:
            backend.should_exit = True
            await task

        self._exits.push_async_callback(end)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.append(task)
        return task

    async def _prewarm(self) -> None:
        """Build what the first workspace needs, so that its first visitor need not wait."""
        runtime = self.core.workloads.runtime
        if isinstance(runtime, ProcessRuntime):
            with contextlib.suppress(LabError):  # the first start will say what is wrong
                await runtime.prewarm()

    async def _keep_activity(self, counting: asyncio.Task[None]) -> None:
        counting.cancel()
        await asyncio.wait([counting])
        with contextlib.suppress(LabError):
            await self.core.activity.keep(at_once=True)

    async def _check_gateway(self) -> None:
        if not self._nginx.alive():
            raise Unavailable("nginx is not running; it is being restarted.")

    async def wait(self, told: asyncio.Event) -> None:
        """Return when `told` is set; raise when a part of the lab failed."""
        waiting = asyncio.create_task(told.wait())
        done, _ = await asyncio.wait([waiting, *self._tasks], return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        for task in done - {waiting}:
            task.result()
            raise Unavailable(f"A part of the lab ended by itself: {task.get_coro()}.")

    async def stop(self, *, workloads: bool) -> None:
        """Bring everything down; `workloads` ends what the runtime runs as well."""
        try:
            if workloads:
                await self.control.stop_all()
        finally:
            await self._exits.aclose()
