"""From a file to who used it, from there to the run and its log; and notes on a model."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from running_lab import RunningLab
from web_data import TRAIN, password_of, people

from browser import visit
from mllab import Lab
from mllab.client.projects import Project

PROJECT = "cellar"
HOSTILE = "[says](javascript:alert(1)) <img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def ann(lab: RunningLab) -> Lab:
    """ann's client; she has a project with a dataset."""
    ann = people(lab)
    ann.projects.create(PROJECT)
    ann.project(PROJECT).datasets.upload("wine.csv", b"alcohol,cultivar\n14.2,0\n")
    return ann


@pytest.fixture(scope="module")
def cellar(ann: Lab) -> Project:
    """The project."""
    return ann.project(PROJECT)


def _main(page: Page) -> Locator:
    return page.get_by_role("main")


def test_a_job_that_reads_a_dataset_leads_to_its_run_and_log(
    browser: Browser, lab: RunningLab, cellar: Project
) -> None:
    with visit(browser, lab) as visitor:
        visitor.sign_in("ann", password_of("ann"))
        page = visitor.open(f"/projects/{PROJECT}/datasets/wine.csv?tab=used")
        expect(_main(page)).to_contain_text("Nothing in the lab has used it yet")
        cellar.jobs.submit("train", TRAIN)
        _main(page).get_by_role("link", name="train #1").click(timeout=60_000)
        expect(page.get_by_role("heading", level=1, name="Run 1")).to_be_visible()
        _main(page).get_by_role("link", name="by-train").click()
        _main(page).get_by_role("link", name="Log", exact=True).click()
        expect(_main(page)).to_contain_text("accuracy 0.981", timeout=60_000)
        cellar.jobs.delete_run("train", 1)
        expect(_main(page)).to_contain_text("was deleted, and its log with it")
        visitor.complaints.clear()  # of the log that went


def test_a_deletion_names_what_runs_the_file(
    browser: Browser, lab: RunningLab, cellar: Project
) -> None:
    cellar.datasets.upload("run.py", b"print()")
    cellar.jobs.put("count", cellar.jobs.spec("python run.py", code="datasets/run.py"))
    with visit(browser, lab) as visitor:
        visitor.sign_in("ann", password_of("ann"))
        page = visitor.open(f"/projects/{PROJECT}/datasets/run.py?tab=used")
        expect(_main(page)).to_contain_text("newest at each start")
        _main(page).get_by_role("button", name="Delete", exact=True).click()
        expect(page.get_by_role("alertdialog")).to_contain_text("fail from then on: count.")
        assert visitor.complaints == []


def test_a_model_and_a_version_are_described(
    browser: Browser, lab: RunningLab, ann: Lab, cellar: Project
) -> None:
    _register(ann)
    with visit(browser, lab) as visitor:
        visitor.sign_in("ann", password_of("ann"))
        page = visitor.open(f"/projects/{PROJECT}/registry/topics")
        for button, title in (("Edit", "Edit topics"), ("Edit: Version 1", "Edit version 1")):
            _main(page).get_by_role("button", name=button, exact=True).click()
            dialog = page.get_by_role("dialog", name=title, exact=True)
            dialog.get_by_label("Description").fill(f"What **{button}** {HOSTILE}")
            dialog.get_by_role("button", name="Add tag").click()
            dialog.get_by_label("Name").fill("team")
            dialog.get_by_label("Value").fill("cellar")
            dialog.get_by_role("button", name="Save").click()
            # Markdown is shown as such, HTML as text, a script's address not at all.
            bold = _main(page).locator("strong", has_text=re.compile(f"^{button}$"))
            expect(bold).to_be_visible()
            expect(_main(page)).to_contain_text(f"What {button} says <img src=x onerror=alert(1)>")
        expect(_main(page).get_by_role("link", name="says")).to_have_count(0)
        assert cellar.registry.version("topics", 1).tags == {"team": "cellar"}
        _main(page).get_by_role("button", name="Edit", exact=True).click()
        dialog = page.get_by_role("dialog", name="Edit topics", exact=True)
        dialog.get_by_role("button", name="Remove team").click()
        dialog.get_by_role("button", name="Save").click()
        expect(dialog).to_be_hidden()
        assert cellar.registry.get("topics").tags == {}
        assert visitor.complaints == []


def _register(ann: Lab) -> None:
    """Register a version of a model by the protocol, as mlflow would."""
    call = f"/projects/{PROJECT}/mlflow/api/2.0/mlflow"
    run = ann.http.json("POST", f"{call}/runs/create", json={"experiment_id": "0"})
    source = f"runs:/{run['run']['info']['run_id']}/model"
    ann.http.json("POST", f"{call}/registered-models/create", json={"name": "topics"})
    version = {"name": "topics", "source": source}
    ann.http.json("POST", f"{call}/model-versions/create", json=version)
