"""Pictures of every page, light and dark, wide and narrow, from a lab that is filled anew.

    make shots                  # into shots/, which git ignores
    make shots ARGS="home job"  # pages whose name begins so

Look at them after a change of what people see.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))
from playwright.sync_api import Browser
from running_lab import running_lab
from web_data import Seeded, fill, password_of
from web_pages import PAGES, WebPage, wait_until_shown

from browser import open_browser, visit

SHOTS = Path(__file__).parents[1] / "shots"


def shoot(browser: Browser, seeded: Seeded, pages: list[WebPage]) -> None:
    """Take each page in each look, as ann sees it."""
    for narrow in (False, True):
        for dark in (False, True):
            look = f"{'narrow' if narrow else 'wide'}-{'dark' if dark else 'light'}"
            with visit(browser, seeded.lab, narrow=narrow, dark=dark) as visitor:
                visitor.sign_in("ann", password_of("ann"))
                for row in pages:
                    page = visitor.open(row.at(seeded))
                    wait_until_shown(page)
                    page.screenshot(path=SHOTS / f"{row.name}-{look}.png")


def main() -> None:
    """Fill a lab and take the pictures."""
    names = tuple(sys.argv[1:])
    pages = [row for row in PAGES if not names or row.name.startswith(names)]
    if not names:
        shutil.rmtree(SHOTS, ignore_errors=True)
    SHOTS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as data:
        with running_lab(Path(data) / "data") as lab, open_browser() as browser:
            seeded = fill(lab)
            seeded.project.services.wait("wine-api")
            shoot(browser, seeded, pages)
    print(f"{4 * len(pages)} pictures in {SHOTS}")  # noqa: T201


if __name__ == "__main__":
    main()
