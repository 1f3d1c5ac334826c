"""Names of the lab's cookies by how the browser came: one rule for the API and the pages.

By https a name begins with `__Host-`: browsers let nobody but this very host set such a
cookie, for all its paths, and not by plain HTTP. There the plain name counts for nothing,
else a workload's page on a neighbouring host could plant one. A lab below a path shares
its host and keeps its cookies to the path: there it is `__Secure-`.
"""

from __future__ import annotations

from collections.abc import Mapping


def is_https(headers: Mapping[str, str]) -> bool:
    """Tell whether the browser came over TLS; nginx sets the header on every request."""
    return headers.get("x-forwarded-proto") == "https"


def prefix(base: str) -> str:
    """Return what a name begins with by https, for a lab below the path `base`."""
    return "__Secure-" if base else "__Host-"


def cookie_name(name: str, *, is_secure: bool, base: str) -> str:
    """Return the name under which the cookie `name` is set and read."""
    return f"{prefix(base)}{name}" if is_secure else name
