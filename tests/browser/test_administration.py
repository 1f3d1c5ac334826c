"""What an admin finds in the whole lab's lists, by clicking and typing."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from browser import Visitor
from mllab import Lab


def rows(page: Page, table: str) -> list[str]:
    """Return the first words of a table's rows."""
    cells = page.get_by_role("table", name=table).locator("tbody tr td:first-child")
    return [text.split("\n")[0] for text in cells.all_inner_texts()]


def test_users_are_filtered_by_name_and_the_address_keeps_it(client: Lab, admin: Visitor) -> None:
    client.users.create("nina", "a long password", display_name="Nina Berg")
    client.users.create("omar", "a long password", display_name="Omar Said")
    page = admin.open("/admin/users")
    page.get_by_label("Filter by name").fill("berg")
    expect(page.get_by_role("cell", name="omar", exact=True)).to_have_count(0)
    assert rows(page, "Users") == ["nina"]
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
    expect(page.get_by_role("link", name="topics")).to_have_count(0)
    assert rows(page, "All projects") == ["churn"]
    page.get_by_role("main").get_by_role("link", name="churn").click()
    expect(page.get_by_role("heading", level=1, name="Who leaves?")).to_be_visible()
