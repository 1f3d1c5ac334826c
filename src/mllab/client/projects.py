"""Projects and all that hangs below one."""

from __future__ import annotations

import builtins
from functools import cached_property
from typing import TYPE_CHECKING

from mllab.client.http import Http, part
from mllab.model.overview import Overview
from mllab.model.projects import Project as Record

if TYPE_CHECKING:
    from mllab.client.experiments import Experiments, Registry
    from mllab.client.files import VersionedFiles
    from mllab.client.jobs import Jobs
    from mllab.client.members import Members
    from mllab.client.runs import Runs
    from mllab.client.secrets import Secrets
    from mllab.client.services import Services
    from mllab.client.uploads import Uploads


class Projects:
    """The projects that the caller can see."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def list(self) -> builtins.list[Record]:
        """Return the caller's projects by name."""
        return [Record.model_validate(each) for each in self._http.pages("/projects")]

    def get(self, name: str) -> Record:
        """Return one project with the caller's role in it."""
        return Record.model_validate(self._http.json("GET", f"/projects/{part(name)}"))

    def overview(self, name: str) -> Overview:
        """Return how much a project holds, and what happened in it lately."""
        return Overview.model_validate(self._http.json("GET", f"/projects/{part(name)}/overview"))

    def create(self, name: str, *, title: str = "", description: str = "") -> Record:
        """Create a project that the caller owns."""
        body = {"name": name, "title": title, "description": description}
        return Record.model_validate(self._http.json("POST", "/projects", json=body))

    def update(
        self, name: str, *, title: str | None = None, description: str | None = None
    ) -> Record:
        """Change what is given."""
        change = {"title": title, "description": description}
        body = {field: value for field, value in change.items() if value is not None}
        return Record.model_validate(self._http.json("PATCH", f"/projects/{part(name)}", json=body))

    def delete(self, name: str) -> None:
        """Delete a project with all that is in it; clean-up goes on afterwards."""
        self._http.json("DELETE", f"/projects/{part(name)}")


class Project:
    """One project and its nouns.

    `datasets models uploads jobs services experiments runs registry secrets members`
    """

    def __init__(self, http: Http, name: str) -> None:
        self._http = http
        self.name = name

    @cached_property
    def datasets(self) -> VersionedFiles:
        """Return the project's datasets."""
        from mllab.client.files import VersionedFiles

        return VersionedFiles(self._http, self.name, "datasets")

    @cached_property
    def models(self) -> VersionedFiles:
        """Return the project's models (files; registered models are in `registry`)."""
        from mllab.client.files import VersionedFiles

        return VersionedFiles(self._http, self.name, "models")

    @cached_property
    def uploads(self) -> Uploads:
        """Return the caller's unfinished uploads to the project."""
        from mllab.client.uploads import Uploads

        return Uploads(self._http, self.name)

    @cached_property
    def jobs(self) -> Jobs:
        """Return the project's jobs."""
        from mllab.client.jobs import Jobs

        return Jobs(self._http, self.name)

    @cached_property
    def services(self) -> Services:
        """Return the project's services."""
        from mllab.client.services import Services

        return Services(self._http, self.name)

    @cached_property
    def members(self) -> Members:
        """Return the project's members."""
        from mllab.client.members import Members

        return Members(self._http, self.name)

    @cached_property
    def secrets(self) -> Secrets:
        """Return the project's secrets (names; values never leave the lab)."""
        from mllab.client.secrets import Secrets

        return Secrets(self._http, self.name)

    @cached_property
    def experiments(self) -> Experiments:
        """Return the project's experiments and their runs."""
        from mllab.client.experiments import Experiments

        return Experiments(self._http, self.name)

    @cached_property
    def runs(self) -> Runs:
        """Return the project's runs by the many: tables, comparisons, bulk changes."""
        from mllab.client.runs import Runs

        return Runs(self._http, self.name)

    @cached_property
    def registry(self) -> Registry:
        """Return the project's registered models."""
        from mllab.client.experiments import Registry

        return Registry(self._http, self.name)
