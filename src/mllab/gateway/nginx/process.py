"""Runs nginx as the lab's child: start, watch, reload, stop.

It is in a session of its own, so that Ctrl-C reaches the lab alone, and it outlives a lab
that is killed: people's WebSockets and running transfers go on, and the next lab takes
over from it. Knows processes; what is in the configuration is `config.py`'s.
"""

from __future__ import annotations

import asyncio
import contextlib
import grp
import logging
import os
import pwd
import resource
import signal
import socket
from pathlib import Path

from mllab.errors import BackendFailed, Conflict, Unavailable
from mllab.gateway.nginx import listening, strays
from mllab.gateway.nginx.binary import check_modules, find_nginx
from mllab.gateway.nginx.config import GatewayConfig, Machine, render
from mllab.gateway.nginx.served import copy_files

log = logging.getLogger("mllab.gateway")

CONFIG_FILE = "nginx.conf"
LOG_FILE = "nginx.log"
ACTIVITY_FILE = "activity.log"
"""What nginx notes of each request to a workload (`gateway/activity.py`)."""
INNER_FILE = "inner-port"

_ANSWER_S = 10.0
_POLL_S = 0.02
LARGEST_LOG = 10 * 1024 * 1024
_LOOK_AFTER_S = 60.0
_BACK_OFF_S = (0.0, 0.1, 0.5, 1.0, 2.0, 5.0)


class Nginx:
    """One nginx on one run folder."""

    def __init__(self, run_dir: Path, config: GatewayConfig) -> None:
        self.run_dir = run_dir
        self.config = config
        self._port = config.port
        self._sockets: list[socket.socket] = []
        self._inner: list[socket.socket] = []
        self._inner_port = config.port
        self._reloading = asyncio.Lock()
        self._process: asyncio.subprocess.Process | None = None
        self._closing = False

    @property
    def port(self) -> int:
        """The port on which it listens, once started."""
        return self._port

    @property
    def inner_url(self) -> str:
        """Where workloads reach the lab by plain HTTP, once started."""
        return f"http://{self.config.door_host}:{self._inner_port}"

    def alive(self) -> bool:
        """Tell whether nginx runs now."""
        return self._process is not None and self._process.returncode is None

    async def start(self) -> None:
        """Take over from an earlier nginx of this folder, start, wait until it answers.

        Raises:
            Conflict: the port is taken.
            InvalidInput: the binary or the address cannot be used.
            BackendFailed: nginx refuses the configuration or ends at once.
        """
        self._binary = find_nginx(self.config.binary)
        await check_modules(self._binary)
        self.run_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        (self.run_dir / "tmp").mkdir(exist_ok=True, mode=0o700)
        await strays.send_away(self.run_dir)
        self._sockets = listening.listen_on(self.config.host, self.config.port)
        self._port = int(self._sockets[0].getsockname()[1])
        try:
            if self.config.has_inner:
                note = self.run_dir / INNER_FILE
                self._inner = listening.listen_as_before(note, self.config.door)
            self._inner_port = int((self._inner or self._sockets)[0].getsockname()[1])
            copy_files(self.run_dir, self.config.files, self.config.base)
            await self._write_config()
            await self._launch()
        except BaseException:
            await self.stop()
            raise

    async def watch(self) -> None:
        """Start nginx again whenever it dies, until `stop`."""
        failures = 0
        while (process := self._process) is not None and not self._closing:
            while process.returncode is None:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(_LOOK_AFTER_S):
                        await process.wait()
                self.rotate_log()
            if self._closing:
                return
            log.error("nginx ended with %s; starting it again", process.returncode)
            await asyncio.sleep(_BACK_OFF_S[min(failures, len(_BACK_OFF_S) - 1)])
            failures = 0 if await self._revive() else failures + 1

    async def _revive(self) -> bool:
        try:
            await strays.send_away(self.run_dir)
            await self._launch()
        except (BackendFailed, Unavailable) as exc:
            log.error("nginx does not start: %s", exc.message)
            return False
        return True

    async def reload(self, config: GatewayConfig | None = None) -> None:
        """Go over to `config` without losing a connection; host and port stay.

        None takes the present one again, with what stands in the files that it names.

        Raises:
            Conflict: nginx does not run.
            BackendFailed: nginx refuses the configuration; the one before stays in force.
        """
        if self._process is None or not self.alive():
            raise Conflict("nginx does not run, so it cannot be reloaded.")
        async with self._reloading:
            self.config = config or self.config
            await self._reload(self._process)

    async def _reload(self, process: asyncio.subprocess.Process) -> None:
        await self._write_config()
        before = {p.pid for p in strays.find(self.run_dir)}
        process.send_signal(signal.SIGHUP)
        deadline = asyncio.get_running_loop().time() + _ANSWER_S
        while not {p.pid for p in strays.find(self.run_dir)} - before:
            if asyncio.get_running_loop().time() > deadline:
                raise BackendFailed(
                    f"nginx did not take its new configuration. {self._complaint()}"
                )
            await asyncio.sleep(_POLL_S)

    async def stop(self) -> None:
        """End nginx and every worker of it, open connections included. Repeatable."""
        self._closing = True
        for sock in self._sockets + self._inner:
            sock.close()
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(signal.SIGTERM)
        await strays.end(self.run_dir)
        if self._process is not None:
            await self._process.wait()

    async def _write_config(self) -> None:
        target = self.run_dir / CONFIG_FILE
        draft = target.with_suffix(".new")
        draft.write_text(render(self.config, self._machine()))
        process = await asyncio.create_subprocess_exec(
            *self._command(draft.name),
            "-t",
            "-q",
            cwd=self.run_dir,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        _, complaint = await process.communicate()
        if process.returncode:
            text = complaint.decode(errors="replace").strip()
            raise BackendFailed(f"nginx refuses the configuration {draft}: {text}")
        draft.replace(target)

    def _machine(self) -> Machine:
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        limit = 65_536 if hard == resource.RLIM_INFINITY else hard
        return Machine(
            listen=listening.names(self._sockets),
            inner=listening.names(self._inner),
            user=_root() if os.geteuid() == 0 else None,
            connections=max(64, min(8192, (limit - 64) // 2)),
        )

    def _command(self, config: str) -> list[str]:
        return [str(self._binary), "-p", "./", "-c", config, "-e", LOG_FILE]

    async def _launch(self) -> None:
        self.rotate_log()
        handed = [sock.fileno() for sock in self._sockets + self._inner]
        self._process = await asyncio.create_subprocess_exec(
            *self._command(CONFIG_FILE),
            cwd=self.run_dir,
            # nginx takes over listening sockets that stand in this variable, as it does
            # from its own predecessor when its binary is replaced.
            env={"NGINX": "".join(f"{number};" for number in handed), "PATH": os.defpath},
            pass_fds=handed,
            start_new_session=True,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        await self._answers(self._process)

    async def _answers(self, process: asyncio.subprocess.Process) -> None:
        """Return when nginx answers a request: the socket alone accepts before it does."""
        ended = asyncio.create_task(process.wait())
        asked = asyncio.create_task(self._ask())
        try:
            await asyncio.wait(
                [ended, asked], timeout=_ANSWER_S, return_when=asyncio.FIRST_COMPLETED
            )
            if asked.done() and not asked.cancelled() and asked.exception() is None:
                return
            raise BackendFailed(f"nginx did not start. {self._complaint()}")
        finally:
            ended.cancel()
            asked.cancel()

    async def _ask(self) -> None:
        address = (self._inner or self._sockets)[0].getsockname()
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(address[0], address[0])  # noqa: S104
        reader, writer = await asyncio.open_connection(host, address[1])
        try:
            writer.write(b"GET /_up HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            await reader.readexactly(len(b"HTTP/1.1"))
        finally:
            writer.close()

    def _complaint(self) -> str:
        log_file = self.run_dir / LOG_FILE
        try:
            last = log_file.read_text(errors="replace").splitlines()[-3:]
        except FileNotFoundError:
            last = []
        return f"Its log {log_file} ends: {' / '.join(last) or '(nothing)'}"

    def rotate_log(self) -> None:
        """Put a log that grew large aside; nginx goes on in a new one."""
        current = self.run_dir / LOG_FILE
        if current.exists() and current.stat().st_size > LARGEST_LOG:
            current.replace(current.with_suffix(".log.1"))
            self.reopen_logs()

    def reopen_logs(self) -> None:
        """Have nginx write what it holds back, and go on in new files where some were moved."""
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(signal.SIGUSR1)


def _root() -> str:
    return f"{pwd.getpwuid(0).pw_name} {grp.getgrgid(0).gr_name}"
