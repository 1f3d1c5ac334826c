"""One Chromium and one real lab for the tests of a module; each brings its own project.

They end with the module: while Playwright is open its event loop
runs in the main thread, and no other may.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from running_lab import RunningLab, running_lab

from browser import Visitor, open_browser, visit
from mllab import Lab


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A headless Chromium."""
    with open_browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningLab]:
    """A real lab, as `mllab up` starts it."""
    folder: Path = tmp_path_factory.mktemp("lab")
    with running_lab(folder / "data") as running:
        yield running


@pytest.fixture(scope="module")
def client(lab: RunningLab) -> Lab:
    """The admin's Python client."""
    return Lab(lab.url, lab.token())


@pytest.fixture
def admin(browser: Browser, lab: RunningLab) -> Iterator[Visitor]:
    """The admin, signed in, in a browser of their own; it must end without complaints."""
    with visit(browser, lab) as visitor:
        visitor.sign_in()
        yield visitor
    assert visitor.complaints == []
