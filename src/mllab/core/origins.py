"""Whether a browser sent a write from a page of this lab: the one rule for API and pages.

A browser adds its cookie to any site's request; `Origin` and `Sec-Fetch-Site` say whose
page it was, and no page can forge them. Pure; what to do about a stranger is the caller's.
"""

from __future__ import annotations

_OWN = {None, "same-origin", "none"}


def is_own_page(origin: str | None, site: str | None, host: str, *, may_hide: bool = False) -> bool:
    """Tell whether `Origin` and `Sec-Fetch-Site` (None: not sent) are of a page of `host`.

    `may_hide` takes `Origin: null`, which a page that hides its address sends, if the
    browser vouches for it by `Sec-Fetch-Site: same-origin`.
    """
    if origin == "null":
        return may_hide and site == "same-origin"
    same = not origin or origin.partition("://")[2] == host
    return same and site in _OWN
