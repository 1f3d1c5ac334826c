"""Logged and registered models through the real client and scikit-learn."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import mlflow
import mlflow.sklearn
import pytest
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException
from people import PROJECT, LiveLab
from sklearn.datasets import load_wine
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from mllab.errors import NotFound

# The client and scikit-learn warn about each other; that is not ours to judge.
pytestmark = [
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::UserWarning"),
]
X, Y = load_wine(return_X_y=True)
REQUIREMENTS = ["scikit-learn", "numpy"]


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def fitted() -> Any:
    return make_pipeline(StandardScaler(), LogisticRegression()).fit(X, Y)


def register(client: MlflowClient, name: str) -> str:
    """Register a version of `name` made of a tiny artifact; return its number."""
    mlflow.set_experiment("tiny")
    with mlflow.start_run() as run:
        mlflow.log_text("pandas==2\n# a comment\n\nnumpy", "model/requirements.txt")
    source = f"{run.info.artifact_uri}/model"
    with suppress(MlflowException):  # it may be there already
        client.create_registered_model(name)
    return str(client.create_model_version(name, source, run.info.run_id).version)


def test_autolog_keeps_params_metrics_data_and_model(client: MlflowClient) -> None:
    mlflow.set_experiment("autolog")
    mlflow.sklearn.autolog(extra_tags={"by": "autolog"})
    with mlflow.start_run() as run:
        model = fitted()
    mlflow.sklearn.autolog(disable=True)
    found = client.get_run(run.info.run_id)
    assert found.data.params["logisticregression__C"] == "1.0"
    assert found.data.metrics["training_score"] == pytest.approx(model.score(X, Y))
    assert found.inputs
    assert found.outputs
    assert found.inputs.dataset_inputs[0].tags[0].value == "train"
    (output,) = found.outputs.model_outputs
    logged = client.get_logged_model(output.model_id)
    assert str(logged.status) == "READY"
    again = mlflow.sklearn.load_model(logged.model_uri)
    assert (again.predict(X) == model.predict(X)).all()


def test_a_registered_model_loads_by_alias_and_predicts_alike(client: MlflowClient) -> None:
    mlflow.set_experiment("register")
    model = fitted()
    with mlflow.start_run():
        info = mlflow.sklearn.log_model(
            model, name="model", registered_model_name="wine", pip_requirements=REQUIREMENTS
        )
    client.set_registered_model_alias("wine", "champion", str(info.registered_model_version))
    by_alias = mlflow.sklearn.load_model("models:/wine@champion")
    assert (by_alias.predict(X) == model.predict(X)).all()
    by_number = mlflow.pyfunc.load_model("models:/wine/1")
    assert (by_number.predict(X) == model.predict(X)).all()
    assert client.get_model_version_by_alias("wine", "champion").aliases == ["champion"]
    assert client.get_logged_model(info.model_id).tags["mlflow.modelVersions"]


def test_services_learn_version_and_requirements(client: MlflowClient, lab: LiveLab) -> None:
    registry = lab.core.registry
    for _ in range(2):
        register(client, "served")
    client.set_registered_model_alias("served", "champion", "1")
    assert lab.call(registry.resolve(PROJECT, "served", alias="champion")) == "1"
    assert lab.call(registry.resolve(PROJECT, "served", version="1")) == "1"
    assert lab.call(registry.resolve(PROJECT, "served")) == "2"
    assert lab.call(registry.requirements(PROJECT, "served", "1")) == ["pandas==2", "numpy"]
    for ask in ({"version": "3"}, {"alias": "nobody"}):
        with pytest.raises(NotFound):
            lab.call(registry.resolve(PROJECT, "served", **ask))


def test_versions_count_up_and_a_number_never_returns(client: MlflowClient) -> None:
    assert [register(client, "counted") for _ in range(2)] == ["1", "2"]
    client.set_registered_model_alias("counted", "best", "2")
    client.delete_model_version("counted", "2")
    assert client.get_registered_model("counted").aliases == {}
    assert register(client, "counted") == "3"


def test_of_many_at_once_each_gets_a_number_of_its_own(client: MlflowClient) -> None:
    register(client, "crowd")
    source = str(client.get_model_version("crowd", "1").source)
    with ThreadPoolExecutor(6) as pool:
        made = pool.map(lambda _: client.create_model_version("crowd", source).version, range(12))
    assert sorted(int(version) for version in made) == list(range(2, 14))


def test_a_renamed_model_keeps_versions_and_aliases(client: MlflowClient) -> None:
    register(client, "before")
    client.set_registered_model_alias("before", "best", "1")
    client.rename_registered_model("before", "after")
    assert client.get_model_version_by_alias("after", "best").name == "after"
    with pytest.raises(MlflowException, match="before"):
        client.get_registered_model("before")
    register(client, "before")
    with pytest.raises(MlflowException, match="exists already"):
        client.rename_registered_model("before", "after")


def test_models_and_versions_are_described_tagged_and_searched(client: MlflowClient) -> None:
    for name in ("red wine", "white wine"):
        register(client, name)
        client.set_registered_model_tag(name, "colour", name.split()[0])
    client.update_registered_model("red wine", "of grapes")
    client.set_model_version_tag("red wine", "1", "checked", "yes")
    client.update_model_version("red wine", "1", "first")
    (found,) = client.search_registered_models("tags.colour = 'red'")
    assert (found.name, found.description) == ("red wine", "of grapes")
    assert found.latest_versions[0].description == "first"
    names = [m.name for m in client.search_registered_models("name LIKE '% wine'")]
    assert names == ["red wine", "white wine"]
    (version,) = client.search_model_versions("name = 'red wine' AND tags.checked = 'yes'")
    assert (version.name, version.version) == ("red wine", "1")
    client.delete_registered_model_tag("red wine", "colour")
    client.delete_model_version_tag("red wine", "1", "checked")
    assert client.search_model_versions("name = 'red wine' AND tags.checked = 'yes'") == []
    client.delete_registered_model("red wine")
    assert client.search_model_versions("name = 'red wine'") == []


def test_models_are_told_from_prompts(client: MlflowClient) -> None:
    register(client, "no prompt")
    is_prompt = "tag.`mlflow.prompt.is_prompt`"
    found = client.search_registered_models(f"name = 'no prompt' AND {is_prompt} = 'false'")
    assert [m.name for m in found] == ["no prompt"]
    assert not client.search_registered_models(f"name = 'no prompt' AND {is_prompt} = 'true'")


def test_stages_still_work(client: MlflowClient) -> None:
    for _ in range(2):
        register(client, "staged")
    client.transition_model_version_stage("staged", "1", "Production")
    client.transition_model_version_stage("staged", "2", "production", True)
    assert client.get_model_version("staged", "1").current_stage == "Archived"
    (latest,) = client.get_latest_versions("staged", ["Production"])
    assert latest.version == "2"
    with pytest.raises(MlflowException, match="Invalid stage"):
        client.transition_model_version_stage("staged", "1", "Lost")


def test_a_version_is_copied_to_another_name(client: MlflowClient) -> None:
    register(client, "original")
    copy = client.copy_model_version("models:/original/1", "copy")
    assert (copy.name, copy.version) == ("copy", "1")
    uri = client.get_model_version_download_uri("copy", "1")
    assert uri == client.get_model_version_download_uri("original", "1")


@pytest.mark.parametrize(
    "source",
    [
        "file:///etc",
        "/etc/passwd",
        "s3://bucket/model",
        "mlflow-artifacts://other-host/0/run/artifacts",
        "mlflow-artifacts:/../sports/0",
        "mlflow-artifacts:/0/%2e%2e/../x",
        "models:/m-nothing",
        "runs:/nothing/model",
        "models:/nothing/1",
        "",
    ],
)
def test_files_come_from_this_project_only(client: MlflowClient, source: str) -> None:
    register(client, "guarded")
    with pytest.raises(MlflowException) as refused:
        client.create_model_version("guarded", source)
    assert refused.value.error_code in {"INVALID_PARAMETER_VALUE", "RESOURCE_DOES_NOT_EXIST"}


@pytest.mark.parametrize("alias", ["latest", "v1", "a b", "", "x" * 300])
def test_reserved_and_odd_aliases_are_refused(
    lab: LiveLab, client: MlflowClient, alias: str
) -> None:
    register(client, "aliased")
    with lab.client("bob").http.session as http:
        answer = http.post(
            f"/api/projects/{PROJECT}/mlflow/api/2.0/mlflow/registered-models/alias",
            json={"name": "aliased", "alias": alias, "version": "1"},
        )
    assert answer.status_code == 400


def test_logged_models_are_found_by_metric_name_and_tag(client: MlflowClient) -> None:
    experiment = client.create_experiment("found models")
    run = client.create_run(experiment).info.run_id
    for number in range(3):
        model = client.create_logged_model(experiment, f"model{number}", run, {"n": str(number)})
        client.log_metric(run, "acc", number / 10, model_id=model.model_id)
    found = client.search_logged_models([experiment], "metrics.acc >= 0.1")
    assert sorted(m.name for m in found) == ["model1", "model2"]
    (best,) = client.search_logged_models(
        [experiment], max_results=1, order_by=[{"field_name": "metrics.acc", "ascending": False}]
    )
    assert best.metrics
    assert (best.name, best.metrics[0].value) == ("model2", 0.2)
    client.delete_logged_model_tag(best.model_id, "n")
    client.delete_logged_model(best.model_id)
    assert len(client.search_logged_models([experiment])) == 2
