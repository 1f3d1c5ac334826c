"""Filters as one types: what is listed stays until its successor is there, and what can follow
in a search of runs is offered."""

from __future__ import annotations

import re

from answers import Answers
from axe import violations
from mlflow.entities import Metric
from playwright.sync_api import expect
from running_lab import RunningLab
from web_runs import tracking

from browser import Visitor
from mllab import Lab


def test_rows_stay_until_the_new_ones_are_there(client: Lab, admin: Visitor) -> None:
    for project, keys in {"wine": ["red.csv", "white.csv"], "beer": ["ale.csv"]}.items():
        client.projects.create(project)
        for key in keys:
            client.project(project).datasets.upload(key, b"a\n1\n")
    page = admin.open("/projects/wine/datasets")
    main = page.get_by_role("main")
    red, white = (main.get_by_role("link", name=key) for key in ("red.csv", "white.csv"))
    expect(white).to_be_visible()

    held = Answers(page, "**/wine/datasets?q=red*")
    main.get_by_role("searchbox").fill("red")
    expect(main.locator("[aria-busy=true]").get_by_role("link", name="white.csv")).to_be_visible()
    held.let_through()
    expect(white).to_have_count(0)
    expect(red).to_be_visible()
    expect(main.locator("[aria-busy]")).to_have_count(0)

    held = Answers(page, "**/beer/datasets?*")
    page.get_by_role("combobox", name="Choose a project").click()
    page.get_by_role("option", name="beer").click()
    expect(main.locator("[data-skeleton]")).to_be_visible()
    expect(red).to_have_count(0)
    held.let_through()
    expect(main.get_by_role("link", name="ale.csv")).to_be_visible()


def test_a_search_of_runs_is_completed_by_keyboard(
    client: Lab, lab: RunningLab, admin: Visitor
) -> None:
    client.projects.create("trials")
    with tracking(lab.url, client.http.token, "trials") as mlflow:
        made = str(mlflow.create_experiment("trials"))
        for name, loss in {"good": 0.1, "bad": 0.9}.items():
            run = mlflow.create_run(made, run_name=name)
            # More keys than the page knows; it asks for those that it lacks.
            many = [Metric(f"m{key:03}", key, 0, 0) for key in range(250)]
            mlflow.log_batch(run.info.run_id, [*many, Metric("val/loss", loss, 0, 0)])
            mlflow.set_terminated(run.info.run_id)
    page = admin.open(f"/projects/trials/experiments/{made}")
    good, bad = (page.get_by_role("link", name=name) for name in ("good", "bad"))
    expect(bad).to_be_visible()
    box, option = page.get_by_label("Search runs"), page.get_by_role("option")
    lit = page.locator("[role=option][data-highlighted]")

    def choose(typed: str, offer: str) -> None:
        box.press_sequentially(typed)
        expect(option.first).to_have_text(offer)
        box.press("ArrowDown")
        expect(lit).to_have_text(offer)
        box.press("Enter")

    choose("me", "metrics.")
    expect(option.first).to_have_text("metrics.m000")
    expect(lit).to_have_count(0)  # nothing of what follows is chosen yet
    assert violations(page, behind=False) == []
    choose("v", "metrics.`val/loss`")
    expect(box).to_have_value("metrics.`val/loss` ")
    box.press_sequentially("< 0.5 ")
    expect(option).to_have_text(["AND"])
    box.press("Enter")  # takes the search, as nothing is chosen
    expect(bad).to_have_count(0)
    expect(good).to_be_visible()
    expect(box).to_have_value("metrics.`val/loss` < 0.5")

    choose(" AND status = 'f", "'FINISHED'")
    expect(box).to_have_value("metrics.`val/loss` < 0.5 AND status = 'FINISHED' ")
    expect(option).to_have_text(["AND"])
    box.press("Escape")
    expect(option).to_have_count(0)
    expect(box).to_be_focused()
    box.press("Enter")
    expect(page).to_have_url(re.compile("FINISHED"))
    expect(good).to_be_visible()
