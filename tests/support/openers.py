"""Everything of a page that opens something: opened by keyboard, looked at, left again.

What opens a menu, a dialog or a list says so with `aria-haspopup`; where it does not, neither
this nor a screen reader knows.
"""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

# The library's guards have the attribute too: they only hand the focus on, and are never seen.
# What one types into keeps the focus while it offers something: `tests/browser/test_filters.py`.
OPENER = "[aria-haspopup]:not([data-base-ui-focus-guard], input)"
_ROLES = {"dialog": "[role=dialog], [role=alertdialog]"}
# "Delete: train" and "Delete: sweep" are one kind; so are the heads of two columns of numbers.
_KINDS = """(all) => all.map((each) => {
  if (!each.checkVisibility({visibilityProperty: true})) return null;
  if (each.matches(":disabled, [aria-expanded=true]")) return null;
  const [name] = (each.ariaLabel ?? each.innerText).split(/:| of |\\n/);
  return `${each.ariaHasPopup} ${each.closest("[role=columnheader]") ? each.className : name}`;
})"""


def open_each(
    page: Page,
    within: Locator,
    seen: set[str],
    check: Callable[[Page], None],
    back: Locator | None = None,
) -> None:
    """Open each kind in `within` that was not seen, and what opens in there; `check` each.

    `back` gets the focus when what was opened takes its own opener with it, as a menu does.
    """
    openers = within.locator(OPENER)
    for index, kind in enumerate(openers.evaluate_all(_KINDS)):
        if kind is None or kind in seen:
            continue
        seen.add(kind)
        if back is not None and not within.is_visible():
            _press(back)
        opener = openers.nth(index)
        popup = _open(page, opener)
        check(page)
        _stays_inside(page, popup)
        open_each(page, popup, seen, check, opener)
        page.keyboard.press("Escape")
        expect(popup).to_be_hidden()
        expect(opener if back is None or within.is_visible() else back).to_be_focused()


def _press(opener: Locator) -> None:
    opener.focus()
    opener.press("Enter")


def _open(page: Page, opener: Locator) -> Locator:
    """Open it and return what has opened, which has the focus."""
    role = opener.get_attribute("aria-haspopup") or ""
    popups = page.locator(f":is({_ROLES.get(role, f'[role={role}]')}):visible")
    before = popups.count()
    _press(opener)
    expect(popups).to_have_count(before + 1)
    popup = popups.nth(before)
    mark = popup.evaluate("each => each.id ||= `opened-${Math.random()}`")
    popup = page.locator(f"[id='{mark}']")
    _wait_for_focus(page, popup)
    return popup


def _wait_for_focus(page: Page, popup: Locator) -> None:
    """Wait until the focus is inside; the library hands it on a moment later."""
    expect(popup.locator(":focus").or_(page.locator(":focus").and_(popup))).to_have_count(1)


def _stays_inside(page: Page, popup: Locator) -> None:
    """Tab does not leave what shuts off the rest of the page."""
    is_dialog = popup.get_attribute("role") in ("dialog", "alertdialog")
    if not is_dialog or not page.locator("[aria-hidden=true] main").count():
        return
    for key in ("Shift+Tab", "Tab", "Tab"):
        page.keyboard.press(key)
        _wait_for_focus(page, popup)
