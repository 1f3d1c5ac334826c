"""What the runtime keeps and nobody owns, on the page of the lab's health.

The page is what is tried here: what an orphan is, and its removal, `tests/control` knows. The
process runtime dates its folders itself, so that none can be old enough within a test.
"""

from __future__ import annotations

from axe import violations
from playwright.sync_api import Page, Route, expect

from browser import Visitor
from mllab.model.administration import Orphan, OrphanList
from mllab.model.base import now


def _orphan(kind: str, name: str, *, running: bool = False) -> Orphan:
    was_of = "user gone"
    return Orphan(
        id=f"{kind}/{name}", kind=kind, name=name, was_of=was_of, running=running, created_at=now()
    )


class Runtime:
    """Answers for a lab with orphans, of which one is in use."""

    def __init__(self, page: Page) -> None:
        self.orphans = [_orphan("container", "old", running=True), _orphan("network", "busy")]
        self.asked: list[list[str]] = []
        page.route("**/api/admin/orphans", lambda route: self._answer(route, self.orphans))
        page.route("**/api/admin/orphans/remove", self._remove)

    def _answer(self, route: Route, orphans: list[Orphan]) -> None:
        route.fulfill(json=OrphanList(items=orphans).model_dump(mode="json"))

    def _remove(self, route: Route) -> None:
        ids = (route.request.post_data_json or {})["ids"]
        self.asked.append(ids)
        gone, self.orphans = self.orphans[:1], self.orphans[1:]
        in_use = [each.model_copy(update={"fault": "It is in use."}) for each in self.orphans]
        done = [each.model_copy(update={"removed": True}) for each in gone]
        self._answer(route, done + (in_use if gone[0].kind == "container" else []))


def test_orphans_are_listed_and_removed(admin: Visitor) -> None:
    page = admin.open("/admin/health")
    main, dialog = page.get_by_role("main"), page.get_by_role("alertdialog")
    expect(main).to_contain_text("Nothing is left over.")

    runtime = Runtime(page)
    page.reload()
    rows = page.get_by_role("table", name="Left over").locator("tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("user gone")
    assert violations(page) == []
    main.get_by_role("button", name="Remove 2").click()
    expect(dialog.get_by_role("listitem")).to_have_text(
        ["container old · user gone · running", "network busy · user gone"]
    )
    assert violations(page, behind=False) == []
    dialog.get_by_role("button", name="Remove 2").click()
    expect(dialog.get_by_role("alert")).to_contain_text("network busy: It is in use.")
    expect(dialog.get_by_role("listitem")).to_have_text(["network busy · user gone"])
    dialog.get_by_role("button", name="Remove 1").click()
    expect(main).to_contain_text("Nothing is left over.")
    assert runtime.asked == [["container/old", "network/busy"], ["network/busy"]]
