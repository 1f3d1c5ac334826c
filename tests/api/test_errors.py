"""Failures over the API: one form for all, a request id, and nothing that is not meant out."""

from __future__ import annotations

import logging
from typing import Any

import httpx
import pytest
from people import Api

from mllab.core.lab import LabCore

JSON = {"Content-Type": "application/json"}
PROJECTS = "/api/projects"


def assert_wire_form(answer: httpx.Response, status: int, code: str) -> None:
    body = answer.json()
    assert (answer.status_code, body["error"]) == (status, code), answer.text
    assert set(body) == {"error", "message", "details", "request_id"}
    assert answer.headers["X-Request-Id"] == body["request_id"] != ""


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 422, "invalid_input"),
        (b"{", 422, "invalid_input"),
        (b"[]", 422, "invalid_input"),
        (b'"\xff"', 400, "invalid_input"),
        (b"[" * 100_000, 400, "invalid_input"),
        (b'{"name": "beta", "title": "\\ud800"}', 422, "invalid_input"),
        (b'{"name": "beta", "\\udfff": 1}', 422, "invalid_input"),
        (b'{"name": "beta", "titel": "x"}', 422, "invalid_input"),
        (b'{"name": "beta", "title": "a\\u0000b"}', 422, "invalid_input"),
        (b'{"name": 1e999}', 422, "invalid_input"),
        (b'{"name": "' + b"x" * 5_000_000 + b'"}', 413, "too_large"),
    ],
    ids=lambda value: repr(value)[:30],
)
async def test_a_bad_body_is_refused_and_nothing_is_made(
    api: Api, body: bytes, status: int, code: str
) -> None:
    answer = await api("alice").post(PROJECTS, content=body, headers=JSON)
    assert_wire_form(answer, status, code)
    assert len((await api("alice").get(PROJECTS)).json()["items"]) == 1


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"{", "is not JSON"),
        (b"[]", "should be a JSON object"),
        (b'{"name": "A b"}', "should be of a-z, 0-9 and -"),
        (b'{"name": "beta", "titel": "x"}', "is not known here"),
    ],
)
async def test_a_refusal_can_be_read(api: Api, body: bytes, problem: str) -> None:
    answer = await api("alice").post(PROJECTS, content=body, headers=JSON)
    assert problem in answer.json()["message"]


async def test_a_short_password_is_counted_in_characters(api: Api) -> None:
    answer = await api("dana").post("/api/users", json={"name": "eve", "password": "short"})
    assert "should have at least 8 characters" in answer.json()["message"]


async def test_a_body_that_does_not_say_how_large_it_is_has_the_same_limit(api: Api) -> None:
    async def endless() -> Any:
        for _ in range(100):
            yield b"x" * 100_000

    answer = await api("alice").post(PROJECTS, content=endless(), headers=JSON)
    assert_wire_form(answer, 413, "too_large")


async def test_whole_pairs_of_surrogates_are_text(api: Api) -> None:
    body = b'{"name": "beta", "title": "\\ud83d\\ude00"}'
    answer = await api("alice").post(PROJECTS, content=body, headers=JSON)
    assert answer.json()["title"] == "😀"


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/nothing", 404, "not_found"),
        ("GET", "/nothing", 404, "not_found"),
        ("PUT", "/api/projects", 405, "method_not_allowed"),
        ("GET", "/api/projects/%2e%2e", 422, "invalid_input"),
        ("GET", "/api/projects/%ff%00", 422, "invalid_input"),
        ("GET", "/api/projects?limit=0", 422, "invalid_input"),
        ("GET", "/api/projects?limit=1001", 422, "invalid_input"),
        ("GET", "/api/projects?limit=9" + "9" * 5000, 422, "invalid_input"),
        ("GET", "/api/projects?cursor=made-up", 422, "invalid_input"),
        ("DELETE", "/api/tokens/..%2fx", 404, "not_found"),
        ("DELETE", "/api/tokens/tok_x", 422, "invalid_input"),
    ],
)
async def test_a_bad_address_is_refused(
    api: Api, method: str, path: str, status: int, code: str
) -> None:
    assert_wire_form(await api("alice").request(method, path), status, code)


@pytest.mark.parametrize(("given", "kept"), [("abc-123", True), ("a b", False), ("x" * 65, False)])
async def test_the_request_id_is_nginxs_where_it_is_one(api: Api, given: str, kept: bool) -> None:
    answer = await api("alice").get("/api/auth/me", headers={"X-Request-Id": given})
    assert (answer.headers["X-Request-Id"] == given) is kept


async def test_a_bug_shows_only_where_the_log_says_more(
    api: Api, core: LabCore, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("the secret inside")

    monkeypatch.setattr(core.projects, "get", broken)
    with caplog.at_level(logging.ERROR):
        answer = await api("alice").get(f"{PROJECTS}/alpha")
    assert_wire_form(answer, 500, "internal")
    assert "secret inside" not in answer.text
    assert answer.json()["request_id"] in caplog.text


async def test_the_document_tells_of_permissions_and_failures(api: Api) -> None:
    document = (await api(None).get("/api/openapi.json")).json()
    route = document["paths"]["/api/projects/{project}"]["get"]
    assert route["x-permission"] == "project.read"
    assert route["responses"]["4XX"]["content"]["application/json"]["schema"] == {
        "$ref": "#/components/schemas/WireError"
    }
