"""`Environment`: the surface of the original `lab_client`, for notebooks that used it.

Inside a workload `Environment()` needs no argument. Without a lab it works on local files
only, as the original did.
"""

from __future__ import annotations

import os
import platform
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from mllab.client.experiment import Experiment
from mllab.client.file_handler import FileHandler
from mllab.client.lab import Lab
from mllab.client.projects import Project
from mllab.errors import InvalidInput, LabError


class DataType:
    """The kinds of files that can be uploaded."""

    DATASET = "dataset"
    MODEL = "model"


class Environment:
    """A project with its files, folders and experiments."""

    DataType = DataType

    def __init__(
        self,
        project: str | None = None,
        lab_endpoint: str | None = None,
        lab_api_token: str | None = None,
        root_folder: str | Path | None = None,
    ) -> None:
        """Take what is not given from `LAB_PROJECT`, `LAB_ENDPOINT` and `LAB_API_TOKEN`.

        Files lie in `root_folder`, by default `ENVIRONMENT_ROOT` or `~/environment`; the
        word `temp` makes a temporary folder.
        """
        endpoint = lab_endpoint or os.environ.get("LAB_ENDPOINT", "")
        name = project or os.environ.get("LAB_PROJECT", "")
        if endpoint and not name:
            raise InvalidInput("Which project? Pass project=… or set LAB_PROJECT.")
        self.project = name or "local"
        self.lab = Lab(endpoint, lab_api_token) if endpoint else None
        self.project_client: Project | None = self.lab.project(name) if self.lab else None
        self.root_folder = str(_root(root_folder))
        self.file_handler = FileHandler(Path(self.project_folder), self.project_client)
        self.active_exp: Experiment | None = None

    @property
    def project_folder(self) -> str:
        """Return the folder of the project's local files."""
        return self._folder()

    @property
    def datasets_folder(self) -> str:
        """Return the folder of local datasets."""
        return self._folder("datasets")

    @property
    def models_folder(self) -> str:
        """Return the folder of local models."""
        return self._folder("models")

    @property
    def experiments_folder(self) -> str:
        """Return the folder in which experiments keep their files."""
        return self._folder("experiments")

    def is_connected(self) -> bool:
        """Tell whether the lab answers and knows the caller."""
        try:
            return self.lab is not None and bool(self.lab.me())
        except LabError:
            return False

    def print_info(self, host_info: bool = False) -> None:
        """Print where this is, whether the lab answers, and where files lie."""
        lines = {
            "Project": self.project,
            "Lab": self.lab.http.endpoint if self.lab else "none: local files only",
            "Connected": str(self.is_connected()),
            "Root folder": self.root_folder,
            "Datasets folder": self.datasets_folder,
            "Models folder": self.models_folder,
            "Experiments folder": self.experiments_folder,
        }
        if host_info:
            lines |= {"Python": platform.python_version(), "Host": platform.platform()}
        sys.stdout.write("".join(f"{name}: {text}\n" for name, text in lines.items()))

    def get_file(
        self,
        key: str,
        force_download: bool = False,
        unpack: bool | str = False,
        track_event: bool = True,
    ) -> str | None:
        """Return the path of a local copy, downloaded if need be; see `FileHandler`."""
        return self.file_handler.get_file(key, force_download, unpack, track_event)

    def upload_file(
        self,
        file_path: str | Path,
        data_type: str,
        metadata: Mapping[str, str] | None = None,
        file_name: str | None = None,
        versioning: bool = True,
        track_event: bool = True,
    ) -> str:
        """Upload a file and return the key of its version; see `FileHandler`."""
        return self.file_handler.upload_file(
            file_path, data_type, metadata, file_name, versioning, track_event
        )

    def upload_folder(
        self,
        folder_path: str | Path,
        data_type: str,
        metadata: Mapping[str, str] | None = None,
        file_name: str | None = None,
        track_event: bool = True,
    ) -> str:
        """Upload a folder as a ZIP file and return the key of its version."""
        return self.file_handler.upload_folder(
            folder_path, data_type, metadata, file_name, track_event
        )

    def create_experiment(self, name: str) -> Experiment:
        """Return a new experiment, from now on the active one."""
        self.active_exp = Experiment(self, name)
        return self.active_exp

    def create_file_path(self, filename: str) -> str:
        """Return the path of a new file in the active experiment's folder.

        Without an active experiment one is made that only lives on this disk.
        """
        if self.active_exp is None:
            self.active_exp = Experiment(
                self, "temporary", auto_sync=False, track_file_events=False
            )
        return self.active_exp.create_file_path(filename)

    def _folder(self, name: str = "") -> str:
        folder = Path(self.root_folder) / self.project / name
        folder.mkdir(parents=True, exist_ok=True)
        return str(folder)


def _root(folder: str | Path | None) -> Path:
    if folder == "temp":
        return Path(tempfile.mkdtemp(prefix="environment-"))
    chosen = folder or os.environ.get("ENVIRONMENT_ROOT") or Path.home() / "environment"
    return Path(chosen).expanduser().resolve()
