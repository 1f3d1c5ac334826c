"""What nginx keeps: never another's answer, never longer than two seconds, never too much."""

from __future__ import annotations

import asyncio
import itertools
import struct
from dataclasses import replace

from gateway_room import ANN, Room, until_async

from mllab.gateway.nginx import process
from mllab.runtimes.base import Endpoint


async def test_two_keys_of_one_slot_never_get_each_others_answer(room: Room) -> None:
    first, second = _colliding_services()
    upstreams = {name: await room.service(name) for name in (first, second)}
    for name, upstream in upstreams.items():
        upstream.answer = f"HTTP/1.1 200 OK\r\nContent-Length: {len(name)}\r\n\r\n{name}".encode()
    async with room.client(ANN) as ann:
        for _ in range(10):
            for name in (first, second):
                assert (await ann.get(f"/projects/alpha/services/{name}/")).text == name
    assert room.core.looks == 20, "they did share a slot"


async def test_many_at_once_are_answered_right(room: Room) -> None:
    names = [f"svc-{n}" for n in range(8)]
    for name in names:
        upstream = await room.service(name)
        upstream.answer = f"HTTP/1.1 200 OK\r\nContent-Length: {len(name)}\r\n\r\n{name}".encode()
    async with room.client(ANN) as ann:

        async def ask(name: str) -> None:
            assert (await ann.get(f"/projects/alpha/services/{name}/")).text == name

        for _ in range(5):
            await asyncio.gather(*(ask(name) for name in names * 5))


async def test_a_workload_that_moved_is_tried_again_and_found(room: Room) -> None:
    upstream = await room.service()
    async with room.browser() as ann:
        assert (await ann.get("/projects/alpha/services/svc/")).status_code == 200
        moved = await room.upstream()
        await upstream.close()
        reach = room.core.services[("alpha", "svc", None)]
        room.core.services[("alpha", "svc", None)] = replace(
            reach, endpoint=Endpoint(moved.address)
        )
        stale = await ann.get("/projects/alpha/services/svc/")
        assert (stale.status_code, stale.headers["Retry-After"]) == (503, "2")
        assert "refresh" in stale.text

        async def found() -> bool:
            return (await ann.get("/projects/alpha/services/svc/")).status_code == 200

        await until_async(found, patience_s=5)


async def test_a_refusal_is_not_kept(room: Room) -> None:
    async with room.client(ANN) as ann:
        assert (await ann.get("/projects/alpha/services/svc/")).status_code == 404
        await room.service()
        assert (await ann.get("/projects/alpha/services/svc/")).status_code == 200


async def test_the_log_is_bounded(room: Room) -> None:
    log = room.run_dir / process.LOG_FILE
    with log.open("ab") as file:
        file.truncate(process.LARGEST_LOG + 1)
    room.nginx.rotate_log()
    upstream = await room.service()
    await upstream.close()

    async def written() -> bool:
        async with room.client(ANN) as ann:
            await ann.get("/projects/alpha/services/svc/")
        return log.exists() and 0 < log.stat().st_size < process.LARGEST_LOG

    await until_async(written)


def _colliding_services() -> tuple[str, str]:
    seen: dict[tuple[int, int], str] = {}
    for number in itertools.count():
        name = f"svc-{number}"
        key = f"a:{ANN}|s/alpha/{name}"
        slot = (_bucket(f"1{key}"), _bucket(f"2{key}"))
        if slot in seen:
            return seen[slot], name
        seen[slot] = name
    raise AssertionError


def _bucket(text: str) -> int:
    """`split_clients` with 199 parts of 0.5 % and a rest."""
    return min(199, _murmur(text.encode()) // (0xFFFFFFFF * 50 // 10_000))


def _murmur(data: bytes) -> int:
    """MurmurHash2 as nginx has it, seed 0."""
    mask, m, h = 0xFFFFFFFF, 0x5BD1E995, len(data)
    whole = len(data) // 4 * 4
    for (k,) in struct.iter_unpack("<I", data[:whole]):
        k = k * m & mask
        k = (k ^ (k >> 24)) * m & mask
        h = (h * m & mask) ^ k
    rest = data[whole:]
    if rest:
        h = (h ^ int.from_bytes(rest, "little")) * m & mask
    h = (h ^ (h >> 13)) * m & mask
    return h ^ (h >> 15)
