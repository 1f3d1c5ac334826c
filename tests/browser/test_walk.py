"""The walk by clicking, on a real lab: from data to a served model, then everything is gone."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from running_lab import RunningLab
from web_data import files, password_of, people, training
from web_runs import EXPERIMENT, STEPS, log_run, tracking

from browser import visit
from mllab import Lab

PROJECT = "cellar"
CSV = "alcohol,cultivar\n14.2,0\n12.4,1\n13.1,2\n"


@pytest.fixture(scope="module")
def ann(lab: RunningLab) -> Lab:
    """ann's Python client, beside which she clicks."""
    return people(lab)


def test_from_data_to_a_served_model(
    browser: Browser, lab: RunningLab, ann: Lab, tmp_path: Path
) -> None:
    with visit(browser, lab) as visitor:
        visitor.sign_in("ann", password_of("ann"))
        page = visitor.open("/projects")
        _make_project(page)
        _upload(page)
        _run_job(page)
        _see_a_run_come(page, lab, ann)
        files(ann.project(PROJECT), tmp_path)
        with training(lab, ann, tmp_path, PROJECT):
            _go(page, "Registry")
        _deploy(page)
        _call(page)
        _make_and_revoke_a_key(page)
        _delete_project(page, ann)
        assert visitor.complaints == []


def _main(page: Page) -> Locator:
    return page.get_by_role("main")


def _dialog(page: Page, name: str) -> Locator:
    return page.get_by_role("dialog", name=name, exact=True)


def _go(page: Page, place: str) -> None:
    page.get_by_role("navigation", name="Project").get_by_role("link", name=place).click()


def _make_project(page: Page) -> None:
    page.get_by_role("button", name="New project").first.click()
    dialog = _dialog(page, "New project")
    dialog.get_by_label("Name").fill(PROJECT)
    dialog.get_by_label("Title").fill("The cellar")
    dialog.get_by_role("button", name="New project").click()
    expect(dialog).to_be_hidden()
    _main(page).get_by_role("link", name=PROJECT).click()
    expect(page.get_by_role("heading", level=1, name="The cellar")).to_be_visible()


def _upload(page: Page) -> None:
    """Choose a file by the browser's own dialog, then see its first rows."""
    _go(page, "Datasets")
    _main(page).get_by_role("button", name="Upload").first.click()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("dialog").get_by_role("button", name="Choose files").click()
    chooser.value.set_files({"name": "c.csv", "mimeType": "text/csv", "buffer": CSV.encode()})
    page.get_by_role("dialog").get_by_role("button", name="Upload", exact=True).click()
    _main(page).get_by_role("link", name="c.csv").click()
    expect(_main(page).get_by_text("14.2", exact=True)).to_be_visible()


def _run_job(page: Page) -> None:
    _go(page, "Jobs")
    _main(page).get_by_role("button", name="New job").first.click()
    dialog = _dialog(page, "New job")
    dialog.get_by_label("Name").fill("count")
    dialog.get_by_label("Command").fill("echo it counts 178 wines")
    dialog.get_by_role("button", name="Create and run").click()
    expect(_main(page).get_by_text("it counts 178 wines").first).to_be_visible(timeout=60_000)
    expect(_main(page)).to_contain_text("finished")


def _see_a_run_come(page: Page, lab: RunningLab, ann: Lab) -> None:
    """A client logs; pages that are open show it without being loaded anew."""
    _go(page, "Experiments")
    with tracking(lab.url, ann.http.token, PROJECT) as client:
        experiment = str(client.create_experiment(EXPERIMENT))
        _main(page).get_by_role("link", name=EXPERIMENT).click()
        expect(page.get_by_role("heading", level=1, name=EXPERIMENT)).to_be_visible()
        run = log_run(client, experiment, 0, 0)
        _main(page).get_by_role("link", name="trial-1").click()
        client.log_param(run, "cellar", "north")
        expect(_main(page).get_by_text("north").first).to_be_visible()
        client.set_terminated(run, "FINISHED", STEPS * 20_000)
        expect(_main(page)).to_contain_text("finished")


def _deploy(page: Page) -> None:
    _main(page).get_by_role("link", name="wine").first.click()
    _main(page).get_by_role("link", name="Deploy: Version 1").click()
    dialog = _dialog(page, "Deploy a service")
    dialog.get_by_label("Name").fill("wine-api")
    dialog.get_by_role("button", name="Deploy").click()
    expect(page.get_by_role("heading", level=1, name="wine-api")).to_be_visible()
    expect(_main(page)).to_contain_text("running", timeout=300_000)


def _call(page: Page) -> None:
    _main(page).get_by_role("link", name="Try it").click()
    _main(page).get_by_role("button", name="Send").click()
    expect(_main(page)).to_contain_text('"predictions"', timeout=60_000)


def _make_and_revoke_a_key(page: Page) -> None:
    _main(page).get_by_role("link", name="Keys").click()
    _main(page).get_by_role("button", name="New key").click()
    dialog = _dialog(page, "New key")
    dialog.get_by_label("Name").fill("website")
    dialog.get_by_role("button", name="New key").click()
    expect(page.get_by_role("dialog").get_by_text("lab_").first).to_be_visible()
    page.keyboard.press("Escape")
    _main(page).get_by_role("button", name="Revoke").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Revoke").click()
    expect(_main(page).get_by_role("button", name="Revoke")).to_have_count(0)


def _delete_project(page: Page, ann: Lab) -> None:
    _go(page, "Settings")
    _main(page).get_by_role("button", name="Delete").click()
    dialog = page.get_by_role("alertdialog")
    expect(dialog.get_by_text("1 × Services", exact=True)).to_be_visible()
    dialog.get_by_role("textbox").fill(PROJECT)
    dialog.get_by_role("button", name="Delete").click()
    expect(dialog).to_be_hidden()
    page.get_by_role("link", name="Projects").first.click()
    expect(_main(page).get_by_role("link", name=PROJECT)).to_have_count(0, timeout=60_000)
