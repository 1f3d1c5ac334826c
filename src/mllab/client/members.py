"""Members of a project."""

from __future__ import annotations

import builtins

from mllab.client.http import Http, part
from mllab.model.projects import Member, Role


class Members:
    """Members of one project."""

    def __init__(self, http: Http, project: str) -> None:
        self._http = http
        self._path = f"/projects/{part(project)}/members"

    def list(self) -> builtins.list[Member]:
        """Yield the members by name."""
        return [Member.model_validate(each) for each in self._http.pages(self._path)]

    def put(self, user: str, role: Role | str) -> Member:
        """Give the user this role, adding them if need be."""
        answer = self._http.json("PUT", f"{self._path}/{part(user)}", json={"role": str(role)})
        return Member.model_validate(answer)

    def remove(self, user: str) -> None:
        """Remove a member; oneself too."""
        self._http.json("DELETE", f"{self._path}/{part(user)}")
