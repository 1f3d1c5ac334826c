"""The original client's surface: files under keys, local copies, experiments."""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from people import LiveLab

from mllab import Environment
from mllab.client.experiment import Experiment
from mllab.errors import InvalidInput
from mllab.model.tracking import Run


@pytest.fixture
def env(live: LiveLab, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Environment:
    monkeypatch.setenv("LAB_ENDPOINT", live.url)
    monkeypatch.setenv("LAB_API_TOKEN", live.token("bob"))
    monkeypatch.setenv("LAB_PROJECT", "alpha")
    return Environment(root_folder=tmp_path / "root")


@pytest.fixture
def local(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Environment:
    for name in ("LAB_ENDPOINT", "LAB_API_TOKEN", "LAB_PROJECT"):
        monkeypatch.delenv(name, raising=False)
    return Environment(root_folder=tmp_path / "root")


@pytest.fixture
def news(tmp_path: Path) -> Path:
    path = tmp_path / "news.csv"
    path.write_text("one")
    return path


def read(path: str | None) -> str:
    assert path
    return Path(path).read_text()


def test_everything_comes_from_the_environment(
    env: Environment, capsys: pytest.CaptureFixture[str]
) -> None:
    assert env.is_connected()
    assert env.project == "alpha"
    env.print_info(host_info=True)
    assert "Project: alpha" in capsys.readouterr().out
    assert Path(env.datasets_folder) == Path(env.root_folder) / "alpha" / "datasets"


def test_versions_are_kept_beside_each_other(env: Environment, news: Path) -> None:
    assert env.upload_file(news, Environment.DataType.DATASET) == "datasets/news.csv.v1"
    news.write_text("two")
    assert env.upload_file(news, "dataset") == "datasets/news.csv.v2"
    newest = env.get_file("datasets/news.csv")
    assert newest == f"{env.datasets_folder}/news.csv.v2"
    assert read(newest) == "two"
    assert env.get_file("datasets/news.csv.v1") == f"{env.datasets_folder}/news.csv"
    assert read(env.get_file("datasets/news.csv.v1")) == "one"
    assert env.file_handler.load_local_file("datasets/news.csv") == newest


def test_a_spoilt_copy_is_fetched_again(env: Environment, news: Path) -> None:
    env.upload_file(news, "dataset")
    path = env.get_file("datasets/news.csv")
    assert path
    Path(path).write_text("bad")
    assert read(env.get_file("datasets/news.csv")) == "one"


def test_metadata_names_and_replacing(env: Environment, news: Path) -> None:
    env.upload_file(news, "model")
    key = env.upload_file(news, "model", {"a": "b"}, file_name="topics", versioning=False)
    found = env.file_handler.get_file_info(key)
    assert found
    assert found.metadata == {"a": "b"}
    env.upload_file(news, "model", file_name="topics", versioning=False)
    (topics,) = env.file_handler.list_remote_files("model", "topics")
    assert (topics.versions, topics.latest.version) == (1, 2)
    assert env.file_handler.delete_remote_file("models/topics")
    assert not env.file_handler.delete_remote_file("models/topics")


def test_a_missing_file_is_none(env: Environment) -> None:
    assert env.get_file("datasets/nothing") is None
    assert env.file_handler.get_file_info("models/nothing") is None


@pytest.mark.parametrize("key", ["news.csv", "other/news.csv", "datasets/../x", "datasets/"])
def test_bad_keys_are_refused(env: Environment, key: str) -> None:
    with pytest.raises(InvalidInput):
        env.get_file(key)


def test_a_folder_goes_up_and_comes_down_unpacked(env: Environment, tmp_path: Path) -> None:
    (tmp_path / "folder" / "sub").mkdir(parents=True)
    (tmp_path / "folder" / "sub" / "x").write_text("in")
    key = env.upload_folder(tmp_path / "folder", "dataset")
    assert key == "datasets/folder.zip.v1"
    unpacked = env.get_file(key, unpack=True)
    assert read(f"{unpacked}/sub/x") == "in"
    named = env.get_file(key, unpack="here")
    assert named == f"{env.datasets_folder}/here"


def test_an_archive_cannot_write_elsewhere(env: Environment, tmp_path: Path) -> None:
    (tmp_path / "evil").write_text("evil")
    with tarfile.open(tmp_path / "bad.tar", "w") as archive:
        archive.add(tmp_path / "evil", "../../evil")
    with zipfile.ZipFile(tmp_path / "bad.zip", "w") as zipped:
        zipped.writestr("../../evil", "evil")
    for name in ("bad.tar", "bad.zip"):
        env.upload_file(tmp_path / name, "dataset")
    with pytest.raises(InvalidInput, match="leads out"):
        env.get_file("datasets/bad.tar", unpack=True)
    env.get_file("datasets/bad.zip", unpack=True)
    assert not (Path(env.root_folder) / "evil").exists()
    assert not (Path(env.project_folder) / "evil").exists()
    assert [p.name for p in Path(env.datasets_folder).glob("*/evil")] == ["evil"]


def test_a_tar_archive_without_links_is_unpacked(env: Environment, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b").write_text("in")
    (tmp_path / "link").symlink_to("/etc")
    for name, member in (("good.tar.gz", "a"), ("bad.tar.gz", "link")):
        with tarfile.open(tmp_path / name, "w:gz") as archive:
            archive.add(tmp_path / member, member)
        env.upload_file(tmp_path / name, "dataset")
    unpacked = env.get_file("datasets/good.tar.gz", unpack=True)
    assert read(f"{unpacked}/a/b") == "in"
    with pytest.raises(InvalidInput, match="a link or a device"):
        env.get_file("datasets/bad.tar.gz", unpack=True)


def test_what_is_no_archive_is_not_unpacked(env: Environment, news: Path) -> None:
    env.upload_file(news, "dataset")
    with pytest.raises(InvalidInput, match="neither"):
        env.get_file("datasets/news.csv", unpack=True)


def test_without_a_lab_local_files_are_found(local: Environment) -> None:
    assert not local.is_connected()
    Path(local.datasets_folder, "a.csv").write_text("1")
    Path(local.datasets_folder, "a.csv.v12").write_text("12")
    Path(local.datasets_folder, "a.csv.v2").write_text("2")
    assert read(local.get_file("datasets/a.csv")) == "12"
    assert read(local.get_file("datasets/a.csv.v2")) == "2"
    assert local.get_file("datasets/a.csv.v3") is None
    with pytest.raises(InvalidInput, match="Not connected"):
        local.upload_file("x", "dataset")


def run_of(live: LiveLab, exp: Experiment) -> Run:
    assert exp.run_id
    return live.client("vera").project("alpha").experiments.run(exp.run_id)


def test_an_experiment_is_a_run_in_the_lab(env: Environment, live: LiveLab, news: Path) -> None:
    key = env.upload_file(news, "dataset")
    exp = env.create_experiment("Topics, try 1")

    def train(exp: Experiment, params: dict[str, Any], artifacts: dict[str, Any]) -> float:
        env.get_file("datasets/news.csv")
        for n in range(3):
            exp.log_metric("loss", 1 / (n + 1))
        Path(exp.create_file_path("model.txt")).write_text(artifacts["word"])
        exp.log_artifact(exp.create_file_path("model.txt"))
        exp.log_other("note", "fine")
        return float(params["rate"])

    assert exp.run_exp(train, {"rate": 0.5}, {"word": "hi"}) == 0.5
    run = run_of(live, exp)
    assert run.status == "FINISHED"
    assert run.params == {"rate": "0.5"}
    assert run.tags["note"] == "fine"
    assert (run.tags["result"], exp.inputs) == ("0.5", [key.removesuffix(".v1")])
    experiments = live.client("vera").project("alpha").experiments
    assert [each.value for each in experiments.metric(run.id, "loss")] == [1, 0.5, 1 / 3]
    assert list(experiments.artifacts(run.id).walk()) == ["model.txt"]
    assert experiments.get("Topics, try 1").name == "Topics, try 1"


@pytest.mark.parametrize(
    ("error", "status", "in_lab"),
    [(ValueError, "failed", "FAILED"), (KeyboardInterrupt, "interrupted", "KILLED")],
)
def test_a_failure_is_kept_and_passed_on(
    env: Environment, live: LiveLab, error: type[BaseException], status: str, in_lab: str
) -> None:
    exp = env.create_experiment("fails")

    def fail() -> None:
        raise error

    with pytest.raises(error):
        exp.run_exp([fail])
    assert exp.status == status
    assert run_of(live, exp).status == in_lab


def test_nothing_is_sent_before_the_sync_without_auto_sync(env: Environment, live: LiveLab) -> None:
    exp = Experiment(env, "later", auto_sync=False)
    exp.log_params({"a": 1})
    exp.log_metrics({"m": 2, "word": "good"})
    assert exp.run_id is None
    exp.sync_exp()
    run = run_of(live, exp)
    assert (run.params, run.tags["metric.word"]) == ({"a": "1"}, "good")


def test_a_parameter_that_changes_keeps_its_first_value_in_the_lab(
    env: Environment, live: LiveLab
) -> None:
    exp = env.create_experiment("changes")
    exp.log_param("a", 1)
    exp.log_param("a", 2)
    run = run_of(live, exp)
    assert (run.params["a"], run.tags["param.a"], exp.params["a"]) == ("1", "2", 2)


def test_a_second_experiment_of_that_name_is_another_run(env: Environment, live: LiveLab) -> None:
    first, second = env.create_experiment("same"), env.create_experiment("same")
    for each in (first, second):
        each.set_completed("done")
    runs = live.client("vera").project("alpha").experiments.runs("same")
    assert {run.id for run in runs} == {first.run_id, second.run_id}


class Drawing:
    """As much of a figure as is needed."""

    def savefig(self, fname: str) -> None:
        Path(fname).write_bytes(b"png")


def test_figures_folders_and_objects_are_artifacts(
    env: Environment, live: LiveLab, tmp_path: Path
) -> None:
    exp = env.create_experiment("artifacts")
    exp.log_figure(Drawing(), "loss")
    (tmp_path / "out" / "a").mkdir(parents=True)
    (tmp_path / "out" / "a" / "b").write_text("x")
    exp.log_artifact("plots", tmp_path / "out")
    exp.add_artifact("rows", [1, 2])
    run = run_of(live, exp)
    files = live.client("vera").project("alpha").experiments.artifacts(run.id).walk()
    assert sorted(files) == ["figures/loss.png", "plots/a/b"]
    assert run.tags["artifact.rows"] == "builtins.list, length 2"
    assert exp.get_artifact("rows") == [1, 2]
    with pytest.raises(InvalidInput, match="no file"):
        exp.log_artifact("nothing/here")


def test_without_a_lab_an_experiment_is_a_file(local: Environment) -> None:
    exp = local.create_experiment("offline")
    exp.run_exp(lambda params: exp.log_metric("m", params["a"]), {"a": 7})
    facts = json.loads(Path(exp.output_path, "experiment.json").read_text())
    assert (facts["status"], facts["metrics"], facts["run_id"]) == ("completed", {"m": 7}, None)


def test_a_file_path_needs_no_experiment(local: Environment) -> None:
    path = Path(local.create_file_path("sub/x.txt"))
    path.write_text("x")
    assert path.is_relative_to(local.experiments_folder)


def test_a_lab_without_a_project_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LAB_PROJECT", raising=False)
    with pytest.raises(InvalidInput, match="Which project"):
        Environment(lab_endpoint="http://127.0.0.1:1")


Loaded = Callable[[str], set[str]]


@pytest.fixture
def loaded() -> Loaded:
    """A function that says which packages a line of Python loads."""

    def run(line: str) -> set[str]:
        code = f"{line}\nimport sys; print(*{{name.partition('.')[0] for name in sys.modules}})"
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        )
        return set(done.stdout.split())

    return run


def test_the_import_is_light(loaded: Loaded) -> None:
    assert not loaded("import mllab") & {"httpx", "pydantic", "rich", "typer"}
    server = {"fastapi", "obstore", "uvicorn", "aiosqlite", "starlette", "argon2", "cryptography"}
    assert not loaded("from mllab import Lab, Environment") & server
