"""What somebody without a mouse could not reach or see on a page; the keys are real."""

from __future__ import annotations

from playwright.sync_api import Page

# Where arrows lead from one to the next, one of them takes the Tab for all: in a grid, a menu, a
# list, among radio buttons. A log's lines are one text that scrolls by arrows; a hit of the search
# has the line's address.
_START = """() => {
  const arrows = "[role=grid], [role=menu], [role=listbox], [role=radiogroup], [data-index]";
  const acts = "a[href], button, input, select, textarea, summary, [role=button], [tabindex='0']";
  const isAmongOthers = (each) =>
    (each.tabIndex < 0 && each.closest(arrows)) || (each.type === "radio" && !each.checked);
  const isThere = (each) => each.isConnected && !each.disabled
    && each.checkVisibility({visibilityProperty: true})
    && !each.closest("[inert], [aria-hidden=true]") && !isAmongOthers(each);
  const isMarked = (each) => {
    const {outlineStyle, outlineWidth, boxShadow} = getComputedStyle(each);
    return (outlineStyle !== "none" && outlineWidth !== "0px") || boxShadow !== "none";
  };
  const hit = (each, part) => {
    const {left, top, width, height} = each.getBoundingClientRect();
    return document.elementFromPoint(left + width * part, top + height * part);
  };
  const isSeen = (each) => [0.1, 0.5, 0.9].some((part) => each.contains(hit(each, part)));
  const acting = [...document.querySelectorAll(acts)].filter(isThere);
  const reached = new Set();
  const faults = [...document.querySelectorAll("[tabindex]")]
    .filter((each) => each.tabIndex > 0).map((each) => ["out of order", each]);
  // The last stop keeps the focus: behind it the browser's own controls take it, and give it to the
  // page's first stop when they like, also after all is over.
  const end = document.body.appendChild(document.createElement("div"));
  end.tabIndex = 0;
  end.style.position = "fixed";
  end.addEventListener("keydown", (event) => event.key === "Tab" && event.preventDefault());
  const look = () => {
    const each = document.activeElement;
    if (each === document.body || each === end || reached.has(each)) return;
    reached.add(each);
    if (!isMarked(each)) faults.push(["no mark of focus", each]);
    if (!isSeen(each)) faults.push([`covered, by ${hit(each, 0.5)?.outerHTML.slice(0, 80)}`, each]);
  };
  document.addEventListener("keyup", look, true);
  window.endTab = () => {
    document.removeEventListener("keyup", look, true);
    document.activeElement.blur();
    end.remove();
    const missed = acting.filter((each) => isThere(each) && !reached.has(each));
    return [...faults, ...missed.map((each) => ["not reached", each])]
      .map(([what, each]) => `${what}: ${each.outerHTML.slice(0, 160)}`);
  };
  document.body.tabIndex = -1;
  document.body.focus();
  document.body.removeAttribute("tabindex");
  return acting.length;
}"""


def faults(page: Page) -> list[str]:
    """Go through the page by Tab; return what is not reached, not marked, covered, out of order."""
    stops: int = page.evaluate(_START)
    for _ in range(stops + 2):
        page.keyboard.press("Tab")
    found: list[str] = page.evaluate("endTab()")
    return found
