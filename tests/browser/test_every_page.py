"""Every page: fit for everyone in both themes and widths, and in each of its states."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe import overflow, violations
from playwright.sync_api import Browser, Page, Route, expect
from running_lab import RunningLab
from web_data import Seeded, fill, password_of
from web_pages import PAGES, WebPage, routes, wait_until_shown

from browser import Visitor, visit

WIDTHS = {"wide": (1280, 800), "narrow": (375, 720)}
EMPTY = [row for row in PAGES if row.empty]
ASKING = [row for row in PAGES if row.asks]
OPENING = [(row, button) for row in PAGES for button in row.opens]
# The frame around a page asks for these, and the tests of the frame are others.
FRAME = ("/api/auth/me", "/api/events", "/api/projects/wine")
FAILURE = {"error": "internal", "message": "Out of luck.", "details": {}, "request_id": "r-1"}


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
    yield signed_in
    signed_in.page.unroute_all(behavior="ignoreErrors")
    assert signed_in.complaints == []


def _check(page: Page) -> None:
    """Fail with what is wrong in any theme and width, and where."""
    found = []
    for name, (width, height) in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        found += [f"{name}, too wide: {each}" for each in overflow(page)]
        for theme in ("light", "dark"):
            page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
            found += [f"{name}, {theme}: {each}" for each in violations(page)]
    page.set_viewport_size({"width": 1280, "height": 800})
    assert not found, "\n".join(found)


@pytest.mark.parametrize("row", PAGES, ids=lambda row: row.name)
def test_a_page_is_for_everyone(ann: Visitor, seeded: Seeded, row: WebPage) -> None:
    page = ann.open(row.at(seeded))
    wait_until_shown(page)
    assert page.locator("h1").inner_text() == row.title
    _check(page)


@pytest.mark.parametrize(
    ("row", "button"), OPENING, ids=[f"{row.name}-{button}" for row, button in OPENING]
)
def test_what_a_button_opens_is_for_everyone(
    ann: Visitor, seeded: Seeded, row: WebPage, button: str
) -> None:
    page = ann.open(row.at(seeded))
    wait_until_shown(page)
    page.get_by_role("main").get_by_role("button", name=button, exact=True).first.click()
    opened = page.locator("[role=dialog], [role=alertdialog], [role=menu]")
    expect(opened).to_be_visible()
    _check(page)
    page.keyboard.press("Escape")
    expect(opened).to_be_hidden()


@pytest.mark.parametrize("row", EMPTY, ids=lambda row: row.name)
def test_an_empty_page_says_what_belongs_there(ann: Visitor, row: WebPage) -> None:
    path, words = row.empty or ("", "")
    page = ann.open(path)
    expect(page.get_by_role("main")).to_contain_text(words)
    _check(page)


class Answers:
    """Between a page and the API: holds what is asked, fails it, or lets it through."""

    def __init__(self, page: Page, lab: RunningLab) -> None:
        self._lab = lab
        self._held: list[Route] = []
        self._mode = "hold"
        page.route(self._is_asked_by_page, self._answer)

    def _is_asked_by_page(self, url: str) -> bool:
        path = url.removeprefix(self._lab.url).partition("?")[0]
        return path.startswith("/api/") and path not in FRAME

    def _answer(self, route: Route) -> None:
        if self._mode == "hold":
            self._held.append(route)
        elif self._mode == "fail":
            route.fulfill(status=500, json=FAILURE)
        else:
            route.continue_()

    def fail(self) -> None:
        """Fail what is held and all that comes."""
        self._mode = "fail"
        for route in self._held:
            route.fulfill(status=500, json=FAILURE)

    def let_through(self) -> None:
        """Stand aside."""
        self._mode = "through"


@pytest.mark.parametrize("row", ASKING, ids=lambda row: row.name)
def test_a_page_waits_then_fails_then_is_tried_again(
    ann: Visitor, seeded: Seeded, row: WebPage
) -> None:
    page = ann.page
    answers = Answers(page, ann.lab)
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


def test_no_page_is_left_out(ann: Visitor) -> None:
    assert routes(ann.open("/")) == {row.route for row in PAGES}
