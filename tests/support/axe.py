"""What people could not use on a page: as axe-core finds it, what overflows, what moves.

axe is evaluated by the browser's debugger, so that the page's own policy stays in force.
"""

from __future__ import annotations

from npm_packages import installed
from playwright.sync_api import Page

MOST_MOVED = 0.1  # https://web.dev/articles/cls
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
COLOURS = ["color-contrast", "link-in-text-block"]
_RUN = """async ([runOnly, exclude]) => {
  const found = await axe.run({exclude}, {runOnly, resultTypes: ["violations"]});
  return found.violations.flatMap((each) => each.nodes.map(
    (node) => `${each.id}: ${node.html.slice(0, 200)} (${node.any[0]?.message ?? each.help})`));
}"""


def violations(page: Page, *, behind: bool = True, colours_only: bool = False) -> list[str]:
    """Return what breaks WCAG 2.2 A or AA: rule, element and why.

    Without `behind` only what stands above the page: dialogs, menus, lists. `colours_only` is for
    a page that was looked at in another theme: nothing else of it can have changed.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate((installed() / "axe-core" / "axe.min.js").read_text() + "; undefined")
    kind, which = ("rule", COLOURS) if colours_only else ("tag", RULES)
    only = {"type": kind, "values": which}
    found: list[str] = page.evaluate(_RUN, [only, [] if behind else ["#root"]])
    return found


def overflow(page: Page) -> list[str]:
    """Return what makes the page scroll sideways; nothing should."""
    found: list[str] = page.evaluate(
        """() => {
          const wide = document.documentElement.clientWidth;
          if (document.documentElement.scrollWidth <= wide) return [];
          return [...document.querySelectorAll("body *")]
            .filter((each) => each.getBoundingClientRect().right > wide + 1)
            .map((each) => `${each.tagName} ${each.className} ${each.textContent.slice(0, 30)}`);
        }"""
    )
    return found


def moved(page: Page) -> list[str]:
    """Return what moved while the page loaded, when it was too much: a cumulative shift of 0.1."""
    shifts: list[tuple[float, list[str]]] = page.evaluate("window.moved")
    if sum(value for value, _ in shifts) < MOST_MOVED:
        return []
    return [f"moved by {value:.3f}: {sources}" for value, sources in shifts if value > 0.01]
