"""Datasets and models over the API: upload, download, versions, and who may do what."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from collections.abc import AsyncIterator, Mapping

import httpx
import pytest
from people import Api

DATA = b"one,two\n" * 1000
SHA = hashlib.sha256(DATA).hexdigest()
NEWS = "/api/projects/alpha/datasets/raw/news.csv"


async def put(
    api: Api, url: str = NEWS, data: bytes = DATA, headers: Mapping[str, str] | None = None
) -> httpx.Response:
    return await api("bob").put(url, content=data, headers=headers)


async def test_an_upload_answers_with_the_new_version(api: Api) -> None:
    answer = await put(api)
    assert answer.status_code == 201
    found = answer.json()
    assert (found["key"], found["version"], found["size_bytes"]) == ("raw/news.csv", 1, len(DATA))
    assert (found["sha256"], found["created_by"]) == (SHA, "bob")
    assert (await put(api)).json()["version"] == 2


async def test_a_download_is_an_attachment_that_no_browser_runs(api: Api) -> None:
    await put(api, "/api/projects/alpha/models/Zwölf%20%22x%22.html", b"<script>")
    answer = await api("vera").get("/api/projects/alpha/models/Zwölf%20%22x%22.html")
    assert answer.content == b"<script>"
    assert answer.headers["content-type"] == "text/html"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
    disposition = answer.headers["content-disposition"]
    assert disposition == "attachment; filename*=UTF-8''Zw%C3%B6lf%20%22x%22.html"
    assert answer.headers["x-lab-version"] == "1"
    assert answer.headers["x-content-sha256"] == hashlib.sha256(b"<script>").hexdigest()


async def test_every_version_can_be_had(api: Api) -> None:
    for data in (b"one", b"two", b"three"):
        await put(api, data=data)
    assert (await api("vera").get(NEWS)).content == b"three"
    assert (await api("vera").get(f"{NEWS}?version=2")).content == b"two"
    listed = (await api("vera").get(f"{NEWS}/versions")).json()
    assert [each["version"] for each in listed["items"]] == [3, 2, 1]
    assert (await api("vera").get(f"{NEWS}/versions/2")).json()["size_bytes"] == 3
    assert (await api("vera").get(f"{NEWS}?version=9")).status_code == 404
    assert (await api("vera").get(f"{NEWS}/versions/9")).status_code == 404


async def test_fifty_uploads_at_once_get_fifty_numbers(api: Api) -> None:
    answers = await asyncio.gather(*(put(api, data=b"%d" % n) for n in range(50)))
    assert sorted(each.json()["version"] for each in answers) == list(range(1, 51))


async def test_the_list_is_searched_by_a_part_of_the_key(api: Api) -> None:
    for key in ("a/News.csv", "b/other", "c/newsletter", "d/news"):
        await put(api, f"/api/projects/alpha/datasets/{key}")
    found: list[str] = []
    params: dict[str, str | int] = {"q": "NEWS", "limit": 2}
    while True:
        answer = (await api("vera").get("/api/projects/alpha/datasets", params=params)).json()
        found += [each["key"] for each in answer["items"]]
        if answer["next_cursor"] is None:
            break
        params["cursor"] = answer["next_cursor"]
    assert found == ["a/News.csv", "c/newsletter", "d/news"]
    params = {"q": "x", "cursor": "§"}
    assert (await api("vera").get("/api/projects/alpha/datasets", params=params)).status_code == 422


async def test_the_list_shows_newest_versions_and_pages(api: Api) -> None:
    for key in ("a", "b/1", "b/2"):
        await put(api, f"/api/projects/alpha/datasets/{key}")
    params: dict[str, str | int] = {"prefix": "b/", "limit": 1}
    first = (await api("vera").get("/api/projects/alpha/datasets", params=params)).json()
    params["cursor"] = first["next_cursor"]
    rest = (await api("vera").get("/api/projects/alpha/datasets", params=params)).json()
    assert [each["key"] for each in first["items"] + rest["items"]] == ["b/1", "b/2"]
    assert first["items"][0]["latest"]["sha256"] == SHA
    assert (await api("vera").get("/api/projects/alpha/models")).json()["items"] == []


@pytest.mark.parametrize("value", [SHA, SHA.upper()])
async def test_the_right_hash_is_accepted(api: Api, value: str) -> None:
    assert (await put(api, headers={"X-Content-SHA256": value})).status_code == 201
    digest = base64.b64encode(bytes.fromhex(SHA)).decode()
    repr_digest = f"md5=:AAAA:, sha-256=:{digest}:"
    assert (await put(api, headers={"Repr-Digest": repr_digest})).status_code == 201


WRONG = base64.b64encode(bytes(32)).decode()


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("X-Content-SHA256", "0" * 64),
        ("X-Content-SHA256", "short"),
        ("Repr-Digest", f"sha-256=:{WRONG}:"),
        ("Repr-Digest", "sha-256=:?:"),
    ],
)
async def test_a_wrong_hash_is_refused_and_leaves_nothing(
    api: Api, header: str, value: str
) -> None:
    answer = await put(api, headers={header: value})
    assert (answer.status_code, answer.json()["error"]) == (422, "invalid_input")
    assert (await api("bob").get(NEWS)).status_code == 404
    assert [each async for each in api.core.context.files.list()] == []


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("application/x-parquet; v=1", "application/x-parquet; v=1"),
        ("application/x-www-form-urlencoded", "text/csv"),
        ("", "text/csv"),
    ],
)
async def test_the_content_type_is_kept_or_guessed(api: Api, sent: str, kept: str) -> None:
    answer = await put(api, headers={"Content-Type": sent})
    assert answer.json()["content_type"] == kept


@pytest.mark.parametrize("sent", ["nonsense", "text/html\xe4", "a/b;" + "x" * 200])
async def test_a_bad_content_type_is_refused(api: Api, sent: str) -> None:
    headers = {b"Content-Type": sent.encode("latin-1")}
    answer = await api("bob").put(NEWS, content=DATA, headers=headers)
    assert answer.status_code == 422


async def test_metadata_comes_by_header_and_changes_by_patch(api: Api) -> None:
    headers = {"X-Lab-Meta-Source": "web", "X-Lab-Metadata": '{"Author": "Zo\\u00eb"}'}
    answer = await put(api, headers=headers)
    assert answer.json()["metadata"] == {"source": "web", "Author": "Zoë"}
    change = {"metadata": {"source": None, "rows": "1000"}}
    answer = await api("bob").patch(NEWS, json=change)
    assert answer.json()["metadata"] == {"Author": "Zoë", "rows": "1000"}
    answer = await api("bob").patch(f"{NEWS}?version=1", json={"metadata": {"Author": None}})
    assert answer.json()["metadata"] == {"rows": "1000"}


@pytest.mark.parametrize("value", ["{", "[]", '{"a": 1}', "[" * 5000, '{"a\\n": "x"}'])
async def test_bad_metadata_is_refused(api: Api, value: str) -> None:
    assert (await put(api, headers={"X-Lab-Metadata": value})).status_code == 422


async def test_delete_takes_one_version_or_all(api: Api) -> None:
    for _ in range(3):
        await put(api)
    assert (await api("bob").delete(f"{NEWS}?version=2")).status_code == 204
    listed = (await api("bob").get(f"{NEWS}/versions")).json()
    assert [each["version"] for each in listed["items"]] == [3, 1]
    assert (await api("bob").delete(f"{NEWS}?version=2")).status_code == 404
    assert (await api("bob").delete(NEWS)).status_code == 204
    assert (await api("bob").get(f"{NEWS}/versions")).status_code == 404
    assert (await api("bob").delete(NEWS)).status_code == 404


async def test_head_says_all_that_get_says(api: Api) -> None:
    await put(api)
    head, whole = await api("vera").head(NEWS), await api("vera").get(NEWS)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(DATA))
    ours = {"x-request-id"}
    assert {k: v for k, v in head.headers.items() if k not in ours} == {
        k: v for k, v in whole.headers.items() if k not in ours
    }


async def test_an_empty_file_is_a_version(api: Api) -> None:
    assert (await put(api, data=b"")).json()["size_bytes"] == 0
    assert (await api("vera").get(NEWS)).content == b""
    answer = await api("vera").get(NEWS, headers={"Range": "bytes=0-"})
    assert answer.status_code == 416


@pytest.mark.parametrize(
    "key",
    [
        "",
        "a/",
        "%2e%2e/x",
        "a%ff",
        "a%c2%9b",
        "a/%2E%2E/x",
        "a%2F..%2Fx",
        "a%5Cx",
        "a%00x",
        "a%0Ax",
        "a%7Fx",
        "a%2F%2Fb",
        "x" * 201,
        "/".join(["x" * 100] * 5),
        "versions",
        "a/versions",
        "a/versions/7",
    ],
)
async def test_a_bad_key_is_refused_before_a_byte_is_read(api: Api, key: str) -> None:
    answer = await api("bob").put(f"/api/projects/alpha/datasets/{key}", content=never())
    assert (answer.status_code, answer.json()["error"]) == (422, "invalid_input")


async def never() -> AsyncIterator[bytes]:
    raise AssertionError("the body was read")
    yield b""


WRITES = [("PUT", NEWS), ("PATCH", NEWS), ("DELETE", NEWS)]
READS = [("GET", NEWS), ("HEAD", NEWS), ("GET", f"{NEWS}/versions"), ("GET", f"{NEWS}/versions/1")]


async def call(api: Api, who: str | None, method: str, url: str) -> int:
    body: dict[str, object] | None = {"metadata": {}} if method == "PATCH" else None
    return (await api(who).request(method, url, json=body)).status_code


@pytest.mark.parametrize(("method", "url"), WRITES + READS)
async def test_outsiders_see_no_project_and_nobody_gets_in(api: Api, method: str, url: str) -> None:
    await put(api)
    assert await call(api, "charlie", method, url) == 404
    assert await call(api, None, method, url) == 401


@pytest.mark.parametrize(("method", "url"), WRITES)
async def test_viewers_change_nothing(api: Api, method: str, url: str) -> None:
    await put(api)
    assert await call(api, "vera", method, url) == 403


@pytest.mark.parametrize(("method", "url"), READS)
async def test_viewers_read(api: Api, method: str, url: str) -> None:
    await put(api)
    assert await call(api, "vera", method, url) == 200


async def test_a_denied_upload_is_not_read(api: Api) -> None:
    for who, status in (("vera", 403), ("charlie", 404), (None, 401)):
        answer = await api(who).put(NEWS, content=never())
        assert answer.status_code == status


async def test_a_member_who_is_removed_during_an_upload_adds_nothing(api: Api) -> None:
    async def body() -> AsyncIterator[bytes]:
        yield b"first"
        answer = await api("alice").delete("/api/projects/alpha/members/bob")
        assert answer.status_code == 204
        yield b"second"

    answer = await api("bob").put(NEWS, content=body())
    assert answer.status_code == 404
    assert (await api("alice").get(NEWS)).status_code == 404
    assert [each async for each in api.core.context.files.list()] == []


async def test_a_lost_object_is_an_error_and_no_cut_answer(api: Api) -> None:
    await put(api)
    await api.core.context.files.delete_folder("alpha")
    answer = await api("vera").get(NEWS)
    assert answer.status_code >= 404
    assert "error" in answer.json()
