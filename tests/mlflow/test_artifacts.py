"""Artifacts through the lab: up, down, listed, deleted, and never out of their folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import httpx
import mlflow
import pytest
from mlflow import MlflowClient
from mlflow.entities import Run
from people import PROJECT, LiveLab

BASE = f"/api/projects/{PROJECT}/mlflow/api/2.0/mlflow-artifacts/artifacts"


@pytest.fixture
def run(client: MlflowClient) -> Run:
    return client.create_run("0")


@pytest.fixture
def http(lab: LiveLab) -> Iterator[httpx.Client]:
    """A plain HTTP client of Bob."""
    headers = {"Authorization": f"Bearer {lab.token('bob')}"}
    with httpx.Client(base_url=lab.url, headers=headers, trust_env=False) as http:
        yield http


def place(run: Run) -> str:
    return f"{BASE}/{run.info.experiment_id}/{run.info.run_id}/artifacts"


def test_folders_go_up_and_come_down_alike(client: MlflowClient, run: Run, tmp_path: Path) -> None:
    content = {"a.txt": b"a", "deep/er/b.bin": os.urandom(300_000), "deep/ü 1.txt": b"", "c": b"c"}
    for name, data in content.items():
        (tmp_path / "up" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "up" / name).write_bytes(data)
    client.log_artifacts(run.info.run_id, str(tmp_path / "up"), "all")
    down = Path(client.download_artifacts(run.info.run_id, "all", str(tmp_path)))
    found = {str(p.relative_to(down)): p.read_bytes() for p in down.rglob("*") if p.is_file()}
    assert found == content


def test_lists_show_files_and_folders_with_sizes(client: MlflowClient, run: Run) -> None:
    client.log_text(run.info.run_id, "12345", "deep/one.txt")
    client.log_dict(run.info.run_id, {"a": 1}, "two.json")
    listed = client.list_artifacts(run.info.run_id)
    assert [(f.path, f.is_dir) for f in listed] == [("deep", True), ("two.json", False)]
    (one,) = client.list_artifacts(run.info.run_id, "deep")
    assert (one.path, one.file_size) == ("deep/one.txt", 5)
    assert client.list_artifacts(run.info.run_id, "deep/one.txt") == []
    assert client.list_artifacts(run.info.run_id, "nothing") == []


def test_tables_grow(client: MlflowClient, run: Run) -> None:
    for value in (1, 2):
        client.log_table(run.info.run_id, {"x": [value]}, "table.json")
    table = mlflow.artifacts.load_dict(f"{run.info.artifact_uri}/table.json")
    assert table["data"] == [[1], [2]]


def test_a_folder_is_deleted_with_what_is_in_it(
    client: MlflowClient, run: Run, http: httpx.Client
) -> None:
    for name in ("a/b/c.txt", "a/d.txt", "e.txt"):
        client.log_text(run.info.run_id, "x", name)
    assert http.delete(f"{place(run)}/a").status_code == 200
    assert [f.path for f in client.list_artifacts(run.info.run_id)] == ["e.txt"]


def test_a_folder_is_no_file(client: MlflowClient, run: Run, http: httpx.Client) -> None:
    client.log_text(run.info.run_id, "x", "a/b.txt")
    for path in ("a", "a/", "nothing", "a/b.txt/c"):
        answer = http.get(f"{place(run)}/{path}")
        assert answer.status_code in {400, 404}
        assert answer.json()["error_code"]


def test_downloads_are_attachments_and_come_in_parts(run: Run, http: httpx.Client) -> None:
    http.put(f"{place(run)}/page.html", content=b"<script>")
    whole = http.get(f"{place(run)}/page.html")
    assert whole.headers["content-disposition"].startswith("attachment")
    assert whole.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in whole.headers["content-security-policy"]
    part = http.get(f"{place(run)}/page.html", headers={"Range": "bytes=1-6"})
    assert (part.status_code, part.content) == (206, b"script")
    beyond = http.get(f"{place(run)}/page.html", headers={"Range": "bytes=100-"})
    assert beyond.status_code == 416


@pytest.mark.parametrize(
    "path",
    [
        "%2e%2e/secret",
        "a/%2e%2e/%2e%2e/%2e%2e/x",
        "a%00b",
        "a%0ab",
        "a%5cb",
        "a//b",
        "./a",
        "x" * 300,
        "y/" * 500 + "z",
        "%ff",
    ],
)
def test_paths_that_lead_elsewhere_are_refused(http: httpx.Client, path: str) -> None:
    for method, content in (("PUT", b"x"), ("GET", None), ("DELETE", None)):
        request = httpx.Request(
            method,
            httpx.URL(str(http.base_url)).copy_with(raw_path=f"{BASE}/{path}".encode()),
            headers=http.headers,
            content=content,
        )
        answer = http.send(request)
        allowed = {400, 404} | ({200} if path in {"./a", "%ff"} else set())
        assert answer.status_code in allowed, (method, answer.text)


def test_lists_do_not_leave_the_project(http: httpx.Client) -> None:
    for path in ("..", "../..", "/../sports", "a/../../b"):
        answer = http.get(BASE, params={"path": path})
        assert answer.status_code == 400


def test_another_project_has_other_artifacts(lab: LiveLab, run: Run, http: httpx.Client) -> None:
    http.put(f"{place(run)}/mine.txt", content=b"x")
    headers = {"Authorization": f"Bearer {lab.token('charlie')}"}
    theirs = f"{place(run)}/mine.txt".replace(PROJECT, "sports", 1)
    assert http.get(theirs, headers=headers).status_code == 404
    assert http.get(f"{place(run)}/mine.txt", headers=headers).status_code == 404


def test_multipart_falls_back_to_one_piece(
    client: MlflowClient, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD", "true")
    monkeypatch.setenv("MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE", "1")
    (tmp_path / "big.bin").write_bytes(b"x" * 1000)
    client.log_artifact(run.info.run_id, str(tmp_path / "big.bin"))
    assert client.list_artifacts(run.info.run_id)[0].file_size == 1000
