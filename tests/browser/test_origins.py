"""What a service's page can do in a browser that is signed in: nothing beyond itself."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import expect
from running_lab import RunningLab

from browser import Visitor
from mllab import Lab
from mllab.client.projects import Project

HOSTILE = Path(__file__).with_name("hostile.py").read_text()


@pytest.fixture(scope="module")
def project(client: Lab) -> Project:
    """A project with two services of the same kind: one is visited, one is its neighbour."""
    client.projects.create("origins")
    project = client.project("origins")
    command = f"cat > hostile.py <<'END'\n{HOSTILE}\nEND\nexec python3 hostile.py $PORT"
    for name in ("hostile", "neighbour"):
        project.services.deploy(name, command)
    for name in ("hostile", "neighbour"):
        project.services.wait(name)
    return project


def test_a_services_script_gets_nothing_that_is_not_its_own(
    admin: Visitor, lab: RunningLab, project: Project, client: Lab
) -> None:
    page = admin.page
    page.goto(f"{lab.url}/projects/origins/services/neighbour/")
    neighbour = page.url
    page.goto(f"{lab.url}/projects/origins/services/hostile/")
    assert not page.url.startswith(lab.url)
    assert page.url != neighbour
    page.goto(f"{page.url}?lab={quote(lab.url)}&other={quote(neighbour)}")
    page.locator("#got:not(:empty)").wait_for()
    got = json.loads(page.locator("#got").inner_text())
    admin.complaints.clear()  # the browser says what it refused
    assert got.pop("cookies") in {"", "lab_session=forged"}, "what it set for itself"
    assert got == dict.fromkeys(got, ""), "each of these must have failed"
    assert len(got) == 7
    assert "forged" not in {each.name for each in client.projects.list()}
    assert project.services.request("neighbour", path="written").text == "0"


def test_what_a_service_plants_reaches_nobody_else(
    admin: Visitor, lab: RunningLab, project: Project
) -> None:
    page = admin.page
    page.goto(f"{lab.url}/projects/origins/services/hostile/")
    page.locator("#got:not(:empty)").wait_for()
    held = {cookie["value"] for cookie in page.context.cookies(lab.url)}
    assert not held & {"planted", "forged"}
    assert page.request.get(f"{lab.url}/api/auth/me").json()["user"] == "admin"


def test_jupyterlab_works_on_its_own_host(admin: Visitor, lab: RunningLab) -> None:
    page = admin.page
    page.goto(f"{lab.url}/workspaces/admin/lab")
    page.wait_for_url("**/*.localhost:*/workspaces/admin/lab**", timeout=180_000)
    page.locator(".jp-Launcher").wait_for(timeout=120_000)
    page.locator('.jp-LauncherCard[data-category="Notebook"]').first.click()
    # Not the circle in the notebook's bar: it is idle before there is a kernel, and then the
    # cell is still to be replaced, and what is run asks for a second kernel.
    expect(page.get_by_text("Python 3 | Idle")).to_be_visible(timeout=120_000)
    cell = page.locator(".jp-Notebook .jp-CodeCell .cm-content").first
    cell.click()
    page.keyboard.type("print(6 * 7)")
    expect(cell).to_have_text("print(6 * 7)")
    page.keyboard.press("Shift+Enter")
    page.locator(".jp-OutputArea-output", has_text="42").wait_for(timeout=120_000)
    assert not page.url.startswith(lab.url), "the notebook's page is not the lab's"
    admin.complaints.clear()  # JupyterLab's own: source maps and such
