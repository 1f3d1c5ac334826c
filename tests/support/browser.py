"""The machine's Chromium before a real lab, driven by Playwright.

Where there is no Chromium such a test is skipped with that reason; CI has one.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from running_lab import ADMIN_PASSWORD, RunningLab

# A test times nothing: an expectation waits as long as a click does (Playwright's own 5 s are too
# few for a lab, a browser and an engine that share two cores).
PATIENCE_MS = 30_000
expect.set_options(timeout=PATIENCE_MS)

STEADY = Path(__file__).with_name("steady_chromium.py")


def chromium() -> str:
    """Return where Chromium is; skip the test where it is not."""
    found = os.environ.get("LAB_TEST_CHROMIUM") or shutil.which("chromium")
    if not found:
        pytest.skip("needs Chromium (Debian: apt-get install chromium)")
    return found


@contextmanager
def open_browser() -> Iterator[Browser]:
    """Give a headless Chromium; each test takes contexts of its own in it."""
    path = chromium()
    with sync_playwright() as playwright:
        # Root may not use Chromium's sandbox, and CI is root.
        options = ["--no-sandbox"] if os.geteuid() == 0 else []
        environment: dict[str, str | float | bool] = {**os.environ, "LAB_TEST_CHROMIUM": path}
        browser = playwright.chromium.launch(executable_path=STEADY, args=options, env=environment)
        yield browser
        browser.close()


# Runs before any script of a page: tells of what its policy refuses, and adds up how far things
# moved that nobody had touched.
_LISTEN = """
addEventListener("securitypolicyviolation", ({violatedDirective, blockedURI, sourceFile}) =>
  console.error(`policy: ${violatedDirective} refused ${blockedURI} in ${sourceFile}`));
window.moved = [];
new PerformanceObserver((list) => list.getEntries().filter((each) => !each.hadRecentInput).forEach(
  ({value, sources}) => moved.push([value, sources.map(({node}) => node?.outerHTML?.slice(0, 120))])
)).observe({type: "layout-shift", buffered: true});
"""


@dataclass
class Visitor:
    """One person before one lab, with what their browser complained about."""

    page: Page
    lab: RunningLab
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Listen to what goes wrong in any page of this person."""
        self.page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        self.page.on("console", self._note)
        self.page.add_init_script(_LISTEN)

    def _note(self, message: object) -> None:
        kind, text = getattr(message, "type", ""), getattr(message, "text", "")
        # The browser's own line about an answer of 4xx; whoever asked shows it in the page.
        if kind == "error" and not text.startswith("Failed to load resource"):
            self.complaints.append(text)

    def sign_in(self, user: str = "admin", password: str = ADMIN_PASSWORD) -> None:
        """Come in by the form, as a person does, and wait for the first page."""
        self.page.goto(f"{self.lab.url}/sign-in")
        self.page.get_by_label("User name").fill(user)
        self.page.get_by_label("Password").fill(password)
        self.page.get_by_role("button", name="Sign in").click()
        self.page.wait_for_url("**/app/**")

    def open(self, path: str) -> Page:
        """Open a page of the web app by its address below `/app` and wait for its title."""
        self.page.goto(f"{self.lab.url}/app{path}")
        self.page.locator("h1").first.wait_for()
        return self.page


@contextmanager
def visit(
    browser: Browser, lab: RunningLab, *, narrow: bool = False, dark: bool = False
) -> Iterator[Visitor]:
    """Give a new person's browser; their cookies are their own."""
    context = browser.new_context(
        viewport={"width": 375, "height": 720} if narrow else {"width": 1280, "height": 800},
        color_scheme="dark" if dark else "light",
        reduced_motion="reduce",
    )
    context.set_default_timeout(PATIENCE_MS)
    try:
        yield Visitor(context.new_page(), lab)
    finally:
        context.close()
