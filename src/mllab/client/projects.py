"""Projects and all that hangs below one."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from mllab.client.http import Http

if TYPE_CHECKING:
    from mllab.client.experiments import Experiments, Registry
    from mllab.client.files import VersionedFiles
    from mllab.client.jobs import Jobs
    from mllab.client.secrets import Secrets
    from mllab.client.services import Services


class Projects:
    """The projects that the caller can see."""

    def __init__(self, http: Http) -> None:
        self._http = http


class Project:
    """One project: `datasets models jobs services experiments registry secrets members`."""

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
    def registry(self) -> Registry:
        """Return the project's registered models."""
        from mllab.client.experiments import Registry

        return Registry(self._http, self.name)
