"""A user's workspace."""

from __future__ import annotations

from mllab.client.http import Http


class Workspace:
    """The workspace of one user."""

    def __init__(self, http: Http, user: str) -> None:
        self._http = http
        self.user = user
