"""What a person sees of what runs: how much it uses of what it may."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from browser import Visitor
from mllab import Lab
from mllab.model.workloads import Limits

PROJECT = "busy"
BUSY = "python3 -c 'while True: pass'"


@pytest.fixture(scope="module")
def busy(client: Lab) -> Lab:
    """A run that keeps a core busy until the lab goes down."""
    client.projects.create(PROJECT)
    limits = Limits(cpu_cores=2, memory_mib=1024)
    client.project(PROJECT).jobs.submit("spin", BUSY, limits=limits)
    return client


def test_a_run_shows_what_it_uses_now(busy: Lab, admin: Visitor) -> None:
    page = admin.open(f"/projects/{PROJECT}/jobs/spin/runs/1")
    usage = page.get_by_role("region", name="In use now")
    memory = usage.get_by_role("meter", name="Memory")
    expect(memory).to_have_attribute("aria-valuetext", re.compile(r" of 1,024 MiB$"))
    cpu = usage.get_by_role("meter", name="CPU")
    expect(cpu).not_to_have_attribute("aria-valuetext", "measuring …")
    busy.project(PROJECT).jobs.stop("spin", 1)
    expect(usage).to_be_hidden(timeout=30_000)


def test_a_runtime_without_images_and_gpus_asks_for_none(busy: Lab, admin: Visitor) -> None:
    page = admin.open(f"/projects/{PROJECT}/jobs")
    page.get_by_role("button", name="New job").click()
    dialog = page.get_by_role("dialog", name="New job")
    expect(dialog.get_by_label("Command")).to_be_visible()
    dialog.get_by_text("Limits and retries").click()
    expect(dialog.get_by_label("CPU cores")).to_be_visible()
    for name in ("Image", "GPUs"):
        expect(dialog.get_by_label(name)).to_have_count(0)
