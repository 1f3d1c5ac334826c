"""Options that commands share, and the client that a command line is signed in with.

`mllab login` keeps endpoint and token in the user's configuration folder, readable by
the user only; `LAB_ENDPOINT`, `LAB_API_TOKEN` and `LAB_CA_FILE` win over it.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated

import typer

from mllab.client.lab import Lab
from mllab.client.projects import Project
from mllab.errors import InvalidInput, NotSignedIn

Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
ProjectOption = Annotated[
    str, typer.Option("--project", "-p", envvar="LAB_PROJECT", help="The project to work in.")
]


def credentials_file() -> Path:
    """Return where `mllab login` keeps endpoint and token."""
    base = os.environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    return Path(base) / "mllab" / "credentials.json"


def save_credentials(endpoint: str, token: str, ca_file: Path | None = None) -> None:
    """Write the credentials file, readable by this user only, and a copy of `ca_file` beside it."""
    path, trusted = credentials_file(), credentials_file().with_name("ca.pem")
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    saved = {"endpoint": endpoint, "token": token}
    if ca_file is not None:
        trusted.write_bytes(ca_file.read_bytes())
        saved["ca_file"] = str(trusted)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(saved, file)


def open_lab() -> Lab:
    """Return the client of the lab that the user is signed in to."""
    saved: dict[str, str] = {}
    if credentials_file().exists():
        saved = json.loads(credentials_file().read_text())
    endpoint = os.environ.get("LAB_ENDPOINT") or saved.get("endpoint")
    if not endpoint:
        raise NotSignedIn("Not signed in to a lab. Run: mllab login http://localhost:8080")
    # What is saved belongs to the saved lab and is never used for another one.
    own = saved if endpoint == saved.get("endpoint") else {}
    token = os.environ.get("LAB_API_TOKEN") or own.get("token")
    return Lab(endpoint, token, ca_file=os.environ.get("LAB_CA_FILE") or own.get("ca_file"))


def open_project(name: str) -> Project:
    """Return the project of `--project`."""
    if not name:
        raise InvalidInput("Which project? Add --project NAME or set LAB_PROJECT.")
    return open_lab().project(name)
