"""A file of 500 MiB whose upload is cut off, first by the network, then by a closed tab."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from browser import Visitor
from mllab import Lab

SIZE = 500 << 20
# A tenth of what the loopback can, so that there is something to cut.
BYTES_PER_S = 100 << 20


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """A file of holes, with its number at each 10 MiB."""
    path = tmp_path / "large.bin"
    with path.open("wb") as file:
        file.truncate(SIZE)
        for at in range(0, SIZE, 10 << 20):
            file.seek(at)
            file.write(at.to_bytes(8, "big"))
    return path


def test_a_large_upload_survives_what_cuts_it_off(admin: Visitor, client: Lab, large: Path) -> None:
    client.projects.create("large")
    page = admin.open("/projects/large/datasets")
    page.get_by_role("main").get_by_role("button", name="Upload").first.click()
    _choose(page, page.get_by_role("dialog").get_by_role("button", name="Choose files"), large)
    _slow(page)
    page.get_by_role("dialog").get_by_role("button", name="Upload", exact=True).click()
    _wait_until_under_way(page)
    page.context.set_offline(True)
    page.context.set_offline(False)
    _wait_until_under_way(page)
    page.close()

    admin.complaints.clear()  # the browser says that the network was gone
    page = admin.page = page.context.new_page()
    admin.open("/projects/large/datasets")
    _choose(page, page.get_by_role("main").get_by_role("button", name="Choose file"), large)
    expect(page.get_by_text("1 upload finished")).to_be_visible(timeout=90_000)
    found = client.project("large").datasets.get("large.bin")
    assert (found.version, found.size_bytes) == (1, SIZE)
    with large.open("rb") as file:
        assert found.sha256 == hashlib.file_digest(file, "sha256").hexdigest()


def _choose(page: Page, button: Locator, file: Path) -> None:
    with page.expect_file_chooser() as chooser:
        button.click()
    chooser.value.set_files(file)


def _slow(page: Page) -> None:
    session = page.context.new_cdp_session(page)
    rates = {"downloadThroughput": -1, "uploadThroughput": BYTES_PER_S}
    session.send("Network.emulateNetworkConditions", {"offline": False, "latency": 0, **rates})


def _wait_until_under_way(page: Page) -> None:
    """Wait until some of it has arrived."""
    tray = page.get_by_role("region", name="Uploads")
    expect(tray).to_contain_text(re.compile(r"[1-9][\d.]* MB of"))
