"""Users, for admins and for oneself."""

from __future__ import annotations

from mllab.client.http import Http


class Users:
    """The users of a lab."""

    def __init__(self, http: Http) -> None:
        self._http = http
