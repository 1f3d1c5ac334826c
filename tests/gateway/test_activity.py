"""What nginx notes of requests to workloads, and what the lab makes of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from app_hosts import Browser, place
from gateway_room import Room, Upstream, open_room, until, until_async
from people import People
from prometheus_client.parser import text_string_to_metric_families

from mllab.core.activity import Meter
from mllab.core.lab import LabCore
from mllab.gateway import activity, metrics, open_streams
from mllab.gateway.activity import Notes, Subjects, count
from mllab.gateway.nginx.process import ACTIVITY_FILE
from mllab.model.accounts import SYSTEM
from mllab.model.work import NewService, ServiceSpec
from mllab.model.workloads import Workload, WorkloadState
from mllab.runtimes.base import Endpoint

WEB = "/projects/alpha/services/web/"
LINE = b"2026-01-02T03:04:05+00:00|s/alpha/web|200|120|340|0.012"


@pytest.fixture
async def web(core: LabCore, people: People) -> LabCore:
    """A core with Alice's service `web` and her workspace in it."""
    new = NewService(name="web", spec=ServiceSpec(command="serve", ports=[8080, 9090]))
    await core.services.create(people["alice"], "alpha", new)
    await core.workspaces.start(people["alice"], "alice")
    return core


@pytest.fixture
async def room(web: LabCore) -> AsyncIterator[Room]:
    core = web
    async with open_room(core, apps_domain="localhost") as opened:
        counting = asyncio.create_task(activity.follow(opened.nginx, core, rest_s=0.05))
        yield opened
        counting.cancel()
        with suppress(asyncio.CancelledError):
            await counting


@pytest.fixture
async def upstream(room: Room) -> Upstream:
    found = await room.upstream()
    place(room, found)
    return found


def meter(core: LabCore, name: str = "web") -> Meter | None:
    return next((m for m in core.activity.meters() if m.subject.name == name), None)


async def counted(core: LabCore, requests: int, name: str = "web") -> Meter:
    """Return the counts once there are `requests`."""

    def there() -> bool:
        found = meter(core, name)
        return found is not None and found.since_start.requests >= requests

    await until(there)
    found = meter(core, name)
    assert found is not None
    assert found.since_start.requests == requests
    return found


async def test_requests_of_all_kinds_of_addresses_count(
    room: Room, upstream: Upstream, core: LabCore, people: People
) -> None:
    async with room.client(people.tokens["bob"]) as bob:
        assert (await bob.get(f"{WEB}a?secret=1")).status_code == 200
        assert (await bob.post(f"{WEB}9090/b", content=b"x" * 1000)).status_code == 200
        upstream.answer = b"HTTP/1.1 500 Oh\r\nContent-Length: 2\r\n\r\nno"
        assert (await bob.get(WEB)).status_code == 500
    browser = Browser(room)
    await browser.sign_in("alice")
    await browser.open(WEB)
    assert browser.url.startswith("http://web-")
    await browser.open("/workspaces/alice/lab")
    found = await counted(core, 4)
    assert found.since_start.classes == {"2xx": 2, "5xx": 2}
    assert found.since_start.latencies.total() == 4
    assert 1000 < found.since_start.bytes_in < 5000
    assert (await counted(core, 1, "alice")).subject.project == ""
    noted = (room.run_dir / ACTIVITY_FILE).read_text()
    assert not any(secret in noted for secret in ("secret", "lab_", people.tokens["bob"]))


async def test_who_is_refused_leaves_no_trace(
    room: Room, upstream: Upstream, core: LabCore, people: People
) -> None:
    for token in (people.tokens["charlie"], "lab_none", None):
        async with room.client(token) as stranger:
            assert (await stranger.get(WEB)).status_code in {401, 404}
            assert (await stranger.get("/workspaces/alice/")).status_code in {401, 404}
    async with room.client(people.tokens["bob"]) as bob:
        await bob.get(WEB)
    await counted(core, 1)
    assert meter(core, "alice") is None


async def test_a_service_that_does_not_answer_counts_as_failing(
    room: Room, upstream: Upstream, core: LabCore, people: People
) -> None:
    await upstream.close()
    async with room.client(people.tokens["bob"]) as bob:
        assert (await bob.get(WEB)).status_code == 502
    found = await counted(core, 1)
    assert (found.since_start.errors, found.since_start.latencies.total()) == (1, 0)


async def test_a_lab_that_comes_back_reads_what_it_missed(
    room: Room, upstream: Upstream, core: LabCore, people: People
) -> None:
    async with room.client(people.tokens["bob"]) as bob:
        await bob.get(WEB)
    await counted(core, 1)
    later = LabCore(core.context, core.workloads.runtime)
    counting = asyncio.create_task(activity.follow(room.nginx, later, rest_s=0.05))
    try:
        await until(lambda: meter(later) is not None)
        assert (await later.activity.of_service(SYSTEM, "alpha", "web")).requests == 1
    finally:
        counting.cancel()


async def test_the_file_is_put_aside_without_losing_a_line(
    room: Room,
    upstream: Upstream,
    core: LabCore,
    people: People,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(activity, "LARGEST_BYTES", 200)
    monkeypatch.setattr(activity, "_SETTLED_S", 1.5)
    path = room.run_dir / ACTIVITY_FILE
    first = path.stat().st_ino
    async with room.client(people.tokens["bob"]) as bob:
        asked = 0

        async def rotated() -> bool:
            nonlocal asked
            asked += 1
            assert (await bob.get(WEB)).status_code == 200
            return path.exists() and path.stat().st_ino != first

        await until_async(rotated)
        await bob.get(WEB)
    await counted(core, asked + 1)
    await until(lambda: not path.with_suffix(".log.1").exists())


async def lines_of(path: Path, *, rounds: int = 1) -> list[bytes]:
    """Read a file of notes from the beginning."""
    found: list[bytes] = []

    async def take(lines: list[bytes]) -> None:
        found.extend(lines)

    notes = Notes(path, take)
    for _ in range(rounds):
        await notes.read_on()
        notes.put_aside(lambda: None)
    notes.close()
    return found


async def test_half_a_line_waits_for_the_rest(tmp_path: Path) -> None:
    path, found = tmp_path / "activity.log", []

    async def take(lines: list[bytes]) -> None:
        found.extend(lines)

    notes = Notes(path, take)
    await notes.read_on()
    for piece in (b"one\ntw", b"o\nthree"):
        with path.open("ab") as file:
            file.write(piece)
        await notes.read_on()
    notes.close()
    assert found == [b"one", b"two"]


async def test_a_lab_killed_between_two_files_reads_both(tmp_path: Path) -> None:
    path = tmp_path / "activity.log"
    path.with_suffix(".log.1").write_bytes(b"one\n")
    path.write_bytes(b"two\n")
    assert await lines_of(path, rounds=2) == [b"one", b"two"]
    assert not path.with_suffix(".log.1").exists()


async def test_lines_that_say_nothing_are_passed_over(web: LabCore) -> None:
    junk = [b"", b"junk", b"\x00" * 50, LINE.replace(b"s/alpha/web", b"s/alpha/none"), LINE[:-20]]
    junk += [LINE.replace(b"s/alpha/web", key) for key in (b"h/none", b"slash", b"w/none")]
    await count(web, Subjects(web), [*junk, LINE, LINE.replace(b"0.012", b"-")])
    found = meter(web)
    assert found is not None
    assert found.last_active == 1767323045
    assert web.activity.meters() == [found]


@pytest.mark.parametrize(
    ("sent", "seconds", "bytes_in", "latency_ms"),
    [
        (b"120", b"0.012", 120, 12),
        (b"0, 120", b"-, 1.012", 120, 1012),
        (b"0 : 310", b"- : 0.002", 0, 0),
        (b"-", b"-", 0, 0),
    ],
)
async def test_of_several_tries_the_last_counts(
    web: LabCore, sent: bytes, seconds: bytes, bytes_in: int, latency_ms: int
) -> None:
    line = LINE.replace(b"120", sent).replace(b"0.012", seconds)
    now = datetime.now(UTC).isoformat(timespec="seconds").encode()
    await count(web, Subjects(web), [line.replace(LINE[:25], now)])
    tally = web.activity.meters()[0].since_start
    assert (tally.bytes_in, tally.bytes_out, tally.latency_ms) == (bytes_in, 340, latency_ms)


async def test_what_goes_over_a_websocket_counts(
    room: Room, upstream: Upstream, core: LabCore, people: People
) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 101 Go\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")
        await reader.readexactly(100_000)
        writer.write(b"y" * 5000)
        await writer.drain()

    upstream.handler = talk
    lines = [f"GET {WEB} HTTP/1.1", "Host: localhost", "Upgrade: websocket", "Connection: Upgrade"]
    head = "\r\n".join([*lines, f"Authorization: Bearer {people.tokens['bob']}", "", ""])
    await room.raw(head.encode() + b"x" * 100_000)
    tally = (await counted(core, 1)).since_start
    assert tally.classes == {"1xx": 1}
    assert 100_000 <= tally.bytes_in < 101_000
    assert 5000 <= tally.bytes_out < 6000
    assert tally.latencies.total() == 0


Series = Callable[[str], Awaitable[dict[str, float]]]


@pytest.fixture
def series(room: Room, people: People) -> Series:
    """Ask for `/metrics` and return one family's samples, by their labels."""

    async def ask(name: str) -> dict[str, float]:
        async with room.client(people.tokens["dana"]) as dana:
            answer = await dana.get("/metrics")
        assert answer.status_code == 200
        return {
            ",".join([s.name, *s.labels.values()]): s.value
            for family in text_string_to_metric_families(answer.text)
            for s in family.samples
            if s.name.startswith(name)
        }

    return ask


async def test_prometheus_reads_what_moved(
    room: Room, upstream: Upstream, core: LabCore, people: People, series: Series
) -> None:
    async with room.client(people.tokens["bob"]) as bob:
        for _ in range(3):
            await bob.get(WEB)
    await counted(core, 3)
    assert await series("lab_service_requests") == {"lab_service_requests_total,2xx,alpha,web": 3}
    buckets = await series("lab_service_request_seconds")
    assert buckets["lab_service_request_seconds_bucket,+Inf,alpha,web"] == 3
    assert buckets["lab_service_request_seconds_bucket,30.0,alpha,web"] == 3
    assert (await series("lab_service_sent_bytes"))["lab_service_sent_bytes_total,alpha,web"] > 0
    assert (await series("lab_component_up"))["lab_component_up,metadata"] == 1
    assert sum((await series("lab_workloads")).values()) == 2
    assert "process_resident_memory_bytes" in await series("process_resident")


async def test_nobody_else_finds_the_metrics(room: Room, people: People) -> None:
    for name in ("alice", "bob", "charlie"):
        async with room.client(people.tokens[name]) as client:
            assert (await client.get("/metrics")).status_code == 404
    async with room.client() as nobody:
        answer = await nobody.get("/metrics")
        assert (answer.status_code, answer.json()["error"]) == (404, "not_found")
    browser = Browser(room)
    await browser.sign_in("dana")
    assert (await browser.send("/metrics")).status_code == 404, "a cookie is no admin's token"
    async with room.client(people.tokens["dana"]) as dana:
        assert (await dana.post("/metrics")).status_code == 404


async def test_open_connections_are_counted(room: Room) -> None:
    before = metrics.count_connections(room.run_dir)
    _, writer = await asyncio.open_connection("127.0.0.1", room.nginx.port)
    writer.write(b"GET /")
    await writer.drain()
    await until(lambda: metrics.count_connections(room.run_dir) == before + 1)
    writer.close()


@pytest.mark.parametrize("over", ["tcp", "unix"])
async def test_what_is_open_is_use(room: Room, core: LabCore, people: People, over: str) -> None:
    upstream = await room.upstream(room.run_dir / "w.sock" if over == "unix" else None)
    place(room, upstream)
    await run_everything(core, upstream)

    async def stream(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n")
        await reader.read()

    upstream.handler = stream
    await open_streams.note(room.run_dir, core, apart_s=0)
    assert core.activity.meters() == []
    async with room.client(people.tokens["bob"]) as bob, bob.stream("GET", WEB) as answer:
        pieces = answer.aiter_bytes()
        await anext(pieces)
        await open_streams.note(room.run_dir, core, apart_s=0)
        found = meter(core)
        assert found is not None
        assert found.last_active > 0
        assert found.since_start.requests == 0, "it has not ended"


async def run_everything(core: LabCore, upstream: Upstream) -> None:
    """Let the service run behind `upstream`, and the workspace behind nothing."""

    def running(kept: Workload) -> Workload:
        return kept.model_copy(update={"state": WorkloadState.RUNNING})

    async def endpoint(workload: Workload, port: int) -> Endpoint | None:
        return Endpoint(upstream.address) if workload.owner_name == "web" else None

    for workload in await core.workloads.open_ones():
        await core.workloads.change(workload.id, running)
    core.workloads.endpoint = endpoint  # type: ignore[method-assign]
