"""One suite over all runtimes: what every runtime owes, whatever it runs things on."""

from __future__ import annotations

import asyncio
import shlex
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from docker_engine import docker
from docker_machine import namespace, open_runtime
from running_lab import environments_dir

from mllab.errors import InvalidInput
from mllab.model.base import now
from mllab.model.workloads import Limits, WorkloadKind, WorkloadSpec
from mllab.runtimes.base import Handle, Phase, Runtime, RuntimeStatus
from mllab.runtimes.dummy import DummyRuntime, World
from mllab.runtimes.process.runtime import ProcessRuntime

ENDED = (Phase.EXITED, Phase.LOST)


class Bench(ABC):
    """A machine to run things on, and how to say there what a workload shall do."""

    namespace = "lab"

    def spec(
        self,
        name: str = "wl_1",
        *,
        says: str = "",
        exits: int = 0,
        forever: bool = False,
        writes: int = 0,
        ports: tuple[int, ...] = (),
        attempt: int = 1,
    ) -> WorkloadSpec:
        command, environment = self._script(says, exits, forever=forever)
        command = f"head -c {writes} /dev/zero > filler; {command}"
        environment |= {"DUMMY_WRITES": str(writes)}
        return WorkloadSpec(
            id=name,
            attempt=attempt,
            kind=WorkloadKind.SERVICE if forever else WorkloadKind.JOB,
            name=f"{self.namespace}-{name}",
            labels={"lab.namespace": self.namespace, "lab.workload": name},
            command=command,
            environment=environment,
            ports=list(ports),
        )

    @abstractmethod
    def open(self, namespace: str | None = None) -> Runtime:
        """Return a runtime on this machine, as a lab that was started anew has it."""

    @abstractmethod
    def _script(self, says: str, exits: int, *, forever: bool) -> tuple[str, dict[str, str]]: ...

    @abstractmethod
    def starts(self) -> int:
        """Return how often anything really started."""


class DummyBench(Bench):
    def __init__(self) -> None:
        self.world = World()

    def open(self, namespace: str | None = None) -> Runtime:
        return DummyRuntime(self.world, namespace or self.namespace)

    def _script(self, says: str, exits: int, *, forever: bool) -> tuple[str, dict[str, str]]:
        return "true", {"DUMMY_LOG": says, "DUMMY_EXIT_CODE": str(exits)}

    def starts(self) -> int:
        return sum(call.startswith("start ") for call in self.world.calls)


class ProcessBench(Bench):
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def open(self, namespace: str | None = None) -> Runtime:
        return ProcessRuntime(self.folder / "w", environments_dir(), namespace or self.namespace)

    def _script(self, says: str, exits: int, *, forever: bool) -> tuple[str, dict[str, str]]:
        count = f"echo x >> {shlex.quote(str(self.folder / 'starts'))}"
        last = "exec sleep 600" if forever else f"exit {exits}"
        return f"{count}; printf %s {shlex.quote(says)}; {last}", {}

    def starts(self) -> int:
        path = self.folder / "starts"
        return len(path.read_text().split()) if path.exists() else 0


class DockerBench(Bench):
    def __init__(self, folder: Path, namespace: str) -> None:
        self.folder = folder
        self.namespace = namespace
        self.since = time.time()
        self.opened: list[Runtime] = []

    def open(self, namespace: str | None = None) -> Runtime:
        allowed = ["debian:*"]
        namespace = namespace or self.namespace
        self.opened.append(open_runtime(namespace, self.folder, allowed_images=allowed))
        return self.opened[-1]

    def _script(self, says: str, exits: int, *, forever: bool) -> tuple[str, dict[str, str]]:
        last = "exec sleep 600" if forever else f"exit {exits}"
        return f"printf %s {shlex.quote(says)}; {last}", {}

    def starts(self) -> int:
        label = f"label=lab.namespace={self.namespace}"
        until = ("--since", f"{self.since:.3f}", "--until", f"{time.time():.3f}")
        wanted = ("--filter", label, "--filter", "event=start", "--format", "{{.ID}}")
        return len(docker("events", *until, *wanted).split())


@asynccontextmanager
async def dummy_bench(folder: Path) -> AsyncIterator[Bench]:
    yield DummyBench()


@asynccontextmanager
async def process_bench(folder: Path) -> AsyncIterator[Bench]:
    found = ProcessBench(folder)
    yield found
    runtime = found.open()
    for listed in await runtime.list():
        await runtime.remove(listed.handle, volume=True)


@asynccontextmanager
async def docker_bench(folder: Path) -> AsyncIterator[Bench]:
    with namespace() as name:
        found = DockerBench(folder, name)
        yield found
        for each in found.opened:
            await each.close()


@pytest.fixture(params=[dummy_bench, process_bench, docker_bench])
async def bench(request: pytest.FixtureRequest) -> AsyncIterator[Bench]:
    with tempfile.TemporaryDirectory() as folder:
        async with request.param(Path(folder)) as found:
            yield found


@pytest.fixture
def runtime(bench: Bench) -> Runtime:
    return bench.open()


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    """Wait until the condition holds, 60 s at most."""
    async with asyncio.timeout(60):
        while not await condition():  # noqa: ASYNC110 - a real process sets no event
            await asyncio.sleep(0.01)


async def end_of(runtime: Runtime, handle: Handle) -> RuntimeStatus:
    async def ended() -> bool:
        return (await runtime.status(handle)).phase in ENDED

    await until(ended)
    return await runtime.status(handle)


async def wait_running(runtime: Runtime, handle: Handle) -> None:
    async def running() -> bool:
        return (await runtime.status(handle)).phase is Phase.RUNNING

    await until(running)


async def text_of(
    runtime: Runtime, handle: Handle, offset: int = 0, *, follow: bool = False
) -> str:
    parts = [part.data async for part in runtime.logs(handle, offset=offset, follow=follow)]
    lines = b"".join(parts).decode().splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith("[lab] "))


async def test_check_passes(runtime: Runtime) -> None:
    await runtime.check()


async def test_a_job_runs_and_ends_with_zero(bench: Bench, runtime: Runtime) -> None:
    end = await end_of(runtime, await runtime.start(bench.spec(), {}))
    assert (end.phase, end.exit_code, end.reason) == (Phase.EXITED, 0, "")
    assert end.started_at is not None
    assert end.finished_at is not None
    assert end.finished_at >= end.started_at


async def test_a_failure_keeps_its_exit_code_and_has_a_reason(
    bench: Bench, runtime: Runtime
) -> None:
    end = await end_of(runtime, await runtime.start(bench.spec(exits=3), {}))
    assert (end.phase, end.exit_code) == (Phase.EXITED, 3)
    assert "3" in end.reason


async def test_start_twice_starts_once(bench: Bench, runtime: Runtime) -> None:
    spec = bench.spec()
    first = await runtime.start(spec, {})
    await end_of(runtime, first)
    assert await runtime.start(spec, {}) == first
    assert await bench.open().start(spec, {}) == first
    assert bench.starts() == 1


async def test_concurrent_starts_start_once(bench: Bench) -> None:
    spec, labs = bench.spec(), [bench.open() for _ in range(3)]
    handles = await asyncio.gather(*(lab.start(spec, {}) for lab in labs for _ in range(2)))
    await end_of(labs[0], handles[0])
    assert all(handle == handles[0] for handle in handles)
    assert bench.starts() == 1


async def test_the_next_attempt_starts_anew(bench: Bench, runtime: Runtime) -> None:
    await end_of(runtime, await runtime.start(bench.spec(exits=1), {}))
    second = await runtime.start(bench.spec(attempt=2), {})
    assert (await end_of(runtime, second)).exit_code == 0
    assert bench.starts() == 2
    assert [listed.attempt for listed in await runtime.list()] == [2]


async def test_logs_begin_at_an_offset(bench: Bench, runtime: Runtime) -> None:
    handle = await runtime.start(bench.spec(says="one two"), {})
    await end_of(runtime, handle)
    whole = [part async for part in runtime.logs(handle)]
    size = whole[-1].end
    assert [part.offset for part in whole] == [0, *(part.end for part in whole[:-1])]
    assert await text_of(runtime, handle) == "one two"
    assert await text_of(runtime, handle, size - 3) == "two"
    assert await text_of(runtime, handle, size) == ""


async def test_following_logs_ends_with_the_attempt(bench: Bench, runtime: Runtime) -> None:
    handle = await runtime.start(bench.spec(says="all of it"), {})
    assert await text_of(runtime, handle, follow=True) == "all of it"
    assert (await runtime.status(handle)).phase in ENDED


async def test_logs_of_a_removed_attempt_end_at_once(bench: Bench, runtime: Runtime) -> None:
    handle = await runtime.start(bench.spec(says="gone"), {})
    await runtime.remove(handle)
    assert await text_of(runtime, handle, follow=True) == ""


async def test_stop_ends_what_runs_and_may_be_repeated(bench: Bench, runtime: Runtime) -> None:
    handle = await runtime.start(bench.spec(forever=True), {})
    await wait_running(runtime, handle)
    await runtime.stop(handle, 10)
    status = await runtime.status(handle)
    assert (status.phase, status.exit_code, status.reason) == (Phase.EXITED, 143, "stopped")
    await runtime.stop(handle, 10)
    assert await runtime.status(handle) == status


async def test_stop_leaves_what_has_ended(bench: Bench, runtime: Runtime) -> None:
    handle = await runtime.start(bench.spec(exits=4), {})
    await end_of(runtime, handle)
    await runtime.stop(handle, 10)
    assert (await runtime.status(handle)).exit_code == 4


async def test_remove_stops_forgets_and_may_be_repeated(bench: Bench, runtime: Runtime) -> None:
    handle = await runtime.start(bench.spec(forever=True), {})
    await runtime.remove(handle)
    await runtime.remove(handle)
    await runtime.stop(handle, 1)
    assert await runtime.list() == []
    assert (await runtime.status(handle)).phase is Phase.LOST
    assert await runtime.usage(handle) is None


async def test_removing_an_old_attempt_leaves_the_newer(bench: Bench, runtime: Runtime) -> None:
    old = await runtime.start(bench.spec(), {})
    await end_of(runtime, old)
    new = await runtime.start(bench.spec(forever=True, attempt=2), {})
    await wait_running(runtime, new)
    await runtime.remove(old)
    assert (await runtime.status(new)).phase is Phase.RUNNING


async def test_a_lab_started_anew_finds_everything(bench: Bench, runtime: Runtime) -> None:
    handle = await runtime.start(bench.spec(forever=True), {})
    await runtime.close()
    await runtime.close()
    anew = bench.open()
    (listed,) = await anew.list()
    assert (listed.workload_id, listed.attempt, listed.handle) == ("wl_1", 1, handle)
    assert listed.labels["lab.workload"] == "wl_1"
    await wait_running(anew, listed.handle)
    await anew.stop(listed.handle, 10)
    assert (await runtime.status(handle)).exit_code == 143


async def test_list_leaves_out_other_labs(bench: Bench, runtime: Runtime) -> None:
    await runtime.start(bench.spec(), {})
    assert await bench.open("other").list() == []


async def test_what_it_keeps_is_told_with_its_labels(bench: Bench, runtime: Runtime) -> None:
    spec = bench.spec(forever=True)
    labels = spec.labels | {"lab.user": "ann", "lab.feature.name": "ann"}
    spec = spec.model_copy(update={"volume": f"{bench.namespace}-home", "labels": labels})
    handle = await runtime.start(spec, {})
    await wait_running(runtime, handle)
    held = {each.name: each for each in await runtime.held() if each.kind != "network"}
    thing, volume = held.values()
    assert thing.labels["lab.workload"] == spec.id
    assert thing.running
    assert (volume.kind, volume.name) == ("volume", spec.volume)
    owner = {"lab.namespace": bench.namespace, "lab.user": "ann"}
    assert owner.items() <= volume.labels.items()
    assert "lab.workload" not in volume.labels
    for each in (thing, volume):
        assert each.made_at is not None
        assert abs(each.made_at - now()) < timedelta(minutes=2)
    assert await bench.open("other").held() == []


async def test_what_it_keeps_can_be_discarded_without_a_handle(
    bench: Bench, runtime: Runtime
) -> None:
    spec = bench.spec(forever=True).model_copy(update={"volume": f"{bench.namespace}-home"})
    handle = await runtime.start(spec, {})
    await wait_running(runtime, handle)
    held = [each for each in await runtime.held() if each.kind != "network"]
    for each in [*held, *held]:
        await runtime.discard(each)
    assert [each for each in await runtime.held() if each.kind != "network"] == []
    assert (await runtime.status(handle)).phase is Phase.LOST


async def test_no_endpoint_before_and_after_it_runs(bench: Bench, runtime: Runtime) -> None:
    handle = await runtime.start(bench.spec(forever=True, ports=(8000,)), {})
    assert await runtime.endpoint(handle, 9999) is None
    await runtime.stop(handle, 10)
    assert await runtime.endpoint(handle, 8000) is None


async def test_usage_while_it_runs(bench: Bench, runtime: Runtime) -> None:
    handle = await runtime.start(bench.spec(forever=True), {})
    await wait_running(runtime, handle)
    usage = await runtime.usage(handle)
    assert usage is not None
    assert usage.memory_bytes > 0
    await runtime.stop(handle, 10)
    assert await runtime.usage(handle) is None


async def test_what_it_wrote_is_measured(bench: Bench, runtime: Runtime) -> None:
    handle = await runtime.start(bench.spec(forever=True, writes=3 << 20), {})
    await wait_running(runtime, handle)

    async def written() -> bool:
        return (await runtime.written_bytes(handle) or 0) >= 3 << 20

    await until(written)
    assert (await runtime.written_bytes(handle) or 0) < 4 << 20
    await runtime.remove(handle)
    assert await runtime.written_bytes(handle) is None


async def test_its_storage_is_on_this_machine(runtime: Runtime) -> None:
    assert all(folder.is_dir() for folder in await runtime.storage())


async def test_exec_answers(bench: Bench, runtime: Runtime) -> None:
    handle = await runtime.start(bench.spec(forever=True), {})
    await wait_running(runtime, handle)
    result = await runtime.exec(handle, ["echo", "here"])
    assert result.exit_code == 0
    assert b"here" in result.output


async def test_events_tell_of_changes(bench: Bench, runtime: Runtime) -> None:
    events = runtime.events()
    about = asyncio.ensure_future(anext(e.workload_id async for e in events if e.workload_id))
    await asyncio.sleep(0)  # it listens from here on
    await asyncio.wait([about], timeout=0.05)
    await end_of(runtime, await runtime.start(bench.spec(), {}))
    async with asyncio.timeout(10):
        assert await about == "wl_1"
    await events.aclose()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "change",
    [
        {"image": "python:3"},
        {"limits": Limits(gpus=1)},
        {"limits": Limits(gpu_ids=["GPU-1"])},
    ],
    ids=["image", "gpus by number", "gpus by name"],
)
async def test_refuses_what_it_cannot_do(
    bench: Bench, runtime: Runtime, change: dict[str, object]
) -> None:
    spec = bench.spec().model_copy(update=change)
    with pytest.raises(InvalidInput):
        runtime.refuse(spec)
    with pytest.raises(InvalidInput):
        await runtime.start(spec, {})
    assert await runtime.list() == []
