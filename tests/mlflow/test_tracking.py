"""Experiments, runs, metrics and tags through the real, unmodified mlflow client."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import mlflow
import pytest
from mlflow import MlflowClient
from mlflow.entities import Metric, Param, RunTag, ViewType
from mlflow.exceptions import MlflowException


def test_an_experiment_is_made_once_and_found_by_name(client: MlflowClient) -> None:
    first = mlflow.set_experiment("once")
    assert mlflow.set_experiment("once").experiment_id == first.experiment_id
    found = client.get_experiment_by_name("once")
    assert found is not None
    assert found.artifact_location == f"mlflow-artifacts:/{first.experiment_id}"


def test_the_default_experiment_is_there_from_the_beginning(client: MlflowClient) -> None:
    assert client.get_experiment("0").name == "Default"
    assert client.create_run("0").info.experiment_id == "0"
    with pytest.raises(MlflowException, match="exists already"):
        client.create_experiment("Default")


def test_names_of_experiments_are_unique_until_renamed(client: MlflowClient) -> None:
    id = client.create_experiment("old", tags={"team": "a"})
    with pytest.raises(MlflowException, match="exists already"):
        client.create_experiment("old")
    client.rename_experiment(id, "new")
    assert client.get_experiment(id).name == "new"
    assert client.get_experiment_by_name("old") is None
    assert client.create_experiment("old") != id
    with pytest.raises(MlflowException, match="exists already"):
        client.rename_experiment(id, "old")


def test_a_deleted_experiment_hides_its_runs_and_can_be_restored(client: MlflowClient) -> None:
    id = client.create_experiment("doomed")
    client.create_run(id)
    client.delete_experiment(id)
    assert client.get_experiment(id).lifecycle_stage == "deleted"
    assert client.search_runs([id]) == []
    assert len(client.search_runs([id], run_view_type=ViewType.DELETED_ONLY)) == 1
    with pytest.raises(MlflowException, match="deleted"):
        client.create_run(id)
    client.restore_experiment(id)
    assert len(client.search_runs([id])) == 1


def test_experiments_are_searched_by_name_and_tag(client: MlflowClient) -> None:
    for number in range(4):
        client.create_experiment(f"found {number}", tags={"parity": str(number % 2)})
    found = client.search_experiments(
        filter_string="name LIKE 'found %' AND tags.parity = '1'", order_by=["name DESC"]
    )
    assert [one.name for one in found] == ["found 3", "found 1"]
    page = client.search_experiments(filter_string="name ILIKE 'FOUND%'", max_results=3)
    assert page.token
    rest = client.search_experiments(
        filter_string="name ILIKE 'FOUND%'", max_results=3, page_token=page.token
    )
    assert len(page) + len(rest) == 4


def test_experiment_tags_are_set_and_removed(client: MlflowClient) -> None:
    id = client.create_experiment("tagged")
    client.set_experiment_tag(id, "mlflow.note.content", "a note")
    assert client.get_experiment(id).tags == {"mlflow.note.content": "a note"}
    client.delete_experiment_tag(id, "mlflow.note.content")
    assert client.get_experiment(id).tags == {}


def test_nested_runs_keep_what_they_logged(client: MlflowClient) -> None:
    mlflow.set_experiment("nested")
    with mlflow.start_run(run_name="outer") as outer:
        mlflow.log_params({"lr": 0.1, "layer.1/size": 5})
        with mlflow.start_run(nested=True) as inner:
            mlflow.log_param("lr", 0.2)
    found = client.get_run(outer.info.run_id)
    assert found.data.params == {"lr": "0.1", "layer.1/size": "5"}
    assert (found.info.status, found.info.run_name) == ("FINISHED", "outer")
    assert found.info.end_time is not None
    assert found.info.end_time >= found.info.start_time
    child = client.get_run(inner.info.run_id)
    assert child.data.tags["mlflow.parentRunId"] == outer.info.run_id


def test_a_run_without_a_name_gets_one_and_can_be_renamed(client: MlflowClient) -> None:
    run = client.create_run("0")
    assert run.info.run_name
    client.update_run(run.info.run_id, status="FAILED", name="renamed")
    found = client.get_run(run.info.run_id)
    assert (found.info.status, found.info.run_name) == ("FAILED", "renamed")
    client.set_tag(run.info.run_id, "mlflow.runName", "again")
    assert client.get_run(run.info.run_id).info.run_name == "again"


def test_history_is_ordered_and_the_latest_is_by_step_then_time(client: MlflowClient) -> None:
    id = client.create_run("0").info.run_id
    for value, timestamp, step in ((1.0, 30, 2), (2.0, 10, 3), (3.0, 20, 1), (4.0, 5, 3)):
        client.log_metric(id, "loss", value, timestamp=timestamp, step=step)
    history = client.get_metric_history(id, "loss")
    assert [(m.timestamp, m.step, m.value) for m in history] == [
        (5, 3, 4.0),
        (10, 3, 2.0),
        (20, 1, 3.0),
        (30, 2, 1.0),
    ]
    assert client.get_run(id).data.metrics == {"loss": 2.0}


@pytest.mark.parametrize("value", [1.5, math.nan, math.inf])
def test_a_repeated_point_counts_once(client: MlflowClient, value: float) -> None:
    id = client.create_run("0").info.run_id
    for others in ([], [Metric("loss", value, 8, 1)]):
        client.log_batch(id, [Metric("loss", value, 7, 1), *others])
    assert len(client.get_metric_history(id, "loss")) == 2


@pytest.mark.parametrize("value", [math.inf, -math.inf, 1e308, 5e-324, -0.0, 2**53])
def test_numbers_come_back_as_they_went(client: MlflowClient, value: float) -> None:
    id = client.create_run("0").info.run_id
    client.log_metric(id, "odd", value, step=-3)
    assert client.get_run(id).data.metrics == {"odd": value}
    (point,) = client.get_metric_history(id, "odd")
    assert (point.value, point.step) == (value, -3)


def test_nan_comes_back_as_nan(client: MlflowClient) -> None:
    id = client.create_run("0").info.run_id
    client.log_batch(id, metrics=[Metric("odd", math.nan, 1, 1)])
    assert math.isnan(client.get_run(id).data.metrics["odd"])
    assert math.isnan(client.get_metric_history(id, "odd")[0].value)


def test_a_parameter_never_changes(client: MlflowClient) -> None:
    id = client.create_run("0").info.run_id
    client.log_param(id, "lr", 0.1)
    client.log_param(id, "lr", 0.1)
    with pytest.raises(MlflowException, match="Changing param values is not allowed"):
        client.log_param(id, "lr", 0.2)
    with pytest.raises(MlflowException, match="Changing param values"):
        client.log_batch(id, metrics=[Metric("m", 1, 1, 1)], params=[Param("lr", "3")])
    found = client.get_run(id).data
    assert (found.params, found.metrics) == ({"lr": "0.1"}, {})


def test_a_whole_batch_is_kept(client: MlflowClient) -> None:
    id = client.create_run("0").info.run_id
    client.log_batch(
        id,
        metrics=[Metric("loss", step / 7, step, step) for step in range(800)],
        params=[Param(f"p{n}", str(n)) for n in range(100)],
        tags=[RunTag(f"t.{n}", str(n)) for n in range(100)],
    )
    assert len(client.get_metric_history(id, "loss")) == 800
    found = client.get_run(id).data
    assert (len(found.params), found.metrics["loss"]) == (100, 799 / 7)
    assert found.tags["t.99"] == "99"


def test_tags_are_removed_and_missing_ones_refused(client: MlflowClient) -> None:
    id = client.create_run("0").info.run_id
    client.set_tag(id, "stage", "x" * 9000)
    client.delete_tag(id, "stage")
    assert "stage" not in client.get_run(id).data.tags
    with pytest.raises(MlflowException, match="stage"):
        client.delete_tag(id, "stage")


def test_a_deleted_run_takes_nothing_until_restored(client: MlflowClient) -> None:
    id = client.create_run("0").info.run_id
    client.delete_run(id)
    with pytest.raises(MlflowException, match="deleted"):
        client.log_metric(id, "m", 1)
    client.restore_run(id)
    client.log_metric(id, "m", 1)
    assert client.get_run(id).data.metrics == {"m": 1}


def test_eight_threads_on_one_run_lose_nothing(client: MlflowClient) -> None:
    id = client.create_run("0").info.run_id
    together = threading.Barrier(8)

    def work(thread: int) -> None:
        together.wait()
        for n in range(5):
            metrics = [Metric("loss", thread, n, thread), Metric(f"own{thread}", n, n, n)]
            client.log_batch(id, metrics, [Param(f"p{thread}.{n}", "v")], [])

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    found = client.get_run(id).data
    assert len(found.params) == 40
    assert {f"own{n}": 4.0 for n in range(8)} | {"loss": 7.0} == found.metrics
    assert len(client.get_metric_history(id, "loss")) == 40


def test_another_client_sees_what_the_first_logged(sign_in: Callable[..., MlflowClient]) -> None:
    id = sign_in("bob").create_run("0", run_name="shared").info.run_id
    assert sign_in("vera").get_run(id).info.run_name == "shared"


def test_a_viewer_reads_and_does_not_write(sign_in: Callable[..., MlflowClient]) -> None:
    id = sign_in("bob").create_run("0").info.run_id
    viewer = sign_in("vera")
    viewer.get_run(id)
    with pytest.raises(MlflowException, match="needs the role editor") as refused:
        viewer.log_metric(id, "m", 1)
    assert refused.value.error_code == "PERMISSION_DENIED"


def test_an_outsider_learns_nothing(sign_in: Callable[..., MlflowClient]) -> None:
    id = sign_in("bob").create_run("0").info.run_id
    with pytest.raises(MlflowException) as refused:
        sign_in("charlie").get_run(id)
    assert refused.value.error_code == "RESOURCE_DOES_NOT_EXIST"
    with pytest.raises(MlflowException) as elsewhere:
        sign_in("charlie", "sports").get_run(id)
    assert elsewhere.value.error_code == "RESOURCE_DOES_NOT_EXIST"


def test_traces_that_the_lab_does_not_keep_do_not_stop_a_training(client: MlflowClient) -> None:
    id = mlflow.set_experiment("traced").experiment_id
    with pytest.raises(MlflowException) as refused:
        client.search_traces(locations=[id])
    assert refused.value.error_code == "ENDPOINT_NOT_FOUND"
