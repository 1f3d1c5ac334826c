"""Calling a service from a page: what reaches it, what comes back, what is refused."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from gateway_room import Upstream
from people import Api, People

from mllab.control.loop import Control
from mllab.core.calls import Calls
from mllab.core.lab import LabCore
from mllab.errors import BackendFailed
from mllab.model.calls import LARGEST_CALL, ServiceCall
from mllab.model.workloads import Workload, WorkloadState

CALL = "/api/projects/alpha/services/web/call"


@asynccontextmanager
async def serving(api: Api, core: LabCore, answer: bytes | None = None) -> AsyncIterator[Upstream]:
    """Give a service `web` that runs, answered by a server of the test."""
    upstream = Upstream() if answer is None else Upstream(answer)
    await upstream.listen()
    spec = {"command": "x", "environment": {"DUMMY_ENDPOINT": upstream.address}}
    await api("bob").post("/api/projects/alpha/services", json={"name": "web", "spec": spec})
    control = Control(core, takeover=True)
    await control.step()
    await control.step()
    (workload,) = await core.workloads.open_ones()

    def running(kept: Workload) -> Workload:
        return kept.model_copy(update={"state": WorkloadState.RUNNING})

    await core.workloads.change(workload.id, running)
    upstream.connections = 0  # control has looked whether it is ready
    yield upstream
    await upstream.close()


async def call(api: Api, who: str = "vera", **body: Any) -> httpx.Response:
    return await api(who).post(CALL, json=body)


async def test_a_viewer_calls_a_service_and_sees_all_of_its_answer(api: Api, core: LabCore) -> None:
    said = b"HTTP/1.1 418 x\r\nContent-Length: 3\r\nX-Kind: teapot\r\n\r\n\xc3\xa4!"
    async with serving(api, core, said) as web:
        answer = await call(api, method="POST", path="/a?b=c", body="{}", headers={"X-Mine": "1"})
    found = answer.json()
    assert (answer.status_code, found["status"], found["text"]) == (200, 418, "ä!")
    assert ["x-kind", "teapot"] in found["headers"]
    assert found["duration_ms"] > 0
    assert web.target == "/a?b=c"
    assert web.headers["x-mine"] == "1"
    assert web.headers["x-forwarded-prefix"] == "/projects/alpha/services/web"
    assert bytes(web.received).endswith(b"{}")


async def test_no_credential_of_the_lab_reaches_the_service(api: Api, core: LabCore) -> None:
    async with serving(api, core) as web:
        await call(api, headers={"authorization": "Bearer lab_x"})
        assert "authorization" not in web.headers
        assert "cookie" not in web.headers
        assert b"lab_" not in web.received


@pytest.mark.parametrize(
    "name", ["Cookie", "Host", "X-Lab-User", "x-forwarded-for", "Transfer-Encoding", "Upgrade"]
)
async def test_what_the_lab_sets_is_not_the_callers(api: Api, core: LabCore, name: str) -> None:
    async with serving(api, core) as web:
        answer = await call(api, headers={name: "x"})
    assert (answer.status_code, web.connections) == (422, 0)
    assert name in answer.json()["message"]


@pytest.mark.parametrize("path", ["http://other/", "other", "/a b", "/a\r\nX: y", "/ä", ""])
async def test_only_a_path_of_the_service_is_asked(api: Api, path: str) -> None:
    assert (await call(api, path=path)).status_code == 422


@pytest.mark.parametrize("path", ["//other.example/x", "/@other.example", "/\\\\other/"])
async def test_no_path_leads_elsewhere(api: Api, core: LabCore, path: str) -> None:
    async with serving(api, core) as web:
        assert (await call(api, path=path)).json()["status"] == 200
    assert web.connections == 1


async def test_redirects_are_shown_and_not_followed(api: Api, core: LabCore) -> None:
    said = b"HTTP/1.1 302 x\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n"
    async with serving(api, core, said) as web:
        found = (await call(api)).json()
    assert (found["status"], web.connections) == (302, 1)
    assert ["location", "http://127.0.0.1:9/"] in found["headers"]


async def test_a_long_answer_is_cut_between_characters(api: Api, core: LabCore) -> None:
    body = "ä".encode() * LARGEST_CALL
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body) + 1}\r\n\r\nx".encode()
    async with serving(api, core, head + body):
        found = (await call(api)).json()
    assert (found["is_whole"], found["size_bytes"]) == (False, LARGEST_CALL)
    assert set(found["text"][1:]) == {"ä"}


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n\xff\xfe",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nok",
    ],
)
async def test_what_is_no_text_is_only_counted(api: Api, core: LabCore, answer: bytes) -> None:
    async with serving(api, core, answer):
        found = (await call(api)).json()
    assert (found["text"], found["size_bytes"]) == (None, 2)


async def test_what_does_not_run_is_not_called(api: Api, core: LabCore) -> None:
    body = {"name": "web", "spec": {"command": "x"}, "start": False}
    await api("bob").post("/api/projects/alpha/services", json=body)
    answer = await call(api)
    assert (answer.status_code, answer.json()["details"]["state"]) == (409, "stopped")


async def test_ports_that_are_not_declared_are_not_reached(api: Api, core: LabCore) -> None:
    async with serving(api, core) as web:
        assert (await call(api, port=22)).status_code == 404
    assert web.connections == 0


async def test_a_service_that_breaks_off_is_named(api: Api, core: LabCore) -> None:
    async with serving(api, core, b"nonsense"):
        answer = await call(api)
    assert (answer.status_code, answer.json()["error"]) == (502, "backend_failed")
    assert "'web'" in answer.json()["message"]


async def test_a_silent_service_is_given_up(api: Api, core: LabCore, people: People) -> None:
    async def silent(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.read()

    calls = Calls(core.context, core.services, longest_s=0.05)
    async with serving(api, core) as web:
        web.handler = silent
        with pytest.raises(BackendFailed, match=r"within 0\.05 s"):
            await calls.call(people["vera"], "alpha", "web", ServiceCall())


async def test_strangers_learn_nothing(api: Api, core: LabCore) -> None:
    async with serving(api, core) as web:
        assert (await call(api, "charlie")).status_code == 404
    assert web.connections == 0
