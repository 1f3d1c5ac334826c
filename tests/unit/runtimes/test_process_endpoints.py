"""Where ports are reached: only through listeners that belong to the workload."""

from __future__ import annotations

import os
import signal
import socket

import httpx
import pytest
from process_machine import Machine

from mllab.runtimes.base import Endpoint, Handle

SERVER = "exec python -m http.server --bind 127.0.0.1"


async def endpoint(machine: Machine, handle: Handle, port: int) -> Endpoint:
    found: list[Endpoint] = []

    async def there() -> bool:
        look = await machine.runtime.endpoint(handle, port)
        found.extend([look] if look else [])
        return bool(look)

    await machine.until(there)
    return found[0]


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


async def test_a_service_gets_a_port_of_its_own(machine: Machine) -> None:
    handle = await machine.start(f"echo hello > hi.txt; {SERVER} $PORT", ports=[8000])
    address = (await endpoint(machine, handle, 8000)).address
    async with httpx.AsyncClient(trust_env=False) as client:
        assert (await client.get(f"http://{address}/hi.txt")).text == "hello\n"
    assert not address.endswith(":8000")


async def test_each_declared_port_has_its_variable(machine: Machine) -> None:
    _, output = await machine.run("echo $PORT $PORT_8000 $PORT_9000", ports=[8000, 9000])
    first, same, second = output.split()
    assert first == same != second


async def test_two_services_may_declare_the_same_port(machine: Machine) -> None:
    handles = [await machine.start(f"{SERVER} $PORT", ports=[8000]) for _ in range(2)]
    found = {(await endpoint(machine, handle, 8000)).address for handle in handles}
    assert len(found) == 2


async def test_a_program_that_ignores_its_port_is_found_on_the_declared_one(
    machine: Machine,
) -> None:
    port = free_port()
    handle = await machine.start(f"{SERVER} {port}", ports=[port])
    assert (await endpoint(machine, handle, port)).address == f"127.0.0.1:{port}"


async def test_somebody_elses_listener_is_no_endpoint(machine: Machine) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        handle = await machine.start("echo up; sleep 600", ports=[port])
        await machine.says(handle, "up")
        assert await machine.runtime.endpoint(handle, port) is None


async def test_a_port_in_use_is_a_clear_failure(machine: Machine) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        end, output = await machine.run(f"{SERVER} {port}", ports=[port])
    assert end.exit_code == 1
    assert "a port is in use" in end.reason
    assert "Address already in use" in output


async def test_the_port_is_kept_free_until_the_program_listens(machine: Machine) -> None:
    handle = await machine.start("echo $PORT; sleep 600", ports=[8000])
    await machine.says(handle, "\n")
    port = int(await machine.output(handle))
    with socket.socket() as other, pytest.raises(OSError, match="in use"):
        other.bind(("127.0.0.1", port))


async def test_an_endpoint_goes_with_its_listener(machine: Machine) -> None:
    handle = await machine.start(f"{SERVER[5:]} $PORT & echo $!; sleep 600", ports=[8000])
    await endpoint(machine, handle, 8000)
    os.kill(int((await machine.output(handle)).split()[0]), signal.SIGKILL)

    async def away() -> bool:
        return await machine.runtime.endpoint(handle, 8000) is None

    await machine.until(away)
