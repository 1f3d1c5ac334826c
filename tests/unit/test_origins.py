"""Whose page sent a write."""

from __future__ import annotations

import pytest

from mllab.core.origins import is_own_page

HOST = "lab.example:8080"


@pytest.mark.parametrize(
    ("origin", "site", "own"),
    [
        (None, None, True),
        (None, "same-origin", True),
        (None, "none", True),
        (None, "same-site", False),
        (None, "cross-site", False),
        (f"http://{HOST}", None, True),
        (f"https://{HOST}", "same-origin", True),
        (f"http://{HOST}", "cross-site", False),
        ("http://evil.example", "same-origin", False),
        (f"http://{HOST}.evil.example", None, False),
        ("http://lab.example", None, False),
        ("null", None, False),
        ("null", "same-origin", False),
    ],
)
def test_a_page_is_own_only_if_nothing_speaks_against_it(
    origin: str | None, site: str | None, own: bool
) -> None:
    assert is_own_page(origin, site, HOST) is own


@pytest.mark.parametrize(("site", "own"), [("same-origin", True), (None, False), ("none", False)])
def test_a_hidden_address_needs_the_browsers_word(site: str | None, own: bool) -> None:
    assert is_own_page("null", site, HOST, may_hide=True) is own
