"""Whatever stands in the fields of a call, the answer is never the lab's fault."""

from __future__ import annotations

import json
import random
from typing import Any

import httpx
import pytest
from people import PROJECT, Api

from mllab.api.mlflow import artifacts, experiments, logged_models, registry, runs, versions
from mllab.api.mlflow.calls import Call

BASE = f"/api/projects/{PROJECT}/mlflow/api/2.0/mlflow"
MODULES = (experiments, runs, artifacts, logged_models, registry, versions)
ODD: list[Any] = [
    None,
    True,
    0,
    -1,
    2**63,
    10**400,
    1e308,
    "",
    "0",
    "RUN",
    "a\x00b",
    "\ud800",
    "../..",
    "%00",
    "mlflow-artifacts:/\x00",
    "models:/m-",
    "x" * 1000,
    "metrics.a > 1",
    "'",
    [],
    [None],
    ["0"],
    [{"key": "a", "value": "\x00"}],
    [{"key": "m", "value": 1, "timestamp": 2**62, "step": -1}],
    [{"dataset": {"name": "a", "schema": 5}}, {}],
    {},
    {"key": {}},
]


async def send(http: httpx.AsyncClient, call: Call, ask: dict[str, Any]) -> httpx.Response:
    path = f"{BASE}/{call.path}"
    if call.method == "GET":
        texts = {key: str(value).encode(errors="replace") for key, value in ask.items()}
        return await http.get(path, params={key: text.decode() for key, text in texts.items()})
    headers = {"Content-Type": "application/json"}
    return await http.request(call.method, path, content=json.dumps(ask), headers=headers)


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__.rpartition(".")[2])
async def test_odd_values_are_never_the_labs_fault(api: Api, module: Any) -> None:
    chance = random.Random(module.__name__)  # noqa: S311
    async with api("bob") as http:
        made = await http.post(f"{BASE}/runs/create", json={})
        run = made.json()["run"]["info"]["run_id"]
        for call in [call for call in module.CALLS for _ in range(15)]:
            ask = {name: chance.choice(ODD) for name in call.model.model_fields}
            ask |= {"run_id": run} if "run_id" in ask and chance.random() < 0.5 else {}
            answer = await send(http, call, ask)
            assert answer.status_code < 500, (call.path, ask, answer.text)
