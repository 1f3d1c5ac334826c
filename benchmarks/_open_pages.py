"""Many open pages before a lab: real ones of Chromium, and event streams for what does not fit.

A page of the app holds one stream of `GET /api/events` while it is looked at, and so does each
page here: headless Chromium takes all for visible. A browser has six connections for a host,
so a profile holds five pages. A stream alone is opened as a page opens it, with its cookie.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import httpx
import psutil
from playwright.sync_api import Browser, StorageState
from running_lab import RunningLab

PER_PROFILE = 5
ENOUGH_FREE_BYTES = 3 * 2**30
"""No further page where the machine has less memory than this: it would measure swapping."""


@contextmanager
def open_pages(
    browser: Browser, lab: RunningLab, state: StorageState, count: int
) -> Iterator[tuple[int, int]]:
    """Hold `count` pages open; give how many are real and how many are streams only."""
    with ExitStack() as held:
        real = 0
        while real < count and psutil.virtual_memory().available > ENOUGH_FREE_BYTES:
            real += _profile(held, browser, lab, state, min(PER_PROFILE, count - real))
        cookies = {each["name"]: each["value"] for each in state["cookies"]}
        limits = httpx.Limits(max_connections=None)
        client = held.enter_context(httpx.Client(cookies=cookies, limits=limits, timeout=60))
        for _ in range(count - real):
            stream = client.stream("GET", f"{lab.url}/api/events")
            held.enter_context(stream).raise_for_status()
        yield real, count - real


def _profile(
    held: ExitStack, browser: Browser, lab: RunningLab, state: StorageState, count: int
) -> int:
    context = browser.new_context(storage_state=state)
    held.callback(context.close)
    pages = [context.new_page() for _ in range(count)]
    for page in pages:
        page.goto(f"{lab.url}/app/", wait_until="commit")
    for page in pages:
        page.locator("h1").first.wait_for(timeout=60_000)
    return count
