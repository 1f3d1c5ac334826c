"""Pages of a lab on a real Docker Engine: images, what one waits for, and why a container ended."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from axe import violations
from docker_lab import docker_lab
from playwright.sync_api import Locator, Page, expect
from registry import Registry, running_registry
from running_lab import RunningLab

from browser import Visitor
from mllab import Lab
from mllab.model.workloads import Limits

PROJECT = "boxes"
HOG = "x = []\nwhile True: x.append(bytearray(8 << 20))"
SOON_MS = 90_000


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    with running_registry(tmp_path_factory.mktemp("registry")) as found:
        yield found


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory, registry: Registry) -> Iterator[RunningLab]:
    """A lab on the Engine, in place of the one that other modules share."""
    folder = tmp_path_factory.mktemp("lab") / "data"
    allowed = f"mllab/*, {registry.address}/*"
    with docker_lab(folder, LAB_ALLOWED_IMAGES=allowed, LAB_MAX_MEMORY_MIB="4096") as found:
        found.project(PROJECT)
        yield found.lab


def new_job(page: Page, name: str, image: str) -> Locator:
    """Fill in the form of a job that runs in an image, and send it."""
    page.get_by_role("button", name="New job").first.click()  # empty lists have two
    dialog = page.get_by_role("dialog", name="New job")
    dialog.get_by_label("Name").fill(name)
    dialog.get_by_label("Command").fill("true")
    dialog.get_by_label("Image").fill(image)
    dialog.get_by_role("button", name="Create and run").click()
    return dialog


def test_the_form_asks_for_an_image_and_says_which_may_run(
    admin: Visitor, registry: Registry
) -> None:
    page = admin.open(f"/projects/{PROJECT}/jobs")
    dialog = new_job(page, "foreign", "somewhere/else:1")
    expect(dialog.get_by_label("Image")).to_have_attribute(
        "placeholder", re.compile("^mllab/workspace:")
    )
    expect(dialog).to_contain_text(f"Allowed: mllab/*, {registry.address}/*.")
    expect(dialog.get_by_role("alert")).to_contain_text("does not run the image")
    dialog.get_by_text("Limits and retries").click()
    expect(dialog).to_contain_text("At most 4,096.")
    assert violations(page) == []


def test_a_run_waits_for_its_image_and_tells_that_there_is_none(
    admin: Visitor, registry: Registry
) -> None:
    image = f"{registry.address}/team/none:1"
    page = admin.open(f"/projects/{PROJECT}/jobs")
    new_job(page, "pulled", image)
    main = page.get_by_role("main")
    waits = main.get_by_role("status").filter(has_text=f"pulling image {image}")
    expect(waits).to_be_visible(timeout=SOON_MS)
    failed = main.get_by_role("alert")
    expect(failed).to_contain_text("is not in its registry", timeout=SOON_MS)
    expect(failed).to_contain_text("Look at the end of the log, change the job")
    expect(main.get_by_text(image, exact=True)).to_be_visible()


def test_a_run_that_needed_too_much_memory_says_how_much_it_had(
    client: Lab, admin: Visitor
) -> None:
    limits = Limits(memory_mib=64)
    client.project(PROJECT).jobs.submit("hog", f"python3 -c '{HOG}'", limits=limits)
    page = admin.open(f"/projects/{PROJECT}/jobs/hog/runs/1")
    failed = page.get_by_role("main").get_by_role("alert")
    expect(failed).to_contain_text("its limit of 64 MiB", timeout=SOON_MS)
    expect(failed).not_to_contain_text("most often")
    expect(page.get_by_text("137", exact=True)).to_be_visible()


def test_a_service_shows_what_it_uses_of_its_limits(client: Lab, admin: Visitor) -> None:
    limits = Limits(cpu_cores=1, memory_mib=256)
    command = "exec python3 -m http.server $PORT"
    client.project(PROJECT).services.deploy("files", command, limits=limits)
    page = admin.open(f"/projects/{PROJECT}/services/files")
    memory = page.get_by_role("meter", name="Memory")
    expect(memory).to_have_attribute("aria-valuetext", re.compile(" of 256 MiB$"), timeout=SOON_MS)
    row = admin.open("/admin/workloads").get_by_role("row", name="files")
    expect(row).to_contain_text("of 256 MiB")
    assert violations(page) == []


def test_a_workspace_is_given_another_image(client: Lab, admin: Visitor) -> None:
    page = admin.open("/workspace")
    main = page.get_by_role("main")
    expect(main).to_contain_text("(the lab’s own)")
    image = client.about().images
    assert image is not None
    main.get_by_role("button", name="Change the image").click()
    dialog = page.get_by_role("dialog", name="Change the image")
    dialog.get_by_label("Image").fill(image.model)
    dialog.get_by_role("button", name="Save").click()
    expect(main.get_by_text(image.model, exact=True)).to_be_visible()
    assert client.workspace().get().spec.image == image.model
