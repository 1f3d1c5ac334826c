"""The stream of changes: who hears what, when it ends, and how a break is mended."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from typing import Any, Protocol

import pytest
from people import PROJECT, LiveLab, People
from typer.testing import Result

from mllab.core import events as streams
from mllab.core.changes import Note
from mllab.core.lab import LabCore
from mllab.errors import LimitReached, NotAllowed, NotFound
from mllab.model.accounts import NewToken, Scope, UserChange
from mllab.model.changes import What
from mllab.model.projects import NewProject, Role

Told = tuple[str, str | None, str]
RUN = Note(What.RUN, PROJECT, "r1")


class Ear:
    """One open stream, read event by event."""

    def __init__(self, core: LabCore, stream: AsyncIterator[bytes]) -> None:
        self._core = core
        self._stream = stream
        self._ready: list[tuple[str, str, str]] = []
        self.place = ""

    async def next(self) -> tuple[str, str]:
        """Return name and data of the next event."""
        self._core.feed.flush()
        async with asyncio.timeout(10):
            while not self._ready:
                for block in (await anext(self._stream)).decode().split("\n\n"):
                    fields = dict(line.split(": ", 1) for line in block.split("\n") if line)
                    if "event" in fields:
                        self._ready.append((fields["id"], fields["event"], fields["data"]))
        self.place, event, data = self._ready.pop(0)
        return event, data

    async def hears(self, *expected: Told) -> None:
        """Assert that the next changes are these, in any order."""
        told = [await self.next() for _ in expected]
        assert {event for event, _ in told} == {"change"}
        heard = [json.loads(data) for _, data in told]
        assert {(each["what"], each["project"], each["id"]) for each in heard} == set(expected)

    async def ends(self) -> None:
        """Assert that the stream is over, whatever comes before."""
        self._core.feed.flush()
        async with asyncio.timeout(10):
            async for _ in self._stream:
                pass


Listen = Callable[..., Awaitable[Ear]]


@pytest.fixture
async def listen(core: LabCore, people: People) -> AsyncIterator[Listen]:
    """`await listen("alice")` opens a stream that has said hello."""
    opened: list[Any] = []

    async def open_one(name: str, *, secret: str = "", **options: Any) -> Ear:
        core.feed.flush()
        look = partial(core.identity.look, secret or people.tokens[name], from_cookie=False)
        opened.append(await core.events.open(look, **options))
        ear = Ear(core, opened[-1])
        if not options.get("after"):
            assert await ear.next() == ("hello", "{}")
        return ear

    yield open_one
    for stream in opened:
        await stream.aclose()


async def test_a_member_hears_of_the_project(core: LabCore, listen: Listen, people: People) -> None:
    ear = await listen("vera")
    made = await core.tracking.experiments.create(people["bob"], PROJECT, "first")
    await ear.hears(("experiment", PROJECT, made.id))


async def test_an_outsider_hears_nothing_of_it(core: LabCore, listen: Listen) -> None:
    ear = await listen("charlie")
    core.feed.tell(RUN)
    core.feed.tell(Note(What.TOKEN, None, "tok_1", "charlie"))
    await ear.hears(("token", None, "tok_1"))


async def test_an_admin_hears_of_everything(core: LabCore, listen: Listen) -> None:
    ear = await listen("dana")
    core.feed.tell(RUN)
    core.feed.tell(Note(What.WORKSPACE, None, "bob", "bob"))
    await ear.hears(("run", PROJECT, "r1"), ("workspace", None, "bob"))


async def test_what_a_role_may_not_read_it_does_not_hear_of(core: LabCore, listen: Listen) -> None:
    viewer, editor = await listen("vera"), await listen("bob")
    for note in (Note(What.SECRET, PROJECT, "KEY"), RUN):
        core.feed.tell(note)
    await viewer.hears(("run", PROJECT, "r1"))
    await editor.hears(("secret", PROJECT, "KEY"), ("run", PROJECT, "r1"))


async def test_an_upload_is_told_to_whoever_began_it(core: LabCore, listen: Listen) -> None:
    owner, editor = await listen("alice"), await listen("bob")
    for note in (Note(What.UPLOAD, PROJECT, "upload_1", "bob"), RUN):
        core.feed.tell(note)
    await owner.hears(("run", PROJECT, "r1"))
    await editor.hears(("upload", PROJECT, "upload_1"), ("run", PROJECT, "r1"))


async def test_a_stream_of_one_project_is_narrow(core: LabCore, listen: Listen) -> None:
    ear = await listen("dana", project=PROJECT)
    core.feed.tell(Note(What.USER, None, "bob", "bob"))
    core.feed.tell(RUN)
    await ear.hears(("run", PROJECT, "r1"))


async def test_a_confined_token_hears_of_its_project_only(
    core: LabCore, listen: Listen, people: People
) -> None:
    await core.projects.create(people["alice"], NewProject(name="beta"))
    new = NewToken(scope=Scope(project="beta"))
    ear = await listen("alice", secret=(await core.tokens.create(people["alice"], new)).secret)
    core.feed.tell(RUN)
    core.feed.tell(Note(What.TOKEN, None, "tok_1", "alice"))
    core.feed.tell(Note(What.RUN, "beta", "r2"))
    await ear.hears(("run", "beta", "r2"))


async def test_nobody_listens_to_a_project_of_others(listen: Listen) -> None:
    with pytest.raises(NotFound):
        await listen("charlie", project=PROJECT)


async def test_a_token_of_one_service_hears_nothing(
    core: LabCore, listen: Listen, people: People
) -> None:
    await core.context.documents.put("services", f"{PROJECT}/web", {})
    new = NewToken(scope=Scope(project=PROJECT, service="web"))
    secret = (await core.tokens.create(people["alice"], new)).secret
    with pytest.raises(NotAllowed):
        await listen("alice", secret=secret)


async def test_a_new_member_hears_from_then_on(
    core: LabCore, listen: Listen, people: People
) -> None:
    ear = await listen("charlie")
    await core.members.put(people["alice"], PROJECT, "charlie", Role.VIEWER)
    await ear.hears(("member", PROJECT, "charlie"))
    core.feed.tell(RUN)
    await ear.hears(("run", PROJECT, "r1"))


async def test_a_removed_member_hears_that_and_no_more(
    core: LabCore, listen: Listen, people: People
) -> None:
    ear = await listen("vera")
    await core.members.remove(people["alice"], PROJECT, "vera")
    await ear.hears(("member", PROJECT, "vera"))
    core.feed.tell(RUN)
    core.feed.tell(Note(What.USER, None, "vera", "vera"))
    await ear.hears(("user", None, "vera"))


async def test_members_hear_that_their_project_goes(
    core: LabCore, listen: Listen, people: People
) -> None:
    ear = await listen("vera")
    await core.projects.delete(people["alice"], PROJECT)
    await ear.hears(("project", PROJECT, PROJECT))


async def test_a_narrow_stream_ends_with_the_membership(
    core: LabCore, listen: Listen, people: People
) -> None:
    ear = await listen("vera", project=PROJECT)
    await core.members.remove(people["alice"], PROJECT, "vera")
    await ear.ends()


async def test_a_stream_ends_with_its_token(core: LabCore, listen: Listen, people: People) -> None:
    ear = await listen("vera")
    await core.identity.sign_out(people["vera"])
    await ear.ends()


async def test_a_stream_ends_when_the_account_is_locked(
    core: LabCore, listen: Listen, people: People
) -> None:
    ear = await listen("vera")
    await core.users.update(people["dana"], "vera", UserChange(is_active=False))
    await ear.ends()


async def test_a_heartbeat_finds_a_token_that_ended_elsewhere(
    core: LabCore, listen: Listen, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(core.events, "beat_s", 0.01)
    ear = await listen("vera")
    monkeypatch.setattr(core.feed, "tell", lambda note: None)
    core.feed.flush()
    await core.identity.sign_out(people["vera"])
    await ear.ends()


async def test_a_slow_reader_is_told_to_look_at_everything(core: LabCore, listen: Listen) -> None:
    ear = await listen("vera")
    for number in range(streams.MOST_WAITING + 1):
        core.feed.tell(Note(What.RUN, PROJECT, f"r{number}"))
    assert await ear.next() == ("reset", "{}")
    core.feed.tell(RUN)
    await ear.hears(("run", PROJECT, "r1"))


async def test_after_a_short_break_nothing_is_missed(core: LabCore, listen: Listen) -> None:
    place = (await listen("vera")).place
    core.feed.tell(RUN)
    core.feed.tell(Note(What.SECRET, PROJECT, "KEY"))
    ear = await listen("vera", after=place)
    await ear.hears(("run", PROJECT, "r1"))
    assert await ear.next() == ("hello", "{}")


@pytest.mark.parametrize("after", ["x", "abcd-7", "-", "abcd"])
async def test_after_a_break_in_another_life_all_is_to_be_looked_at(
    listen: Listen, after: str
) -> None:
    assert await (await listen("vera", after=after)).next() == ("reset", "{}")


async def test_one_user_cannot_open_streams_without_end(
    listen: Listen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "MOST_STREAMS", 1)
    await listen("vera")
    await listen("bob")
    with pytest.raises(LimitReached, match="vera"):
        await listen("vera")


async def test_a_lab_that_stops_ends_its_streams(core: LabCore, listen: Listen) -> None:
    ear = await listen("vera")
    core.events.close()
    await ear.ends()


class Cli(Protocol):
    """The fixture `cli`."""

    def __call__(self, *arguments: str, as_: str | None = ..., input: str = ...) -> Result: ...


def test_the_client_hears_a_change(live: LiveLab) -> None:
    changes = live.client("vera").events(project=PROJECT)
    assert next(changes) is None
    live.client("bob").project(PROJECT).datasets.upload("news.csv", b"a,b\n")
    told = next(change for change in changes if change and change.what is What.DATASET)
    assert (told.project, told.id) == (PROJECT, "news.csv")
    changes.close()


def test_the_command_line_prints_changes(cli: Cli) -> None:
    assert cli("events", "--most-s", "0").output == "Listening.\n"
