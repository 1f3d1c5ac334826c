"""Every page and what opens on it: fit for everyone, in both themes and widths, in each state."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from answers import Answers
from axe import moved, overflow, violations
from keyboard import faults
from openers import open_each
from playwright.sync_api import Browser, Page, expect
from running_lab import RunningLab
from web_data import Seeded, fill, password_of
from web_pages import PAGES, WebPage, routes, wait_until_shown

from browser import Visitor, visit

WIDTHS = {"narrow": (375, 720), "wide": (1280, 800)}
EMPTY = [row for row in PAGES if row.empty]
ASKING = [row for row in PAGES if row.asks]
ROUTES = {row.route: [each for each in PAGES if each.route == row.route] for row in PAGES}
# The frame around a page asks for these, and the tests of the frame are others.
FRAME = ("/api/auth/me", "/api/events", "/api/projects/wine")


@pytest.fixture(scope="module")
def seeded(lab: RunningLab) -> Seeded:
    """A lab with something of everything."""
    return fill(lab)


@pytest.fixture(scope="module")
def signed_in(browser: Browser, lab: RunningLab, seeded: Seeded) -> Iterator[Visitor]:
    """ann, an admin; one browser for all pages."""
    with visit(browser, lab) as visitor:
        visitor.sign_in("ann", password_of("ann"))
        yield visitor


@pytest.fixture
def ann(signed_in: Visitor) -> Iterator[Visitor]:
    """The same; no page may complain, and nothing of a test stays."""
    signed_in.complaints.clear()
    _widen(signed_in.page, "wide")
    yield signed_in
    signed_in.page.unroute_all(behavior="ignoreErrors")
    assert signed_in.complaints == []


def _widen(page: Page, name: str) -> None:
    width, height = WIDTHS[name]
    page.set_viewport_size({"width": width, "height": height})
    # What floats above the page follows a frame later.
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def _check(page: Page, *, behind: bool = True) -> None:
    """Fail with what is wrong in any theme and width, and where."""
    found = []
    before = page.viewport_size
    assert before is not None
    for name in WIDTHS:
        _widen(page, name)
        found += [f"{name}, too wide: {each}" for each in overflow(page)]
        for theme in ("light", "dark"):
            page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
            broken = violations(page, behind=behind, colours_only=theme == "dark")
            found += [f"{name}, {theme}: {each}" for each in broken]
    page.set_viewport_size(before)
    assert not found, "\n".join(found)


def _check_opened(page: Page) -> None:
    """Look at what has opened; the page behind it has been looked at."""
    _check(page, behind=False)


def _answers(ann: Visitor) -> Answers:
    """Hold what the page itself asks of the API, not the frame around it."""

    def is_asked_by_page(url: str) -> bool:
        path = url.removeprefix(ann.lab.url).partition("?")[0]
        return path.startswith("/api/") and path not in FRAME

    return Answers(ann.page, is_asked_by_page)


def _load(ann: Visitor, seeded: Seeded, row: WebPage) -> Page:
    """Open a page so slowly that its skeleton is seen, and wait until all of it is there."""
    answers = _answers(ann)
    ann.page.goto(f"{ann.lab.url}/app{row.at(seeded)}")
    if row.asks:
        loading = ann.page.get_by_role("main").get_by_role("status", name="Loading")
        expect(loading.first).to_be_visible()
    answers.let_through()
    wait_until_shown(ann.page)
    return ann.page


@pytest.mark.parametrize("row", PAGES, ids=lambda row: row.name)
def test_a_page_is_for_everyone(ann: Visitor, seeded: Seeded, row: WebPage) -> None:
    """With any eyes, hands, screen and theme; nothing moves while it loads."""
    page = _load(ann, seeded, row)
    assert page.locator("h1").inner_text() == row.title
    assert moved(page) == []
    assert faults(page) == []
    _check(page)


@pytest.mark.parametrize("route", ROUTES)
def test_what_opens_is_for_everyone(ann: Visitor, seeded: Seeded, route: str) -> None:
    """Each menu, dialog and list opens by key, keeps the focus inside and gives it back."""
    _widen(ann.page, "narrow")
    seen: set[str] = set()
    for row in ROUTES[route]:
        page = _load(ann, seeded, row)
        assert moved(page) == []
        open_each(page, page.get_by_role("main"), seen, _check_opened)


def test_what_the_frame_opens_is_for_everyone(ann: Visitor) -> None:
    page = ann.open("/projects/wine")
    banner, seen = page.get_by_role("banner"), set[str]()
    open_each(page, banner, seen, _check_opened)
    open_each(page, page.get_by_role("complementary"), seen, _check_opened)
    _widen(page, "narrow")
    open_each(page, banner, seen, _check_opened)
    own = {"dialog Search", "dialog Activity", "menu Account", "dialog Choose a project"}
    assert seen == {*own, "dialog Menu"}


@pytest.mark.parametrize("row", EMPTY, ids=lambda row: row.name)
def test_an_empty_page_says_what_belongs_there(ann: Visitor, row: WebPage) -> None:
    path, words = row.empty or ("", "")
    page = ann.open(path)
    expect(page.get_by_role("main")).to_contain_text(words)
    _check(page)


@pytest.mark.parametrize("row", ASKING, ids=lambda row: row.name)
def test_a_page_waits_then_fails_then_is_tried_again(
    ann: Visitor, seeded: Seeded, row: WebPage
) -> None:
    page = ann.page
    answers = _answers(ann)
    page.goto(f"{ann.lab.url}/app{row.at(seeded)}")
    main = page.get_by_role("main")
    expect(main.get_by_role("status", name="Loading").first).to_be_visible()
    answers.fail()
    expect(main.get_by_role("alert").first).to_contain_text("Out of luck.")
    assert violations(page) == []
    answers.let_through()
    retry = main.get_by_role("button", name="Try again")
    while retry.count():  # what comes back may hold another part that had failed
        # In one step: a part that comes back by itself takes its button with it.
        retry.evaluate_all("buttons => buttons[0]?.click()")
        wait_until_shown(page)
    expect(main).not_to_contain_text("Out of luck.")


def test_what_the_policy_refuses_is_heard(ann: Visitor) -> None:
    page = ann.open("/about")
    with page.expect_console_message(lambda said: said.text.startswith("policy: img-src refused")):
        page.evaluate("() => { new Image().src = 'http://elsewhere.invalid/' }")
    assert ann.complaints
    ann.complaints.clear()


def test_no_page_is_left_out(ann: Visitor) -> None:
    assert routes(ann.open("/")) == {row.route for row in PAGES}
