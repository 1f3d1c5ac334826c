"""The API's document, tried out: whatever fits it or just misses it, no answer is a 5xx.

Schemathesis makes up requests from the OpenAPI document, good ones and bad ones. They go
to a live lab as an admin, every other one aimed at something that exists; each answer
must be one that the document tells of, and every failure in the wire form.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any, cast

import httpx
import hypothesis
import pytest
import schemathesis
from people import LiveLab, serve
from route_rows import PARAMETERS
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    response_schema_conformance,
    status_code_conformance,
)

from mllab.api.app import create_app
from mllab.api.errors import WireError

schemathesis.serializer.alias("application/offset+octet-stream", "application/octet-stream")
schema = schemathesis.openapi.from_dict(create_app(cast(Any, None)).openapi())
checks = [
    not_a_server_error,
    status_code_conformance,
    response_schema_conformance,
]
EXAMPLES = int(os.environ.get("LAB_TEST_EXAMPLES", "5"))
ENDS = {"DELETE /api/projects/{project}"}
"""Called with made-up names only: the other routes need their project."""

NOT_OFFERED = ("/presigned/{path}", "/mpu/{step}/{path}")
"""MLflow's clients ask for these first and understand 501 as "send it in one piece"."""


@dataclass
class Target:
    """A live lab, and what in it the parameters of paths can name."""

    live: LiveLab
    names: dict[str, str]
    turn: Iterator[bool] = field(default_factory=lambda: cycle([True, False]))


def _furnish(live: LiveLab) -> dict[str, str]:
    """Create one of everything below `alpha`; return the names of things."""
    with httpx.Client(base_url=f"{live.url}/api/projects/alpha") as http:
        http.headers["Authorization"] = f"Bearer {live.token('alice')}"

        def make(method: str, path: str, **body: Any) -> Any:
            answer = http.request(method, path, **body)
            assert answer.is_success, answer.text
            return answer.json()

        job = {"name": "nightly", "spec": {"command": "true"}}
        make("POST", "/jobs", json=job)
        make("POST", "/jobs/nightly/runs")
        make("POST", "/services", json=job | {"name": "web"})
        make("PUT", "/datasets/news.csv", content=b"a,b\n")
        code = make("POST", "/code", content=b"x", headers={"X-Lab-File-Name": "x.py"})
        flow = "/mlflow/api/2.0/mlflow"
        experiment = make("POST", f"{flow}/experiments/create", json={"name": "first"})
        run = make("POST", f"{flow}/runs/create", json=experiment)
        make("POST", f"{flow}/registered-models/create", json={"name": "web"})
    return PARAMETERS | {
        "user": "bob",
        "id": code["id"],
        "experiment": experiment["experiment_id"],
        "run": run["run"]["info"]["run_id"],
    }


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """A live lab for all cases of this process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NO_PROXY", "127.0.0.1")
        with serve(tmp_path_factory.mktemp("lab")) as live:
            yield Target(live, _furnish(live))


@schema.parametrize()
@hypothesis.settings(
    max_examples=EXAMPLES,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(hypothesis.HealthCheck),
)
def test_every_answer_is_one_that_the_document_tells_of(case: Case[Any], lab: Target) -> None:
    _aim(case, lab)
    token = {"Authorization": f"Bearer {lab.live.token('dana')}"}
    response = case.call(base_url=lab.live.url, headers=token)
    if not case.path.endswith(NOT_OFFERED):
        case.validate_response(response, checks=checks)
    if response.status_code >= 400 and case.method != "HEAD":
        assert WireError.model_validate_json(response.content).request_id


def _aim(case: Case[Any], lab: Target) -> None:
    """Point the case at what exists: always at the project, the rest every other time."""
    case.query.pop("follow", None)  # it would wait for the end of what never ends here
    if case.operation.label == "GET /api/events":
        case.query["most_s"] = 0
    if case.operation.label in ENDS:
        return
    closely = next(lab.turn)
    for name in case.path_parameters:
        if name == "project" or (closely and name in lab.names):
            case.path_parameters[name] = lab.names[name]
