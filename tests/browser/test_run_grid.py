"""The table of runs as a grid: one tab stop, the keyboard's ways, and only what is seen."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from axe import violations
from mlflow.entities import Metric, Param
from playwright.sync_api import Browser, Locator, Page, expect
from running_lab import RunningLab
from web_runs import tracking

from browser import Visitor, visit
from mllab import Lab

RUNS, KEYS = 450, 60
FOCUSED = "[role=grid] :focus"


@pytest.fixture(scope="module")
def experiment(lab: RunningLab, client: Lab) -> str:
    """An experiment of many runs, `run-449` the last started, with many metrics each."""
    client.projects.create("many")
    with tracking(lab.url, client.http.token, "many") as mlflow:
        made = str(mlflow.create_experiment("many"))

        def log(number: int) -> None:
            run = mlflow.create_run(made, start_time=1000 + number, run_name=f"run-{number}")
            metrics = [Metric(f"m{key:02}", number + key, 0, 0) for key in range(KEYS)]
            mlflow.log_batch(run.info.run_id, metrics, [Param("number", str(number))])

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(log, range(RUNS)))
    return made


@pytest.fixture
def visitor(browser: Browser, lab: RunningLab, experiment: str) -> Iterator[Visitor]:
    """The admin at the table; nothing may complain."""
    with visit(browser, lab) as visitor:
        visitor.sign_in()
        visitor.open(f"/projects/many/experiments/{experiment}")
        visitor.page.get_by_role("link", name=f"run-{RUNS - 1}").wait_for()
        yield visitor
    assert visitor.complaints == []


@pytest.fixture
def page(visitor: Visitor) -> Page:
    """The page with the table."""
    return visitor.page


def _wide(page: Page, experiment: str) -> None:
    """Show all metrics, as an address can."""
    columns = ",".join(f'"metrics.m{key:02}"' for key in range(KEYS))
    page.goto(f"{page.url.partition('?')[0]}?cols=[{columns}]")
    page.get_by_role("link", name=f"run-{RUNS - 1}").wait_for()


def _enter(page: Page) -> Locator:
    """Come into the grid by Tab; return what has the focus there."""
    page.get_by_role("button", name="Columns").focus()
    page.keyboard.press("Tab")
    focused = page.locator(FOCUSED)
    expect(focused).to_contain_text(f"run-{RUNS - 1}")
    return focused


def _keys(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_the_grid_is_one_tab_stop(page: Page) -> None:
    _enter(page)
    assert page.locator("[role=grid] [tabindex='0']").count() == 1
    page.keyboard.press("Tab")
    expect(page.locator(FOCUSED)).to_have_count(0)
    page.keyboard.press("Shift+Tab")
    expect(page.locator(FOCUSED)).to_contain_text(f"run-{RUNS - 1}")


def test_arrows_lead_from_cell_to_cell(page: Page) -> None:
    focused = _enter(page)
    _keys(page, "ArrowDown", "ArrowDown", "ArrowUp")
    expect(focused).to_contain_text(f"run-{RUNS - 2}")
    _keys(page, "ArrowRight")
    expect(focused).to_have_attribute("aria-colindex", "4")
    _keys(page, "Home")
    expect(focused).to_have_attribute("aria-colindex", "1")
    _keys(page, "Control+Home")
    expect(focused).to_have_role("columnheader")


def test_the_last_run_is_a_key_away_and_nothing_between_is_asked_for(page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    focused = _enter(page)
    _keys(page, "Control+End")
    expect(page.get_by_role("link", name="run-0", exact=True)).to_be_visible()
    expect(focused).to_have_attribute("aria-colindex", str(3 + 3 + 5 + 1))
    assert {url.partition("skip=")[2] for url in asked if "/runs?" in url} <= {"0", "400"}
    _keys(page, "Home", "ArrowRight", "ArrowRight", "PageUp", "PageDown")
    expect(focused).to_have_text("run-0")
    _keys(page, "Control+Home", "ArrowDown")
    expect(page.get_by_role("link", name=f"run-{RUNS - 1}")).to_be_visible()


def test_what_has_the_focus_stays_when_it_is_scrolled_away(page: Page) -> None:
    focused = _enter(page)
    page.get_by_role("grid").evaluate("each => { each.scrollTop = each.scrollHeight }")
    expect(page.get_by_role("link", name="run-0", exact=True)).to_be_visible()
    expect(focused).to_contain_text(f"run-{RUNS - 1}")
    _keys(page, "ArrowDown")
    expect(focused).to_have_text(f"run-{RUNS - 2}")
    expect(focused).to_be_in_viewport()


def test_space_selects_and_enter_opens(page: Page) -> None:
    focused = _enter(page)
    _keys(page, "ArrowDown", " ")
    expect(page.get_by_role("region", name="Selected runs")).to_contain_text("1")
    expect(page.get_by_role("row", selected=True)).to_contain_text(f"run-{RUNS - 2}")
    expect(focused).to_have_text(f"run-{RUNS - 2}")
    _keys(page, "Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"run-{RUNS - 2}")


def test_a_header_opens_its_menu_and_keeps_the_focus(page: Page) -> None:
    focused = _enter(page)
    _keys(page, "ArrowUp", "Enter")
    expect(page.get_by_role("menu")).to_be_visible()
    _keys(page, "Escape")
    expect(page.get_by_role("menu")).to_be_hidden()
    # The library gives the focus back a frame later: what a person sees before the next key.
    expect(page.get_by_role("grid").get_by_role("button", name="Name")).to_be_focused()
    _keys(page, "ArrowDown")
    expect(focused).to_contain_text(f"run-{RUNS - 1}")
    _keys(page, "ArrowUp", "Enter")
    page.get_by_role("menuitem", name="Sort ascending").click()
    expect(page.locator("[aria-sort=ascending]")).to_have_text("Name")
    expect(page.get_by_role("link", name="run-0", exact=True)).to_be_visible()


def test_many_columns_are_there_only_near_the_view(page: Page, experiment: str) -> None:
    _wide(page, experiment)
    grid, focused = page.get_by_role("grid"), _enter(page)
    assert grid.get_by_role("columnheader").count() < 25
    assert grid.get_attribute("aria-colcount") == str(3 + KEYS)
    _keys(page, "End")
    expect(focused).to_have_attribute("aria-colindex", str(3 + KEYS))
    expect(focused).to_have_text(str(RUNS - 1 + KEYS - 1))
    expect(focused).to_be_in_viewport()
    header = grid.get_by_role("columnheader", name=f"m{KEYS - 1}")
    boxes = focused.bounding_box(), header.bounding_box()
    assert boxes[0] is not None
    assert boxes[1] is not None
    assert abs(boxes[0]["x"] - boxes[1]["x"]) < 1
    assert violations(page) == []
    _keys(page, "Home")
    expect(grid.get_by_role("columnheader", name="m00")).to_be_in_viewport()
