"""nginx as a child: it starts, comes back, outlives a lab that was killed, and goes."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import psutil
import pytest
from gateway_room import Room, until, until_async
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve

from mllab.core.workloads import Reach
from mllab.errors import BackendFailed, Conflict, InvalidInput
from mllab.gateway.nginx import strays
from mllab.gateway.nginx.config import GatewayConfig
from mllab.gateway.nginx.process import Nginx
from mllab.model.workloads import Status
from mllab.runtimes.base import Endpoint

LAB = """
import asyncio, sys
from pathlib import Path
from mllab.gateway.nginx.config import GatewayConfig
from mllab.gateway.nginx.process import Nginx

async def main():
    nginx = Nginx(Path(sys.argv[1]), GatewayConfig(port=int(sys.argv[2])))
    await nginx.start()
    print(nginx.port, flush=True)
    await nginx.watch()

asyncio.run(main())
"""


@pytest.fixture
async def nginx(tmp_path: Path) -> AsyncIterator[Nginx]:
    found = Nginx(tmp_path / "run", GatewayConfig())
    yield found
    await found.stop()


def _workers(run_dir: Path) -> list[psutil.Process]:
    return [p for p in strays.find(run_dir) if "worker" in " ".join(p.cmdline())]


async def _status(port: int) -> int:
    async with httpx.AsyncClient(trust_env=False) as client:
        return (await client.get(f"http://127.0.0.1:{port}/nowhere")).status_code


async def test_it_starts_with_two_workers_and_leaves_nothing(nginx: Nginx) -> None:
    await nginx.start()
    assert await _status(nginx.port) == 404
    assert len(_workers(nginx.run_dir)) == 2
    await nginx.stop()
    assert (strays.find(nginx.run_dir), nginx.alive()) == ([], False)
    with pytest.raises(httpx.ConnectError):
        await _status(nginx.port)


async def test_a_long_folder_and_odd_signs_in_it_do_no_harm(tmp_path: Path) -> None:
    nginx = Nginx(tmp_path / "with $space; and ünïcode" / ("x" * 120) / "run", GatewayConfig())
    try:
        await nginx.start()
        assert await _status(nginx.port) == 404
    finally:
        await nginx.stop()


async def test_it_is_in_a_session_of_its_own(nginx: Nginx) -> None:
    await nginx.start()
    assert {os.getsid(p.pid) for p in strays.find(nginx.run_dir)}.isdisjoint({os.getsid(0)})


async def test_taken_port_is_named_at_once(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        nginx = Nginx(tmp_path / "run", GatewayConfig(port=port))
        with pytest.raises(Conflict, match=f"Port {port} on 127.0.0.1 is taken"):
            await nginx.start()
    assert strays.find(nginx.run_dir) == []


async def test_unknown_address_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="LAB_HOST"):
        await Nginx(tmp_path / "run", GatewayConfig(host="192.0.2.1")).start()


async def test_a_configuration_that_nginx_refuses_is_reported(tmp_path: Path) -> None:
    nginx = Nginx(tmp_path / "run", GatewayConfig(names=("a.example; nonsense",)))
    with pytest.raises(BackendFailed, match="nginx refuses the configuration"):
        await nginx.start()
    assert strays.find(nginx.run_dir) == []


async def test_another_binary_is_checked_for_what_it_lacks(tmp_path: Path) -> None:
    other = tmp_path / "nginx"
    other.write_text("#!/bin/sh\necho nginx version: old\n")
    other.chmod(0o755)
    with pytest.raises(InvalidInput, match="lacks auth_request, keyval, headers-more, njs"):
        await Nginx(tmp_path / "run", GatewayConfig(binary=other)).start()


async def test_killed_master_comes_back_and_nobody_is_refused(nginx: Nginx) -> None:
    await nginx.start()
    watching = asyncio.create_task(nginx.watch())
    master = strays.find(nginx.run_dir)[0]
    master.kill()
    assert await _status(nginx.port) == 404
    await until(lambda: nginx.alive() and bool(_workers(nginx.run_dir)))
    assert await _status(nginx.port) == 404
    assert strays.find(nginx.run_dir)[0].pid != master.pid
    await nginx.stop()
    await watching


async def test_all_killed_comes_back(nginx: Nginx) -> None:
    await nginx.start()
    watching = asyncio.create_task(nginx.watch())
    for process in strays.find(nginx.run_dir):
        process.kill()
    assert await _status(nginx.port) == 404
    await nginx.stop()
    await watching


async def test_next_lab_takes_over_from_one_that_was_killed(nginx: Nginx) -> None:
    lab = await _lab(nginx.run_dir)
    port = await _port(lab)
    old = strays.find(nginx.run_dir)
    lab.kill()
    await lab.wait()
    assert await _status(port) == 404, "nginx lives on without its lab"
    nginx.config = GatewayConfig(port=port)
    await nginx.start()
    assert await _status(port) == 404
    await until(lambda: not any(process.is_running() for process in old))
    assert nginx.port == port


async def test_next_lab_takes_over_from_workers_without_a_master(nginx: Nginx) -> None:
    lab = await _lab(nginx.run_dir)
    port = await _port(lab)
    lab.kill()
    await lab.wait()
    strays.find(nginx.run_dir)[0].kill()
    assert await _status(port) == 404, "workers live on without their master"
    nginx.config = GatewayConfig(port=port)
    await nginx.start()
    assert await _status(port) == 404


async def test_reload_takes_a_new_configuration_and_keeps_websockets(room: Room) -> None:
    async def echo(connection: ServerConnection) -> None:
        async for message in connection:
            await connection.send(message)

    server = await serve(echo, "127.0.0.1", 0)
    room.on_close(server.close)
    address = next(iter(server.sockets)).getsockname()
    endpoint = Endpoint(f"127.0.0.1:{address[1]}")
    room.core.services[("alpha", "svc", None)] = Reach(Status(), "ann", endpoint, "/x")
    url = f"ws://localhost:{room.nginx.port}/projects/alpha/services/svc/"
    async with connect(
        url, additional_headers={"Authorization": "Bearer lab_ann"}, proxy=None
    ) as socket_:
        await room.nginx.reload(GatewayConfig(names=("lab.example",)))
        async with room.client(Host="lab.example") as other:

            async def known() -> bool:
                return (await other.get("/")).status_code == 302

            await until_async(known)
        await socket_.send("still here")
        assert await socket_.recv() == "still here"


async def test_bad_reload_leaves_the_old_configuration(nginx: Nginx) -> None:
    await nginx.start()
    with pytest.raises(BackendFailed, match="refuses"):
        await nginx.reload(GatewayConfig(names=("nonsense;;{",)))
    assert await _status(nginx.port) == 404


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_it_runs_as_a_plain_user() -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o777)
        child = multiprocessing.get_context("fork").Process(target=_as_nobody, args=(folder,))
        child.start()
        child.join(30)
    assert child.exitcode == 0


def _as_nobody(folder: str) -> None:
    os.setgid(65_534)
    os.setuid(65_534)

    async def check() -> None:
        nginx = Nginx(Path(folder) / "run", GatewayConfig())
        await nginx.start()
        assert await _status(nginx.port) == 404
        await nginx.stop()

    asyncio.run(check())


async def _lab(run_dir: Path) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-c", LAB, str(run_dir), "0", stdout=subprocess.PIPE
    )


async def _port(lab: asyncio.subprocess.Process) -> int:
    assert lab.stdout is not None
    return int(await asyncio.wait_for(lab.stdout.readline(), 20))
