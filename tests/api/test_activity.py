"""Activity of workloads: what is counted, how long it is kept, who sees it and how."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

import pytest
from people import Api, LiveLab, People, open_core
from typer.testing import Result

from mllab.core.activity import Subject
from mllab.core.lab import LabCore
from mllab.core.tallies import Tally
from mllab.model.accounts import SYSTEM
from mllab.model.activity import Activity
from mllab.model.work import NewService, ServiceSpec

START = datetime(2026, 1, 2, 3, 4, 30, tzinfo=UTC)
WEB = "/api/projects/alpha/services/web/activity"


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, **time: float) -> None:
        self.now += timedelta(**time)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def core(tmp_path: Path, clock: Clock) -> AsyncIterator[LabCore]:
    async with open_core(tmp_path, clock) as lab:
        yield lab


async def deploy(core: LabCore, people: People) -> Subject:
    new = NewService(name="web", spec=ServiceSpec(command="serve"))
    service = await core.services.create(people["alice"], "alpha", new)
    assert service.status.workload is not None
    return Subject(service.status.workload, "web", "alpha")


def use(
    core: LabCore,
    subject: Subject,
    at: datetime,
    times: int = 1,
    *,
    code_class: str = "2xx",
    latency_ms: int | None = 10,
) -> None:
    """Count requests as the gateway does."""
    ended = Tally()
    ended.add(code_class, 100, 1000, latency_ms, times)
    core.activity.count(subject, int(at.timestamp()), ended)


async def test_what_moved_is_shown_to_members(core: LabCore, people: People, api: Api) -> None:
    web = await deploy(core, people)
    use(core, web, START, 3)
    use(core, web, START, code_class="5xx")
    use(core, web, START - timedelta(minutes=5), code_class="1xx", latency_ms=None)
    answer = (await api("vera").get(WEB)).json()
    assert answer["last_active_at"] == "2026-01-02T03:04:30.000000Z"
    assert (answer["requests"], answer["bytes_in"], answer["bytes_out"]) == (5, 500, 5000)
    assert answer["by_status"] == {"1xx": 1, "2xx": 3, "5xx": 1}
    assert all(7 < answer["latency_ms"][name] <= 10 for name in ("p50", "p95", "p99"))
    last = answer["series"][-1]
    assert (last["at"], last["requests"], last["errors"]) == ("2026-01-02T03:04:00.000000Z", 4, 1)
    assert answer["series"][-6]["requests"] == 1
    assert len(answer["series"]) == 60
    assert (await api("charlie").get(WEB)).status_code == 404


async def test_what_was_never_used_has_no_activity(core: LabCore, people: People, api: Api) -> None:
    await deploy(core, people)
    for path in (WEB, "/api/workspaces/alice/activity"):
        found = Activity.model_validate((await api("alice").get(path)).json())
        assert (found.last_active_at, found.requests, found.latency_ms.p50) == (None, 0, None)
    assert (await api("vera").get("/api/workspaces/alice/activity")).status_code == 404
    assert (await api("vera").get(WEB.replace("web", "none"))).status_code == 404


async def test_counts_are_of_the_last_hour(core: LabCore, people: People, clock: Clock) -> None:
    web = await deploy(core, people)
    use(core, web, START)
    clock.pass_(minutes=59)
    assert (await core.activity.of_service(SYSTEM, "alpha", "web")).requests == 1
    clock.pass_(minutes=1)
    found = await core.activity.of_service(SYSTEM, "alpha", "web")
    assert (found.requests, found.last_active_at) == (0, START)
    await core.activity.keep()
    (meter,) = core.activity.meters()
    assert (meter.minutes, meter.since_start.requests) == ({}, 1)


async def test_the_last_use_survives_the_lab(
    tmp_path: Path, core: LabCore, people: People, clock: Clock
) -> None:
    web = await deploy(core, people)
    use(core, web, START)
    clock.pass_(seconds=59)
    await core.activity.keep()
    assert await core.context.documents.get("activity", web.workload) is None, "once a minute"
    clock.pass_(seconds=1)
    await core.activity.keep()
    async with open_core(tmp_path, clock) as later:
        found = await later.activity.of_service(SYSTEM, "alpha", "web")
        assert (found.last_active_at, found.requests) == (START, 0)
        use(later, web, START - timedelta(minutes=2))
        assert await later.activity.last_active_at(web.workload) == START
        await later.activity.keep(at_once=True)
        assert later.activity.meters()[0].since_start.requests == 0, "an earlier lab's"
    assert await core.activity.last_active_at(web.workload) == START


async def test_what_did_not_move_is_not_written(core: LabCore, people: People) -> None:
    web = await deploy(core, people)
    use(core, web, START)
    for _ in range(3):
        await core.activity.keep(at_once=True)
    found = await core.context.documents.get("activity", web.workload)
    assert found is not None
    assert found.revision == 1


async def test_use_that_has_not_ended_counts_as_use(
    core: LabCore, people: People, clock: Clock
) -> None:
    web = await deploy(core, people)
    clock.pass_(minutes=7)
    core.activity.note_use(web)
    found = await core.activity.of_service(SYSTEM, "alpha", "web")
    assert (found.last_active_at, found.requests) == (clock.now, 0)


async def test_what_is_deleted_is_forgotten(core: LabCore, people: People) -> None:
    web = await deploy(core, people)
    use(core, web, START)
    await core.activity.keep(at_once=True)
    workload = await core.workloads.get(web.workload)
    assert workload is not None
    await core.workloads.erase(workload)
    assert await core.context.documents.get("activity", web.workload) is None
    use(core, web, START + timedelta(seconds=1))
    await core.activity.keep(at_once=True)
    assert await core.context.documents.get("activity", web.workload) is None
    assert core.activity.meters() == []


class Cli(Protocol):
    def __call__(self, *arguments: str) -> Result: ...
    def json(self, *arguments: str) -> Any: ...


def test_client_and_command_line_show_it(
    live: LiveLab, cli: Cli, capsys: pytest.CaptureFixture[str]
) -> None:
    project = live.client("alice").project("alpha")
    service = project.services.deploy("web", "serve")
    assert service.status.workload is not None
    now = datetime.now(UTC)
    use(live.core, Subject(service.status.workload, "web", "alpha"), now, 7)
    assert project.services.activity("web").requests == 7
    assert live.client("alice").workspace("alice").activity().requests == 0
    shown = cli("service", "activity", "web", "--project", "alpha").output
    assert "2xx 7" in shown
    assert "█" in shown
    assert cli.json("service", "activity", "web", "--project", "alpha")["requests"] == 7
    assert cli.json("workspace", "activity")["last_active_at"] is None
    assert "·" in cli("workspace", "activity").output
