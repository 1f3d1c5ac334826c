"""Signing in and out, the first admin, registering, and the list of what one can open."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from gateway_room import Room, open_room
from people import People, open_core, password_of

from mllab.model.accounts import SESSION_COOKIE

ALICE = {"username": "alice", "password": password_of("alice")}


@pytest.fixture
async def page(lab_room: Room) -> AsyncIterator[httpx.AsyncClient]:
    async with lab_room.browser(None) as client:
        yield client


@pytest.fixture
async def alice(page: httpx.AsyncClient) -> httpx.AsyncClient:
    await page.post("/sign-in", data=ALICE)
    return page


@pytest.fixture
async def new_lab(tmp_path: Path) -> AsyncIterator[Room]:
    async with (
        open_core(tmp_path, allow_self_registrations=True) as core,
        open_room(core) as room,
    ):
        yield room


async def test_visitor_is_sent_to_sign_in_and_lands_where_they_wanted(
    page: httpx.AsyncClient,
) -> None:
    asked = await page.get("/workspaces/alice/lab?x=1&y=a%20b")
    assert (asked.status_code, asked.headers["Location"]) == (
        303,
        "/sign-in?next=/workspaces/alice/lab%3Fx%3D1%26y%3Da%2520b",
    )
    form = await page.get(asked.headers["Location"])
    assert 'value="/workspaces/alice/lab?x=1&amp;y=a%20b"' in form.text
    signed = await page.post("/sign-in", data=ALICE | {"next": "/workspaces/alice/lab?x=1"})
    assert (signed.status_code, signed.headers["Location"]) == (303, "/workspaces/alice/lab?x=1")


async def test_session_cookie_is_out_of_reach_of_scripts_and_other_sites(
    page: httpx.AsyncClient,
) -> None:
    signed = await page.post("/sign-in", data=ALICE)
    cookie = signed.headers["Set-Cookie"].lower()
    assert cookie.startswith(f"{SESSION_COOKIE}=")
    assert {"httponly", "samesite=lax", "path=/"} <= {part.strip() for part in cookie.split(";")}
    assert signed.headers["Location"] == "/app/"


@pytest.mark.parametrize(
    "where",
    ["//evil.example", "/\\evil.example", "http://evil.example", "/a\nb", "app", "", "/\t/"],
)
async def test_sign_in_never_leads_to_another_site(page: httpx.AsyncClient, where: str) -> None:
    signed = await page.post("/sign-in", data=ALICE | {"next": where})
    assert signed.headers["Location"] == "/app/"


@pytest.mark.parametrize(
    "wrong", [{"username": "alice"}, {"username": "nobody"}, {"username": "x" * 300}, {}]
)
async def test_wrong_user_and_wrong_password_look_alike(
    page: httpx.AsyncClient, wrong: dict[str, str]
) -> None:
    answer = await page.post("/sign-in", data=wrong | {"password": "nope"})
    assert answer.status_code == 401
    assert "User name or password is wrong." in answer.text
    assert "nope" not in answer.text
    assert "Set-Cookie" not in answer.headers


async def test_too_many_tries_are_told_when_to_come_back(page: httpx.AsyncClient) -> None:
    for _ in range(10):
        await page.post("/sign-in", data={"username": "alice", "password": "nope"})
    answer = await page.post("/sign-in", data=ALICE)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0


@pytest.mark.parametrize("path", ["/sign-in", "/sign-out", "/setup", "/register"])
@pytest.mark.parametrize(
    "sent", [{"Origin": "http://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "same-site"}]
)
async def test_forms_of_other_sites_are_refused(
    alice: httpx.AsyncClient, path: str, sent: dict[str, str]
) -> None:
    data = {"username": "carol", "password": "a long password"}
    answer = await alice.post(path, data=data, headers=sent)
    assert answer.status_code == 403
    assert (await alice.get("/api/auth/me")).status_code == 200, "still signed in"


async def test_sign_out_ends_the_session(alice: httpx.AsyncClient, lab_room: Room) -> None:
    secret = alice.cookies[SESSION_COOKIE]
    assert (await alice.post("/sign-out")).headers["Location"] == "/sign-in"
    async with lab_room.browser(secret) as old:
        assert (await old.get("/api/auth/me")).status_code == 401


@pytest.mark.parametrize("path", ["/sign-in", "/setup", "/register", "/api/docs"])
async def test_pages_allow_nothing_from_elsewhere(alice: httpx.AsyncClient, path: str) -> None:
    answer = await alice.get(path)
    assert answer.status_code == 200
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "style=" not in answer.text
    assert "http://" not in answer.text.replace("http://localhost", "")


async def test_style_sheet_is_served_for_good(alice: httpx.AsyncClient) -> None:
    page = await alice.get("/sign-in")
    link = page.text.partition('rel="stylesheet" href="')[2].partition('"')[0]
    sheet = await alice.get(link)
    assert sheet.headers["Content-Type"].startswith("text/css")
    assert "immutable" in sheet.headers["Cache-Control"]


async def test_first_admin_by_the_printed_address(new_lab: Room) -> None:
    assert new_lab.lab is not None
    offered = await new_lab.lab.identity.offer_setup()
    assert offered is not None
    async with new_lab.browser(None) as page:
        moved = await page.get(f"/setup?lab_token={offered.secret}")
        assert (moved.status_code, moved.headers["Location"]) == (303, "/setup")
        assert "samesite=strict" in moved.headers["Set-Cookie"].lower()
        assert "Create the admin" in (await page.get("/setup")).text
        short = await page.post("/setup", data={"username": "admin", "password": "short"})
        assert (short.status_code, "password:" in short.text) == (422, True)
        done = await page.post("/setup", data={"username": "root", "password": "long enough"})
        assert done.headers["Location"] == "/app/"
        assert (await page.get("/api/auth/me")).json()["is_admin"]
        again = await page.get(f"/setup?lab_token={offered.secret}", follow_redirects=True)
        used = await page.post("/setup", data={"username": "me2", "password": "long enough"})
    assert (again.status_code, used.status_code) == (200, 401)


async def test_looking_at_the_setup_page_does_not_use_it_up(new_lab: Room) -> None:
    assert new_lab.lab is not None
    offered = await new_lab.lab.identity.offer_setup()
    assert offered is not None
    for _ in range(3):
        async with new_lab.browser(None) as page:
            await page.get(f"/setup?lab_token={offered.secret}", follow_redirects=True)
    async with new_lab.browser(None) as page:
        await page.get(f"/setup?lab_token={offered.secret}")
        done = await page.post("/setup", data={"username": "root", "password": "long enough"})
    assert done.status_code == 303


async def test_setup_without_the_secret_says_where_it_is(page: httpx.AsyncClient) -> None:
    assert "mllab up" in (await page.get("/setup")).text
    answer = await page.post("/setup", data={"username": "root", "password": "long enough"})
    assert answer.status_code == 401


async def test_registering_signs_in(new_lab: Room) -> None:
    async with new_lab.browser(None) as page:
        assert "/register" in (await page.get("/sign-in")).text
        data = {"username": "carol", "password": "long enough", "display_name": "Carol <b>"}
        done = await page.post("/register", data=data)
        assert done.headers["Location"] == "/app/"
        assert (await page.get("/api/auth/me")).json()["display_name"] == "Carol <b>"
        taken = await page.post("/register", data=data)
    assert taken.status_code == 409


async def test_registering_is_refused_where_it_is_off(page: httpx.AsyncClient) -> None:
    assert "/register" not in (await page.get("/sign-in")).text
    data = {"username": "carol", "password": "long enough"}
    assert (await page.post("/register", data=data)).status_code == 403


@pytest.mark.parametrize("path", ["/", "/app/", "/workspaces/alice/lab?a=1&b=%20"])
async def test_token_in_the_url_becomes_a_session(
    page: httpx.AsyncClient, people: People, path: str
) -> None:
    mark = "&" if "?" in path else "?"
    answer = await page.get(f"{path}{mark}lab_token={people.tokens['alice']}")
    assert (answer.status_code, answer.headers["Location"]) == (303, path)
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert (await page.get("/api/auth/me")).status_code == 200


@pytest.mark.parametrize("token", ["lab_wrong", "", "%0d%0aX: y"])
async def test_bad_token_in_the_url_is_told(page: httpx.AsyncClient, token: str) -> None:
    answer = await page.get(f"/app/?lab_token={token}")
    assert answer.status_code == 401
    assert "Set-Cookie" not in answer.headers


async def test_token_in_the_url_is_only_for_reading(
    page: httpx.AsyncClient, people: People
) -> None:
    for path in ("/app/", "/workspaces/alice/", "/projects/alpha/services/x/"):
        answer = await page.post(f"{path}?lab_token={people.tokens['alice']}")
        assert answer.status_code == 400
    assert (await page.get(f"/api/users?LAB%5FTOKEN={people.tokens['alice']}")).status_code == 400


async def test_no_log_keeps_a_token(
    page: httpx.AsyncClient, people: People, lab_room: Room
) -> None:
    await lab_room.stop_application()
    for path in ("/", "/app/", "/workspaces/alice/", "/setup"):
        answer = await page.get(f"{path}?lab_token={people.tokens['alice']}")
        assert answer.status_code == 503
    log = (lab_room.run_dir / "nginx.log").read_text()
    assert people.tokens["alice"] not in log
