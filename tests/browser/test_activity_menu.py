"""What the top bar tells of: what happened in one's projects while one was elsewhere."""

from __future__ import annotations

import pytest
from axe import overflow, violations
from playwright.sync_api import Page, expect
from running_lab import RunningLab

from browser import Visitor
from mllab import Lab

PROJECT = "news"


@pytest.fixture(scope="module")
def ben(client: Lab, lab: RunningLab) -> Lab:
    """The client of an editor of the admin's project."""
    client.users.create("ben", "ben has a password")
    client.projects.create(PROJECT)
    client.project(PROJECT).members.put("ben", "editor")
    return Lab(lab.url, lab.token("ben", "ben has a password"))


def bell(page: Page, name: str) -> None:
    """Wait until the button is called so; news come every ten seconds at most."""
    button = page.get_by_role("banner").get_by_role("button", name=name, exact=True)
    expect(button).to_be_visible()


def test_what_happened_elsewhere_is_marked_until_it_was_looked_at(ben: Lab, admin: Visitor) -> None:
    page = admin.open("/account")
    bell(page, "Activity")
    ben.project(PROJECT).jobs.submit("train", "echo no data >&2; exit 3")
    bell(page, "Activity: 1 new")
    page.get_by_role("button", name="Activity: 1 new").click()
    panel = page.get_by_role("dialog", name="Activity")
    line = panel.get_by_role("listitem").filter(has_text="train").first
    expect(line).to_contain_text("failed")
    expect(line).to_contain_text("exited with code 3")
    expect(line).to_contain_text("new")
    bell(page, "Activity")
    line.get_by_role("link", name="train").click()
    expect(page.get_by_role("heading", level=1, name="Run 1")).to_be_visible()
    expect(panel).to_be_hidden()
    page.reload()
    bell(page, "Activity")


def test_ones_own_upload_is_listed_and_no_news(ben: Lab, client: Lab, admin: Visitor) -> None:
    page = admin.open("/account")
    bell(page, "Activity")
    client.project(PROJECT).datasets.upload("mine.csv", b"a\n1\n")
    ben.project(PROJECT).datasets.upload("his.csv", b"a\n1\n")
    bell(page, "Activity: 1 new")
    page.get_by_role("button", name="Activity: 1 new").click()
    panel = page.get_by_role("dialog", name="Activity")
    expect(panel.get_by_role("link", name="mine.csv")).to_be_visible()
    for width in (1280, 375):
        page.set_viewport_size({"width": width, "height": 720})
        for theme in ("light", "dark"):
            page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
            assert violations(page) == []
        assert overflow(page) == []
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
