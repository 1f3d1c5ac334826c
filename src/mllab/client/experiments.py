"""Experiments of a project."""

from __future__ import annotations

from mllab.client.http import Http


class Experiments:
    """Experiments of one project."""

    def __init__(self, http: Http, project: str) -> None:
        self._http = http
        self._project = project


class Registry:
    """Registered models of one project."""

    def __init__(self, http: Http, project: str) -> None:
        self._http = http
        self._project = project
