"""Each workload on a host of its own: how a browser gets in, and nobody else does."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from app_hosts import Browser, place
from gateway_room import Room, Upstream, open_room, until_async
from people import People

from mllab.core.apps import app_label
from mllab.core.lab import LabCore
from mllab.errors import NotSignedIn
from mllab.model.accounts import APP_COOKIE, SESSION_COOKIE
from mllab.model.base import now
from mllab.model.work import NewService, ServiceSpec

CHURN = "/projects/alpha/services/churn/"


@pytest.fixture
async def room(core: LabCore, people: People) -> AsyncIterator[Room]:
    async with open_room(core, apps_domain="localhost") as opened:
        for name in ("churn", "other"):
            new = NewService(name=name, spec=ServiceSpec(command="serve", ports=[8080, 9090]))
            await core.services.create(people["alice"], "alpha", new)
        yield opened


@pytest.fixture
async def upstream(room: Room) -> Upstream:
    found = await room.upstream()
    place(room, found)
    return found


@pytest.fixture
async def vera(room: Room) -> Browser:
    browser = Browser(room)
    await browser.sign_in("vera")
    return browser


async def test_a_member_opens_anothers_service_on_its_own_host(
    vera: Browser, upstream: Upstream, room: Room
) -> None:
    answer = await vera.open(f"{CHURN}a%2Fb?x=%20&y=2")
    assert (answer.status_code, answer.text) == (200, "ok")
    assert (
        vera.url
        == f"http://{app_label('s/alpha/churn')}.localhost:{room.nginx.port}/a%2Fb?x=%20&y=2"
    )
    assert upstream.target == "/a%2Fb?x=%20&y=2"
    assert "x-forwarded-prefix" not in upstream.headers
    assert upstream.headers["host"] == vera.host
    assert b"lab_" not in upstream.received


async def test_a_workspace_keeps_its_path(room: Room, upstream: Upstream) -> None:
    alice = Browser(room)
    await alice.sign_in("alice")
    await alice.open("/workspaces/alice/lab/tree?x=1")
    assert upstream.target == "/workspaces/alice/lab/tree?x=1"
    assert urlsplit(alice.url).path == "/workspaces/alice/lab/tree"


async def test_each_workload_has_a_host_and_a_cookie_of_its_own(
    vera: Browser, upstream: Upstream
) -> None:
    hosts = set()
    for path in (CHURN, f"{CHURN}9090/", "/projects/alpha/services/other/"):
        assert (await vera.open(path)).status_code == 200
        hosts.add(vera.host)
    cookies = {each[APP_COOKIE] for each in vera.cookies.values() if APP_COOKIE in each}
    assert (len(hosts), len(cookies)) == (3, 3)
    assert set(vera.cookies["localhost"]) == {SESSION_COOKIE}


async def test_the_cookie_is_out_of_reach_of_scripts(vera: Browser, upstream: Upstream) -> None:
    asked = await vera.send(CHURN)
    entered = await vera.send(asked.headers["Location"])
    parts = {part.strip().lower() for part in entered.headers["Set-Cookie"].split(";")}
    assert {"httponly", "samesite=lax", "path=/"} <= parts
    assert entered.headers["Referrer-Policy"] == asked.headers["Referrer-Policy"] == "no-referrer"


async def test_a_ticket_is_good_once_for_its_workload(
    vera: Browser, upstream: Upstream, room: Room
) -> None:
    ticket = (await vera.send(CHURN)).headers["Location"]
    await vera.send("/projects/alpha/services/other/")
    elsewhere = ticket.replace(app_label("s/alpha/churn"), app_label("s/alpha/other"))
    assert "Set-Cookie" not in (await Browser(room).send(elsewhere)).headers
    assert "Set-Cookie" in (await Browser(room).send(ticket)).headers
    assert "Set-Cookie" not in (await Browser(room).send(ticket)).headers


async def test_a_ticket_ends_after_a_minute_and_with_its_session(
    core: LabCore, people: People
) -> None:
    session = await core.identity.exchange(people.tokens["vera"])
    label = await core.apps.label("s/alpha/churn")
    assert await core.apps.key(label) == "s/alpha/churn"
    early, late = [await core.apps.offer(session.secret, "s/alpha/churn") for _ in range(2)]
    cookie = await core.apps.enter(early, "s/alpha/churn")
    assert (await core.apps.principal(cookie.secret, "s/alpha/churn")).user == "vera"
    held = await core.tokens.find(late)
    assert held is not None
    assert held.token.expires_at is not None
    assert held.token.expires_at - now() <= timedelta(seconds=60)
    await core.tokens.revoke(session.token.id)
    for attempt in (
        core.apps.enter(late, "s/alpha/churn"),
        core.apps.principal(cookie.secret, "s/alpha/churn"),
        core.apps.offer(session.secret, "s/alpha/churn"),
    ):
        with pytest.raises(NotSignedIn):
            await attempt


async def test_the_cookie_opens_nothing_but_its_workload(
    vera: Browser, upstream: Upstream, room: Room, core: LabCore
) -> None:
    await vera.open(CHURN)
    secret = vera.cookies[urlsplit(vera.url).hostname or ""][APP_COOKIE]
    other = f"http://{await core.apps.label('s/alpha/other')}.localhost:{room.nginx.port}/"
    stranger, before = Browser(room), upstream.connections
    for host, name in (
        (other, APP_COOKIE),
        (room.origin + CHURN, APP_COOKIE),
        (room.origin + "/api/docs", SESSION_COOKIE),
        (room.origin + "/api/auth/me", SESSION_COOKIE),
        (room.origin + CHURN, SESSION_COOKIE),
    ):
        stranger.cookies.clear()
        stranger.cookies[urlsplit(host).hostname or ""][name] = secret
        answer = await stranger.send(host, headers={"Accept": "*/*"})
        assert answer.status_code in {303, 401}, host
    async with room.client(secret) as program:
        assert (await program.get(CHURN)).status_code == 401
    assert upstream.connections == before


async def test_a_session_opens_nothing_on_a_workloads_host(
    vera: Browser, upstream: Upstream
) -> None:
    await vera.open(CHURN)
    host = urlsplit(vera.url).hostname or ""
    vera.cookies[host] = {SESSION_COOKIE: vera.cookies["localhost"][SESSION_COOKIE]}
    answer = await vera.send(vera.url, headers={"Accept": "*/*"})
    assert (answer.status_code, upstream.connections) == (401, 1)


async def test_neither_api_nor_pages_answer_on_a_workloads_host(
    vera: Browser, upstream: Upstream, room: Room, people: People
) -> None:
    await vera.open(CHURN)
    for path in ("/api/health", "/app/", "/sign-in", "/setup", "/_gateway/ask", "/static/lab.css"):
        answer = await vera.send(f"http://{vera.host}{path}")
        assert (answer.text, upstream.target) == ("ok", path), "the workload's own"
        nobody = await Browser(room).send(f"http://{vera.host}{path}", headers={"Accept": "*/*"})
        assert nobody.status_code == 401
    for path in ("/_lab/", "/_lab/x", "/_lab/enter/x"):
        assert (await vera.send(f"http://{vera.host}{path}")).status_code == 404


async def test_a_path_serves_no_content_to_a_browser(vera: Browser, upstream: Upstream) -> None:
    for method, accept in (
        ("GET", "*/*"),
        ("GET", "image/png"),
        ("POST", "text/html"),
        ("PUT", "*/*"),
    ):
        answer = await vera.send(CHURN, method, headers={"Accept": accept, "Origin": vera.url[:-1]})
        assert answer.status_code == 403
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Accept": "*/*"}
    assert (await vera.send(CHURN, headers=upgrade)).status_code == 403
    assert upstream.connections == 0


async def test_a_program_uses_the_path_without_redirects(
    upstream: Upstream, room: Room, people: People, vera: Browser
) -> None:
    await vera.open(CHURN)
    async with (
        room.client(people.tokens["vera"], Host=vera.host) as there,
        room.client(people.tokens["bob"]) as bob,
    ):
        assert (await bob.get(f"{CHURN}x", headers={"Accept": "text/html"})).text == "ok"
        assert upstream.target == "/x"
        assert (await there.post("/y")).text == "ok"
    assert upstream.target == "/y"


async def test_who_is_not_signed_in_comes_back_after_the_form(
    upstream: Upstream, room: Room, vera: Browser
) -> None:
    await vera.open(f"{CHURN}x?a=1")
    there, newcomer = vera.url, Browser(room)
    form = await newcomer.open(there)
    assert urlsplit(newcomer.url).path == "/sign-in"
    where = parse_qs(urlsplit(newcomer.url).query)["next"][0]
    data = {"username": "bob", "password": "bob's long password", "next": where}
    assert form.status_code == 200
    assert (await newcomer.open("/sign-in", method="POST", data=data)).text == "ok"
    assert newcomer.url == there


async def test_labels_that_there_are_not_look_like_those_of_others(
    upstream: Upstream, room: Room, vera: Browser
) -> None:
    await vera.open(CHURN)
    charlie, nobody = Browser(room), Browser(room)
    await charlie.sign_in("charlie")
    for label in (vera.host.partition(".")[0], "churn-0123456789abcdef0123"):
        url = f"http://{label}.localhost:{room.nginx.port}/"
        assert (await charlie.open(url)).status_code == 404
        assert (await nobody.open(url)).status_code == 200
        assert urlsplit(nobody.url).path == "/sign-in"
    assert upstream.connections == 1


@pytest.mark.parametrize(
    "host",
    [
        "a.LABEL.localhost",
        "LABEL.localhost.evil.example",
        "LABEL.evil.example",
        "LABEL",
        "xLABEL.localhost",
        "-LABEL.localhost",
        "LABEL-.localhost",
        ".localhost",
        "LABELlocalhost",
    ],
)
async def test_look_alike_hosts_reach_nothing(
    vera: Browser, upstream: Upstream, room: Room, host: str, people: People
) -> None:
    await vera.open(CHURN)
    named = host.replace("LABEL", vera.host.partition(".")[0])
    async with room.client(people.tokens["vera"], Host=named) as program:
        assert (await program.get("/")).status_code in {400, 404, 421}
    assert upstream.connections == 1


@pytest.mark.parametrize(
    ("method", "sent", "status"),
    [
        ("POST", {"Origin": "OWN"}, 200),
        ("POST", {"Origin": "OWN", "Sec-Fetch-Site": "same-origin"}, 200),
        ("POST", {}, 403),
        ("POST", {"Origin": "LAB"}, 403),
        ("POST", {"Origin": "http://evil.example"}, 403),
        ("POST", {"Origin": "null"}, 403),
        ("DELETE", {"Sec-Fetch-Site": "none"}, 403),
        ("GET", {}, 200),
        ("GET", {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors"}, 200),
        ("GET", {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "no-cors"}, 403),
        (
            "GET",
            {
                "Sec-Fetch-Site": "cross-site",
                "Sec-Fetch-Mode": "navigate",
                "Sec-Fetch-Dest": "document",
            },
            200,
        ),
        (
            "GET",
            {
                "Sec-Fetch-Site": "same-site",
                "Sec-Fetch-Mode": "navigate",
                "Sec-Fetch-Dest": "iframe",
            },
            403,
        ),
        ("GET", {"Upgrade": "websocket", "Connection": "Upgrade", "Origin": "OWN"}, 200),
        ("GET", {"Upgrade": "websocket", "Connection": "Upgrade", "Origin": "LAB"}, 403),
        ("GET", {"Upgrade": "websocket", "Connection": "Upgrade"}, 403),
    ],
)
async def test_the_cookie_works_for_the_workloads_own_pages(
    vera: Browser, upstream: Upstream, room: Room, method: str, sent: dict[str, str], status: int
) -> None:
    await vera.open(CHURN)
    origins = {"OWN": f"http://{vera.host}", "LAB": room.origin}
    headers = {name: origins.get(value, value) for name, value in sent.items()}
    assert (await vera.send(f"http://{vera.host}/x", method, headers=headers)).status_code == status


@pytest.mark.parametrize("end", ["sign-out", "member", "user"])
async def test_what_ends_access_ends_it_here(
    vera: Browser, upstream: Upstream, room: Room, core: LabCore, people: People, end: str
) -> None:
    await vera.open(CHURN)
    there = vera.url
    if end == "sign-out":
        await vera.send("/sign-out", "POST")
    elif end == "member":
        await core.members.remove(people["alice"], "alpha", "vera")
    else:
        await core.tokens.revoke_user("vera")

    async def refused() -> bool:
        answer = await vera.send(there, headers={"Accept": "*/*"})
        return answer.status_code in {401, 404}

    await until_async(refused, patience_s=5)


async def test_by_an_address_only_ones_own_opens(
    upstream: Upstream, room: Room, people: People
) -> None:
    for name, status in (("alice", 200), ("vera", 403)):
        browser = Browser(room)
        await browser.sign_in(name)
        by_address = f"http://127.0.0.1:{room.nginx.port}"
        browser.cookies["127.0.0.1"] = browser.cookies["localhost"]
        assert (await browser.open(f"{by_address}{CHURN}")).status_code == status


async def test_a_workload_that_does_not_run_is_started_from_the_labs_page(room: Room) -> None:
    alice = Browser(room)
    await alice.sign_in("alice")
    page = await alice.open("/workspaces/alice/lab")
    assert (page.status_code, alice.host) == (503, f"localhost:{room.nginx.port}")
    assert 'data-state="/_start/workspaces/alice/"' in page.text
    place(room, await room.upstream())
    assert (await alice.send("/_start/workspaces/alice/")).json()["ready"] is True
    assert (await alice.open("/workspaces/alice/lab")).text == "ok"


async def test_one_that_stopped_leads_back_to_that_page(
    room: Room, vera: Browser, core: LabCore
) -> None:
    real = core.services.reach
    place(room, await room.upstream())
    await vera.open(CHURN)
    there = vera.url
    core.services.reach = real  # type: ignore[method-assign]

    async def stopped() -> bool:
        page = await vera.open(there)
        return page.status_code == 503 and "Service churn" in page.text

    await until_async(stopped, patience_s=5)
    assert urlsplit(vera.url).path.startswith("/_open/")


async def test_forms_may_lead_to_workloads(vera: Browser, room: Room) -> None:
    for path in ("/sign-in", "/api/docs"):
        policy = (await vera.send(path)).headers["Content-Security-Policy"]
        assert f"form-action 'self' *.localhost:{room.nginx.port};" in policy


async def test_a_page_about_a_silent_workload_stays_on_its_host(
    vera: Browser, upstream: Upstream, room: Room
) -> None:
    await vera.open(CHURN)
    upstream.answer = b""
    page = await vera.send(vera.url)
    assert page.status_code == 502
    assert f'href="{room.origin}/app/"' in page.text
    link = page.text.partition('rel="stylesheet" href="')[2].partition('"')[0]
    sheet = await vera.send(f"http://{vera.host}{link}")
    assert sheet.headers["Content-Type"].startswith("text/css")


@pytest.mark.parametrize("rest", ["//evil.example/", "/\\evil.example", "http://evil.example"])
async def test_entering_leads_nowhere_else(vera: Browser, upstream: Upstream, rest: str) -> None:
    await vera.open(CHURN)
    answer = await vera.send(f"http://{vera.host}/_lab/enter", params={"next": rest, "ticket": "x"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
