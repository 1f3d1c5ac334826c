"""Secrets of a project; their values never come back."""

from __future__ import annotations

import builtins

from mllab.client.http import Http, part
from mllab.model.projects import Secret


class Secrets:
    """Secrets of one project."""

    def __init__(self, http: Http, project: str) -> None:
        self._http = http
        self._path = f"/projects/{part(project)}/secrets"

    def list(self) -> builtins.list[Secret]:
        """Yield names and dates, by name."""
        return [Secret.model_validate(each) for each in self._http.pages(self._path)]

    def put(self, name: str, value: str) -> Secret:
        """Store a value; workloads that start from now on get it as a variable."""
        answer = self._http.json("PUT", f"{self._path}/{part(name)}", json={"value": value})
        return Secret.model_validate(answer)

    def delete(self, name: str) -> None:
        """Delete a secret."""
        self._http.json("DELETE", f"{self._path}/{part(name)}")
