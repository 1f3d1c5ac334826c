"""Stands between a page and the API: holds what is asked, fails it, or lets it through."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, Route

FAILURE = {"error": "internal", "message": "Out of luck.", "details": {}, "request_id": "r-1"}


class Answers:
    """Answers to what a page asks of addresses (a pattern, or what tells them); held at first."""

    def __init__(self, page: Page, addresses: str | Callable[[str], bool]) -> None:
        self._held: list[Route] = []
        self._mode = "hold"
        page.route(addresses, self._answer)

    def _answer(self, route: Route) -> None:
        if self._mode == "hold":
            self._held.append(route)
        elif self._mode == "fail":
            route.fulfill(status=500, json=FAILURE)
        else:
            route.continue_()

    def fail(self) -> None:
        """Fail what is held and all that comes."""
        self._go_on("fail")

    def let_through(self) -> None:
        """Let through what is held, if it has not failed, and all that comes."""
        self._go_on("through")

    def _go_on(self, mode: str) -> None:
        held, self._held = self._held, []
        self._mode = mode
        for route in held:
            self._answer(route)
