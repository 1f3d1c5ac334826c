"""What the protocol answers to bad calls: MLflow's codes, the lab's form, never 5xx."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from people import PROJECT, Api

BASE = f"/api/projects/{PROJECT}/mlflow/api/2.0/mlflow"
LONG = "k" * 300


@pytest.fixture
async def bob(api: Api) -> AsyncIterator[httpx.AsyncClient]:
    """An HTTP client of an editor."""
    async with api("bob") as http:
        yield http


async def call(http: httpx.AsyncClient, method: str, path: str, ask: Any) -> httpx.Response:
    if method == "GET":
        return await http.get(f"{BASE}/{path}", params=ask)
    headers = {"Content-Type": "application/json"}
    content = json.dumps(ask)  # httpx would refuse what some calls send on purpose
    return await http.request(method, f"{BASE}/{path}", content=content, headers=headers)


async def a_run(http: httpx.AsyncClient) -> str:
    answer = await call(http, "POST", "runs/create", {"experiment_id": "0"})
    return str(answer.json()["run"]["info"]["run_id"])


MISSING, INVALID = "RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE"
TAKEN, UNKNOWN = "RESOURCE_ALREADY_EXISTS", "ENDPOINT_NOT_FOUND"


@pytest.mark.parametrize(
    ("method", "path", "ask", "status", "code"),
    [
        ("GET", "experiments/get", {"experiment_id": "5"}, 404, MISSING),
        ("GET", "experiments/get", {}, 400, INVALID),
        ("GET", "experiments/get-by-name", {"experiment_name": "nope"}, 404, MISSING),
        ("POST", "experiments/create", {"name": "Default"}, 400, TAKEN),
        ("POST", "experiments/create", {"name": " "}, 400, INVALID),
        ("POST", "experiments/create", {}, 400, INVALID),
        ("POST", "experiments/create", {"name": 5}, 400, INVALID),
        ("POST", "experiments/create", {"name": "\ud800"}, 400, INVALID),
        ("POST", "experiments/create", {"name": "x", "artifact_location": "s3://b"}, 400, INVALID),
        ("POST", "experiments/search", {"max_results": 0}, 400, INVALID),
        ("POST", "experiments/search", {"max_results": 10**9}, 400, INVALID),
        ("POST", "experiments/search", {"filter": "nonsense"}, 400, INVALID),
        ("POST", "experiments/search", {"order_by": ["what"]}, 400, INVALID),
        ("POST", "experiments/search", {"page_token": "?"}, 400, INVALID),
        ("POST", "experiments/search", {"view_type": "SOME"}, 400, INVALID),
        ("GET", "runs/get", {"run_id": "nope"}, 404, MISSING),
        ("GET", "runs/get", {}, 400, INVALID),
        ("POST", "runs/create", {"experiment_id": "9"}, 404, MISSING),
        ("POST", "runs/create", {"experiment_id": "0", "start_time": -1}, 400, INVALID),
        ("POST", "runs/create", {"experiment_id": "0", "start_time": 2**62}, 400, INVALID),
        ("POST", "runs/create", {"experiment_id": "0", "start_time": 2**70}, 400, INVALID),
        ("POST", "runs/update", {"run_id": "RUN", "status": "RAN"}, 400, INVALID),
        ("POST", "runs/search", {"experiment_ids": ["0"], "filter": "a >"}, 400, INVALID),
        ("POST", "runs/log-metric", {"run_id": "RUN", "key": "m"}, 400, INVALID),
        ("POST", "runs/log-metric", {"run_id": "RUN", "key": "", "value": 1}, 400, INVALID),
        ("POST", "runs/log-metric", {"run_id": "RUN", "key": LONG, "value": 1}, 400, INVALID),
        ("POST", "runs/log-metric", {"run_id": "RUN", "key": "../m", "value": 1}, 400, INVALID),
        ("POST", "runs/log-metric", {"run_id": "RUN", "key": "m\x00", "value": 1}, 400, INVALID),
        ("POST", "runs/log-metric", {"run_id": "RUN", "key": "m", "value": "x"}, 400, INVALID),
        (
            "POST",
            "runs/log-metric",
            {"run_id": "RUN", "key": "m", "value": 1, "step": 2**64},
            400,
            INVALID,
        ),
        (
            "POST",
            "runs/log-metric",
            {"run_id": "RUN", "key": "m", "value": 1, "timestamp": -5},
            400,
            INVALID,
        ),
        (
            "POST",
            "runs/log-metric",
            {"run_id": "RUN", "key": "m", "value": 1, "model_id": "m-x"},
            400,
            INVALID,
        ),
        (
            "POST",
            "runs/log-batch",
            {"run_id": "RUN", "params": [{"key": str(n)} for n in range(101)]},
            400,
            INVALID,
        ),
        ("POST", "runs/log-batch", {"run_id": "RUN", "metrics": {}}, 400, INVALID),
        ("POST", "runs/log-batch", [], 400, INVALID),
        ("POST", "runs/log-parameter", {"run_id": "nope", "key": "a"}, 404, MISSING),
        ("POST", "runs/log-model", {"run_id": "RUN", "model_json": "{"}, 400, INVALID),
        ("POST", "runs/log-model", {"run_id": "RUN", "model_json": "[]"}, 400, INVALID),
        ("POST", "runs/delete-tag", {"run_id": "RUN", "key": "none"}, 404, MISSING),
        ("GET", "metrics/get-history", {"run_id": "nope", "metric_key": "a"}, 404, MISSING),
        ("GET", "metrics/get-history", {"run_id": "RUN", "max_results": "0"}, 400, INVALID),
        ("GET", "metrics/get-history", {"run_id": "RUN", "max_results": "x"}, 400, INVALID),
        ("GET", "metrics/get-history-bulk-interval", {}, 400, INVALID),
        ("GET", "artifacts/list", {"run_id": "RUN", "path": "../.."}, 400, INVALID),
        ("POST", "logged-models", {"experiment_id": "9"}, 404, MISSING),
        ("POST", "logged-models", {"experiment_id": "0", "name": "a/b"}, 400, INVALID),
        ("GET", "logged-models/m-nope", {}, 404, MISSING),
        ("PATCH", "logged-models/m-nope", {"status": "LOGGED_MODEL_READY"}, 404, MISSING),
        ("PATCH", "logged-models/m-nope", {"status": "DONE"}, 400, INVALID),
        ("POST", "logged-models/search", {"max_results": 0}, 400, INVALID),
        ("POST", "registered-models/create", {"name": "a/b"}, 400, INVALID),
        ("GET", "registered-models/get", {"name": "nope"}, 404, MISSING),
        ("GET", "registered-models/get", {}, 400, INVALID),
        ("GET", "registered-models/alias", {"name": "nope", "alias": "a"}, 404, MISSING),
        ("GET", "model-versions/get", {"name": "nope", "version": "1"}, 404, MISSING),
        ("POST", "model-versions/create", {"name": "nope", "source": "x"}, 404, MISSING),
        ("GET", "model-versions/search", {"filter": "metrics.a > 1"}, 400, INVALID),
        ("POST", "traces/search", {}, 404, UNKNOWN),
        ("GET", "experiments/create", {}, 404, UNKNOWN),
    ],
)
async def test_bad_calls_get_the_code_that_clients_know(
    bob: httpx.AsyncClient, method: str, path: str, ask: Any, status: int, code: str
) -> None:
    if isinstance(ask, dict) and ask.get("run_id") == "RUN":
        ask = ask | {"run_id": await a_run(bob)}
    answer = await call(bob, method, path, ask)
    assert (answer.status_code, answer.json()["error_code"]) == (status, code), answer.text
    assert set(answer.json()) == {"error_code", "message", "error", "details", "request_id"}


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b"null", b'"text"'])
async def test_a_broken_body_is_the_callers_fault(bob: httpx.AsyncClient, content: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    answer = await bob.post(f"{BASE}/runs/log-metric", content=content, headers=headers)
    assert answer.status_code == 400
    assert answer.json()["error_code"]


async def test_unknown_fields_are_passed_over(bob: httpx.AsyncClient) -> None:
    ask = {"name": "from the future", "colour": "blue", "tags": [{"key": "a", "extra": 1}]}
    assert (await call(bob, "POST", "experiments/create", ask)).status_code == 200


async def test_int64_may_come_as_text_and_values_as_words(bob: httpx.AsyncClient) -> None:
    id = await a_run(bob)
    ask = {"run_id": id, "key": "m", "value": "NaN", "timestamp": "12", "step": "3"}
    assert (await call(bob, "POST", "runs/log-metric", ask)).status_code == 200
    found = (await call(bob, "GET", "runs/get", {"run_id": id})).json()["run"]["data"]["metrics"]
    assert found == [{"key": "m", "value": "NaN", "timestamp": 12, "step": 3}]


async def test_nobody_gets_in_without_a_token(api: Api) -> None:
    async with api(None) as http:
        answer = await call(http, "GET", "experiments/get", {"experiment_id": "0"})
    assert (answer.status_code, answer.json()["error_code"]) == (401, "UNAUTHENTICATED")
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_multipart_is_not_offered(bob: httpx.AsyncClient) -> None:
    base = BASE.removesuffix("/mlflow") + "/mlflow-artifacts"
    answer = await bob.post(f"{base}/mpu/create/0/r/artifacts/a", json={"path": "a"})
    assert answer.status_code == 501
    assert answer.json()["message"].startswith("Multipart upload is not supported")
    assert (await bob.get(f"{base}/presigned/0/r/artifacts/a")).status_code == 501
