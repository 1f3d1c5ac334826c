"""A lab below a path of a host that it shares: nothing of it elsewhere, all of it there."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest
from app_hosts import Browser, place
from gateway_room import Room, open_room
from people import People

from mllab.core.lab import LabCore

BASE = "/ml/lab"
SERVICE = "/projects/alpha/services/svc/"
WORKSPACE = "/workspaces/ann/"


@pytest.fixture
async def below() -> AsyncIterator[Room]:
    """A gateway below `BASE` with nothing behind it yet."""
    async with open_room(base=BASE) as opened:
        yield opened


@pytest.fixture
async def lab_below(core: LabCore, people: People) -> AsyncIterator[Room]:
    """A gateway below `BASE` before a whole core."""
    settings = core.context.settings.model_copy(update={"base_url": BASE})
    object.__setattr__(core.context, "settings", settings)
    async with open_room(core, BASE, apps_domain="localhost") as opened:
        yield opened


@pytest.mark.parametrize(
    "path",
    [
        *("/app/", "/sign-in", "/setup", "/api/health", "/static/lab.css", "/_open/x", SERVICE),
        *(WORKSPACE, "/ml/", "/ml", "/ml/lab2/app/", "/ML/lab/sign-in", "/ml/lab/../sign-in"),
        *("/ml/lab/../lab2/", "//ml/lab/sign-in", "/ml/lab;/sign-in"),
    ],
)
async def test_outside_there_is_nothing(below: Room, path: str) -> None:
    service, workspace = await below.service(), await below.workspace()
    answer = await below.get_raw(path)
    assert answer[9:12] == b"404"
    assert service.connections == workspace.connections == below.api.connections == 0


@pytest.mark.parametrize(
    ("path", "leads_to"),
    [
        ("/", f"{BASE}/"),
        (BASE, f"{BASE}/"),
        (f"{BASE}/", f"{BASE}/app/"),
        (f"{BASE}/app?a=b", f"{BASE}/app/?a=b"),
        (f"{BASE}{WORKSPACE[:-1]}?a=b", f"{BASE}{WORKSPACE}?a=b"),
        (f"{BASE}{SERVICE}8080", f"{BASE}{SERVICE}8080/"),
        (f"{BASE}/api/docs", f"{BASE}/sign-in?next={BASE}/api/docs"),
        (f"{BASE}{SERVICE}x?y=%2F", f"{BASE}/sign-in?next={BASE}{SERVICE}x%3Fy%3D%252F"),
    ],
)
async def test_redirects_stay_below_it(below: Room, path: str, leads_to: str) -> None:
    async with below.browser(session=None) as browser:
        answer = await browser.get(f"{below.origin}{path}")
    assert answer.headers["Location"] == leads_to


@pytest.mark.parametrize("rest", ["", "x", "a%2Fb//c?d=%20e", "?x", "%c3%a9;a=b"])
async def test_a_service_sees_the_rest_and_a_workspace_all_of_it(below: Room, rest: str) -> None:
    service, workspace = await below.service(), await below.workspace()
    await below.get_raw(f"{BASE}{SERVICE}{rest}")
    await below.get_raw(f"{BASE}{WORKSPACE}{rest}")
    assert service.target == f"/{rest}"
    assert service.headers["x-forwarded-prefix"] == f"{BASE}{SERVICE}".rstrip("/")
    assert workspace.target == f"{BASE}{WORKSPACE}{rest}"


@pytest.mark.parametrize(
    "path", ["/ml/%6cab", "/ml//lab", "/ml/./lab", "/x/../ml/lab", "/ml/lab/."]
)
async def test_another_spelling_of_it_reaches_no_workload(below: Room, path: str) -> None:
    service, workspace = await below.service(), await below.workspace()
    for rest in (SERVICE, WORKSPACE):
        assert (await below.get_raw(f"{path}{rest}"))[9:12] in {b"404", b"400"}
    assert service.connections == workspace.connections == 0


async def test_the_api_and_its_document_are_below_it(lab_below: Room) -> None:
    async with lab_below.client() as program:
        assert (await program.get("/api/health")).json()["status"] == "ok"
        document = (await program.get("/api/openapi.json")).json()
        moved = await program.get("/api/projects/?limit=1")
    assert document["servers"] == [{"url": BASE}]
    assert moved.headers["Location"].endswith(f"{BASE}/api/projects?limit=1")


async def test_a_session_is_for_this_lab_alone(lab_below: Room, people: People) -> None:
    browser = Browser(lab_below)
    data = {"username": "alice", "password": "x"}
    form = await browser.send("/sign-in?next=/other/", "GET")
    assert f'name="next" value="{BASE}/app/"' in form.text
    assert f'action="{BASE}/sign-in"' in form.text
    assert (await browser.send("/sign-in", "POST", data=data)).status_code == 401
    await browser.sign_in("alice")
    assert browser.paths["localhost"] == {"lab_session": f"{BASE}/"}
    await browser.open("/")
    assert browser.url == f"{lab_below.url}/app/"
    out = await browser.send("/sign-out", "POST", headers={"Sec-Fetch-Site": "same-origin"})
    assert out.headers["Location"] == f"{BASE}/sign-in"
    assert f"Path={BASE}/" in out.headers["Set-Cookie"]


@pytest.mark.parametrize(
    "page", ["/sign-in", "/app/", "/api/docs", "/workspaces/alice/", "/nowhere"]
)
async def test_every_link_of_a_page_is_below_it(lab_below: Room, page: str) -> None:
    browser = Browser(lab_below)
    await browser.sign_in("alice")
    text = (await browser.open(page)).text
    links = re.findall(r'(?:href|action|src|data-state)="(/[^"]*)"', text)
    assert links
    assert [link for link in links if not link.startswith(f"{BASE}/")] == []
    async with lab_below.client() as anybody:
        for link in links:
            if "/static/" in link:
                assert (await anybody.get(f"{lab_below.origin}{link}")).status_code == 200


async def test_a_workloads_own_host_has_no_such_path(lab_below: Room, people: People) -> None:
    upstream = await lab_below.upstream()
    place(lab_below, upstream)
    browser = Browser(lab_below)
    await browser.sign_in("alice")
    answer = await browser.open("/workspaces/alice/lab?a=b")
    assert answer.status_code == 200
    assert browser.host != f"localhost:{lab_below.nginx.port}"
    assert upstream.target == f"{BASE}/workspaces/alice/lab?a=b"
    assert browser.paths[browser.host.partition(":")[0]] == {"lab_app": "/"}
    browser.cookies[browser.host.partition(":")[0]].clear()
    again = await browser.open(browser.url)
    assert again.status_code == 200, "by way of the lab's _open"
