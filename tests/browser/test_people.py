"""Two people in two browsers; what a role may not do is not offered; an ended session."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect
from running_lab import RunningLab
from web_data import password_of, people

from browser import Visitor, visit
from mllab import Lab

PROJECT = "shared"
DEAD_FOR_A_VIEWER = {
    "datasets": "Upload",
    "models": "Upload",
    "jobs": "New job",
    "services": "Deploy",
    "members": "Add member",
    "secrets": "New secret",
    "settings": "Delete",
}


@pytest.fixture(scope="module")
def shared(lab: RunningLab) -> Lab:
    """ann's client; she has a project with something in it."""
    ann = people(lab)
    ann.projects.create(PROJECT)
    ann.project(PROJECT).datasets.upload("notes.txt", b"for two")
    ann.project(PROJECT).jobs.submit("hello", "echo hello")
    return ann


@pytest.fixture
def ann(browser: Browser, lab: RunningLab, shared: Lab) -> Iterator[Visitor]:
    with visit(browser, lab) as visitor:
        visitor.sign_in("ann", password_of("ann"))
        yield visitor
    assert visitor.complaints == []


@pytest.fixture
def ben(browser: Browser, lab: RunningLab, shared: Lab) -> Iterator[Visitor]:
    with visit(browser, lab) as visitor:
        visitor.sign_in("ben", password_of("ben"))
        yield visitor
    assert visitor.complaints == []


def test_a_member_who_is_added_sees_it_at_once(ann: Visitor, ben: Visitor) -> None:
    his = ben.open("/projects")
    hers = ann.open(f"/projects/{PROJECT}/members")
    hers.get_by_role("button", name="Add member").click()
    dialog = hers.get_by_role("dialog", name="Add member", exact=True)
    dialog.get_by_label("User name").fill("ben")
    dialog.get_by_role("button", name="Add member").click()
    expect(his.get_by_role("main").get_by_role("link", name=PROJECT)).to_be_visible()
    hers.get_by_role("main").get_by_role("button", name="Remove").last.click()
    hers.get_by_role("alertdialog").get_by_role("button", name="Remove").click()
    expect(his.get_by_role("main").get_by_role("link", name=PROJECT)).to_have_count(0)


@pytest.mark.parametrize(("place", "button"), DEAD_FOR_A_VIEWER.items())
def test_a_viewer_is_offered_nothing_that_a_viewer_may_not_do(
    browser: Browser, lab: RunningLab, shared: Lab, place: str, button: str
) -> None:
    shared.project(PROJECT).members.put("vera", "viewer")
    with visit(browser, lab) as vera:
        vera.sign_in("vera", password_of("vera"))
        main = vera.open(f"/projects/{PROJECT}/{place}").get_by_role("main")
        expect(main.get_by_role("status", name="Loading")).to_have_count(0)
        expect(main.get_by_role("button", name=button)).to_have_count(0)


def test_a_session_that_ended_leads_to_the_sign_in_page_and_back(ann: Visitor) -> None:
    page = ann.open(f"/projects/{PROJECT}/datasets")
    page.context.clear_cookies()
    page.get_by_role("navigation", name="Project").get_by_role("link", name="Jobs").click()
    page.wait_for_url("**/sign-in?next=**")
    page.get_by_label("User name").fill("ann")
    page.get_by_label("Password").fill(password_of("ann"))
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"**/app/projects/{PROJECT}/**")
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_the_palette_goes_anywhere_by_keyboard(ann: Visitor) -> None:
    page = ann.open("/")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox", name="Pages, actions, and things by name")).to_be_focused()
    page.keyboard.type("notes.txt")
    expect(page.get_by_role("option").first).to_contain_text("notes.txt")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="notes.txt")).to_be_visible()
    page.keyboard.press("g")
    page.keyboard.press("j")
    expect(page.get_by_role("heading", level=1, name="Jobs")).to_be_visible()
