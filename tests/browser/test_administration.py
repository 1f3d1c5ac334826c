"""What an admin finds in the whole lab's lists, by clicking and typing."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from browser import Visitor
from mllab import Lab


def expect_rows(page: Page, table: str, *names: str) -> None:
    """See that a table comes to have just these rows, by the first word of each."""
    cells = page.get_by_role("table", name=table).locator("tbody tr td:first-child")
    expect(cells).to_have_text([re.compile(rf"^{re.escape(name)}") for name in names])


def test_users_are_filtered_by_name_and_the_address_keeps_it(client: Lab, admin: Visitor) -> None:
    client.users.create("nina", "a long password", display_name="Nina Berg")
    client.users.create("omar", "a long password", display_name="Omar Said")
    page = admin.open("/admin/users")
    page.get_by_label("Filter by name").fill("berg")
    expect_rows(page, "Users", "nina")
    page.reload()
    expect(page.get_by_label("Filter by name")).to_have_value("berg")
    page.get_by_label("Filter by name").fill("nobody at all")
    expect(page.get_by_role("main")).to_contain_text("Nothing matches.")


def test_everybodys_projects_are_listed_and_lead_there(client: Lab, admin: Visitor) -> None:
    client.projects.create("churn", title="Who leaves?")
    client.project("churn").datasets.upload("a.csv", b"a\n1\n")
    client.projects.create("topics")
    page = admin.open("/")
    page.get_by_role("navigation", name="Administration").get_by_role(
        "link", name="All projects"
    ).click()
    churn = page.get_by_role("table", name="All projects").get_by_role("row", name="churn")
    expect(churn).to_contain_text("admin")
    expect(churn).to_contain_text("1 dataset")
    page.get_by_label("Filter by name or title").fill("leaves")
    expect_rows(page, "All projects", "churn")
    page.get_by_role("main").get_by_role("link", name="churn").click()
    expect(page.get_by_role("heading", level=1, name="Who leaves?")).to_be_visible()
