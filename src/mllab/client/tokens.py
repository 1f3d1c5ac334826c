"""One's own tokens."""

from __future__ import annotations

from mllab.client.http import Http


class Tokens:
    """The tokens of the caller."""

    def __init__(self, http: Http) -> None:
        self._http = http
