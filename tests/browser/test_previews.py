"""What a preview says of itself in the page."""

from __future__ import annotations

from playwright.sync_api import expect

from browser import Visitor
from mllab import Lab


def test_lines_that_are_left_out_are_told(client: Lab, admin: Visitor) -> None:
    client.projects.create("bad-lines")
    lines = "".join(f"{n},{n}\n" for n in range(5000))
    client.project("bad-lines").datasets.upload("bad.csv", f"a,b\n{lines}1,2,3\n".encode())
    page = admin.open("/projects/bad-lines/datasets/bad.csv")
    expect(page.get_by_role("note")).to_contain_text("1 line does not fit the columns")
