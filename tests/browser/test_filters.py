"""Filters as one types: what is listed stays until its successor is there."""

from __future__ import annotations

from playwright.sync_api import Page, Route, expect

from browser import Visitor
from mllab import Lab


class Held:
    """Questions of a page that get no answer until they are let go."""

    def __init__(self, page: Page, url: str) -> None:
        self._waiting: list[Route] = []
        self._holds = True
        page.route(url, self._take)

    def _take(self, route: Route) -> None:
        if self._holds:
            self._waiting.append(route)
        else:
            route.continue_()

    def let_go(self) -> None:
        """Answer all, those to come too."""
        self._holds = False
        for route in self._waiting:
            route.continue_()


def test_rows_stay_until_the_new_ones_are_there(client: Lab, admin: Visitor) -> None:
    for project, keys in {"wine": ["red.csv", "white.csv"], "beer": ["ale.csv"]}.items():
        client.projects.create(project)
        for key in keys:
            client.project(project).datasets.upload(key, b"a\n1\n")
    page = admin.open("/projects/wine/datasets")
    main = page.get_by_role("main")
    red, white = (main.get_by_role("link", name=key) for key in ("red.csv", "white.csv"))
    expect(white).to_be_visible()

    held = Held(page, "**/wine/datasets?q=red*")
    main.get_by_role("searchbox").fill("red")
    expect(main.locator("[aria-busy=true]").get_by_role("link", name="white.csv")).to_be_visible()
    held.let_go()
    expect(white).to_have_count(0)
    expect(red).to_be_visible()
    expect(main.locator("[aria-busy]")).to_have_count(0)

    held = Held(page, "**/beer/datasets?*")
    page.get_by_role("combobox", name="Choose a project").click()
    page.get_by_role("option", name="beer").click()
    expect(main.locator("[data-skeleton]")).to_be_visible()
    expect(red).to_have_count(0)
    held.let_go()
    expect(main.get_by_role("link", name="ale.csv")).to_be_visible()
