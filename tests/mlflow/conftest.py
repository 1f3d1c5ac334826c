"""The real `mlflow` client against a real lab that answers HTTP in a thread of the test."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import mlflow
import pytest
from mlflow import MlflowClient
from people import PROJECT, LiveLab, serve

from mllab.model.projects import NewProject


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveLab]:
    """A lab that the tests of a module share; Charlie has a project `sports` of his own."""
    with serve(tmp_path_factory.mktemp("lab")) as lab:
        charlie = lab.people["charlie"]
        lab.call(lab.core.projects.create(charlie, NewProject(name="sports")))
        yield lab


@pytest.fixture
def sign_in(lab: LiveLab, monkeypatch: pytest.MonkeyPatch) -> Callable[..., MlflowClient]:
    """Point the mlflow client at a project, as one of the people."""

    def as_user(user: str = "bob", project: str = PROJECT) -> MlflowClient:
        uri = f"{lab.url}/api/projects/{project}/mlflow"
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", lab.token(user))
        monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
        monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "1")
        mlflow.set_tracking_uri(uri)
        mlflow.set_registry_uri(uri)
        return MlflowClient(uri, uri)

    return as_user


@pytest.fixture
def client(sign_in: Callable[..., MlflowClient]) -> Iterator[MlflowClient]:
    """An mlflow client of Bob, an editor."""
    yield sign_in()
    while mlflow.active_run():
        mlflow.end_run()
