"""What a preview says of itself in the page."""

from __future__ import annotations

import json

from playwright.sync_api import expect

from browser import Visitor
from mllab import Lab


def test_lines_that_are_left_out_are_told(client: Lab, admin: Visitor) -> None:
    client.projects.create("bad-lines")
    lines = "".join(f"{n},{n}\n" for n in range(5000))
    client.project("bad-lines").datasets.upload("bad.csv", f"a,b\n{lines}1,2,3\n".encode())
    page = admin.open("/projects/bad-lines/datasets/bad.csv")
    expect(page.get_by_role("note")).to_contain_text("1 line does not fit the columns")


def test_a_notebook_shows_its_markdown_as_such(client: Lab, admin: Visitor) -> None:
    source = "# Look\n\n|grape|\n|-|\n|Barbera|\n\n<script>alert(1)</script>"
    cells = [{"cell_type": "markdown", "source": source}]
    client.projects.create("cells")
    client.project("cells").datasets.upload("a.ipynb", json.dumps({"cells": cells}).encode())
    page = admin.open("/projects/cells/datasets/a.ipynb")
    expect(page.get_by_role("heading", level=2, name="Look", exact=True)).to_be_visible()
    expect(page.get_by_role("cell", name="Barbera")).to_be_visible()
    expect(page.get_by_text("<script>alert(1)</script>")).to_be_visible()
    assert admin.complaints == []


def test_an_artifact_shows_the_table_that_a_dataset_shows(client: Lab, admin: Visitor) -> None:
    client.projects.create("kept")
    call = "/projects/kept/mlflow/api/2.0"
    body = {"experiment_id": "0"}
    run = client.http.json("POST", f"{call}/mlflow/runs/create", json=body)["run"]["info"]["run_id"]
    place = f"{call}/mlflow-artifacts/artifacts/0/{run}/artifacts/t.csv"
    client.http.json("PUT", place, content=b"grape,wines\nBarbera,48\n")
    page = admin.open(f"/projects/kept/experiments/0/runs/{run}?tab=artifacts&path=t.csv")
    table = page.get_by_role("table", name="t.csv")
    expect(table.get_by_role("cell", name="Barbera")).to_be_visible()
    expect(table.get_by_role("columnheader", name="wines")).to_contain_text("bigint")
