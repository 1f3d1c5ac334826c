"""Resumable uploads by tus 1.0, request by request."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from people import Api
from starlette.requests import ClientDisconnect

UPLOADS = "/api/projects/alpha/uploads"
TUS = {"Tus-Resumable": "1.0.0"}
PIECE = TUS | {"Content-Type": "application/offset+octet-stream"}
DATA = bytes(range(256)) * 40


def told(**pairs: str) -> str:
    return ",".join(f"{name} {base64.b64encode(v.encode()).decode()}" for name, v in pairs.items())


def sum_of(data: bytes, algorithm: str = "sha1") -> str:
    digest = hashlib.new(algorithm, data, usedforsecurity=False).digest()
    return f"{algorithm} {base64.b64encode(digest).decode()}"


class Tus:
    """One caller of the protocol."""

    def __init__(self, api: Api, name: str = "bob") -> None:
        self.http = api(name)

    async def post(self, size: int = len(DATA), content: bytes = b"", **more: Any) -> Any:
        pairs = {name: more.pop(name) for name in list(more) if name.islower()}
        headers = {"Upload-Length": str(size), "Upload-Metadata": told(**pairs or {"key": "k"})}
        headers |= {name.replace("_", "-"): value for name, value in more.items()}
        kind = PIECE if content else TUS
        return await self.http.post(UPLOADS, headers=kind | headers, content=content)

    async def begin(self, **more: Any) -> str:
        answer = await self.post(**more)
        assert answer.status_code == 201, answer.text
        return str(httpx.URL(UPLOADS).join(answer.headers["Location"]))

    async def patch(self, url: str, offset: int, content: Any, **more: str) -> httpx.Response:
        headers = PIECE | {"Upload-Offset": str(offset)}
        headers |= {name.replace("_", "-"): value for name, value in more.items()}
        return await self.http.patch(url, headers=headers, content=content)

    async def offset(self, url: str) -> int:
        answer = await self.http.head(url, headers=TUS)
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "no-store"
        return int(answer.headers["Upload-Offset"])

    async def read(self, key: str = "k", kind: str = "datasets") -> bytes:
        return (await self.http.get(f"/api/projects/alpha/{kind}/{key}")).content


@pytest.fixture
def tus(api: Api) -> Tus:
    return Tus(api)


async def test_options_tell_what_is_spoken(tus: Tus) -> None:
    for url in (UPLOADS, f"{UPLOADS}/upload_1"):
        answer = await tus.http.options(url)
        assert answer.status_code == 204
        assert answer.headers["Tus-Version"] == answer.headers["Tus-Resumable"] == "1.0.0"
        assert "creation-with-upload" in answer.headers["Tus-Extension"]
        assert answer.headers["Tus-Max-Size"] == str(1 << 40)
        assert "sha1" in answer.headers["Tus-Checksum-Algorithm"]


async def test_pieces_become_a_version(tus: Tus) -> None:
    url = await tus.begin(key="raw/k.csv", metadata='{"source": "web"}')
    first = await tus.patch(url, 0, DATA[:100])
    assert (first.status_code, first.headers["Upload-Offset"]) == (204, "100")
    assert "GMT" in first.headers["Upload-Expires"]
    assert await tus.offset(url) == 100
    assert (await tus.http.get("/api/projects/alpha/datasets/raw/k.csv")).status_code == 404
    last = await tus.patch(url, 100, DATA[100:])
    assert last.headers["X-Lab-Version"] == "1"
    assert last.headers["X-Lab-Key"] == "raw/k.csv"
    assert await tus.read("raw/k.csv") == DATA
    version = (await tus.http.get("/api/projects/alpha/datasets/raw/k.csv/versions/1")).json()
    assert version["sha256"] == hashlib.sha256(DATA).hexdigest()
    assert (version["metadata"], version["created_by"]) == ({"source": "web"}, "bob")
    assert version["content_type"] == "text/csv"


async def test_a_finished_upload_goes_on_telling_its_version(tus: Tus) -> None:
    url = await tus.begin()
    await tus.patch(url, 0, DATA)
    assert await tus.offset(url) == len(DATA)
    again = await tus.patch(url, len(DATA), b"")
    assert (again.status_code, again.headers["X-Lab-Version"]) == (204, "1")
    found = (await tus.http.get(url)).json()
    assert (found["state"], found["version"], found["key"]) == ("done", 1, "k")
    assert (await tus.http.get(UPLOADS)).json()["items"] == []
    assert (await tus.http.delete(url)).status_code == 204
    assert await tus.read() == DATA


@pytest.mark.parametrize("content", [DATA, DATA[:7]], ids=["whole", "part"])
async def test_a_creation_may_bring_bytes(tus: Tus, content: bytes) -> None:
    answer = await tus.post(content=content)
    assert answer.headers["Upload-Offset"] == str(len(content))
    assert answer.headers.get("X-Lab-Version") == ("1" if content == DATA else None)
    assert answer.json()["version"] == (1 if content == DATA else None)


async def test_an_empty_file_is_done_at_once(tus: Tus) -> None:
    answer = await tus.post(0, kind="model", filename="empty.bin")
    assert (answer.status_code, answer.headers["X-Lab-Version"]) == (201, "1")
    assert await tus.read("empty.bin", "models") == b""


REFUSED: dict[str, tuple[int, dict[str, Any]]] = {
    "another place": (409, {"offset": 5}),
    "no protocol": (412, {"Tus_Resumable": "0.2.2"}),
    "another type": (415, {"Content_Type": "text/plain"}),
    "another sum": (460, {"Upload_Checksum": sum_of(b"other")}),
    "a sum unknown": (400, {"Upload_Checksum": "crc32 AAAA"}),
    "a sum not in base64": (400, {"Upload_Checksum": "sha1 ?"}),
    "too much": (413, {"content": DATA + b"x"}),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_a_bad_piece_is_refused_and_leaves_the_offset(tus: Tus, name: str) -> None:
    status, more = REFUSED[name]
    arguments: dict[str, Any] = {"offset": 0, "content": DATA[:50]} | more
    url = await tus.begin()
    answer = await tus.patch(url, **arguments)
    assert answer.status_code == status
    assert answer.headers["Tus-Resumable"] == "1.0.0"
    assert answer.json()["error"]
    assert await tus.offset(url) == 0
    await tus.patch(url, 0, DATA)
    assert await tus.read() == DATA


@pytest.mark.parametrize("algorithm", ["md5", "sha1", "sha256", "sha512"])
async def test_a_right_sum_is_taken(tus: Tus, algorithm: str) -> None:
    url = await tus.begin()
    await tus.patch(url, 0, DATA[:9], Upload_Checksum=sum_of(DATA[:9], algorithm))
    await tus.patch(url, 9, DATA[9:], Upload_Checksum=sum_of(DATA[9:], algorithm))
    assert await tus.read() == DATA


BAD_BEGINNINGS: dict[str, tuple[int, dict[str, Any]]] = {
    "no length": (422, {"size": ""}),
    "a negative length": (422, {"size": -1}),
    "over the limit": (413, {"size": (1 << 40) + 1}),
    "no key": (422, {"kind": "dataset"}),
    "a bad key": (422, {"key": "../x"}),
    "a key that lists versions": (422, {"key": "a/versions"}),
    "a kind unknown": (422, {"key": "k", "kind": "jobs"}),
    "metadata not JSON": (422, {"key": "k", "metadata": "{"}),
    "metadata not texts": (422, {"key": "k", "metadata": '{"a": 1}'}),
    "a hash that is none": (422, {"key": "k", "sha256": "x"}),
    "pairs not in base64": (422, {"Upload_Metadata": "key ?"}),
    "a length to come": (422, {"Upload_Defer_Length": "1"}),
    "parts to join": (422, {"Upload_Concat": "partial"}),
    "another version": (412, {"Tus_Resumable": "2.0.0"}),
}


@pytest.mark.parametrize("name", BAD_BEGINNINGS)
async def test_a_bad_beginning_is_refused(tus: Tus, name: str) -> None:
    status, more = BAD_BEGINNINGS[name]
    answer = await tus.post(**more)
    assert answer.status_code == status, answer.text
    assert answer.headers["Tus-Resumable"] == "1.0.0"
    assert (await tus.http.get(UPLOADS)).json()["items"] == []


async def test_a_creation_with_a_wrong_sum_leaves_no_upload(tus: Tus) -> None:
    assert (await tus.post(content=DATA, Upload_Checksum=sum_of(b""))).status_code == 460
    assert (await tus.http.get(UPLOADS)).json()["items"] == []


async def test_bytes_that_are_not_the_declared_ones_make_no_version(tus: Tus) -> None:
    url = await tus.begin(key="k", sha256=hashlib.sha256(b"other").hexdigest())
    assert (await tus.patch(url, 0, DATA)).status_code == 422
    assert (await tus.http.head(url)).status_code == 404
    assert (await tus.http.get("/api/projects/alpha/datasets")).json()["items"] == []


async def test_what_came_before_a_line_broke_is_kept(tus: Tus) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield DATA[:1000]
        raise ClientDisconnect

    url = await tus.begin()
    assert (await tus.patch(url, 0, broken())).status_code == 422
    assert await tus.offset(url) == 1000
    await tus.patch(url, 1000, DATA[1000:])
    assert await tus.read() == DATA


@pytest.mark.parametrize("name", ["alice", "dana"])
async def test_an_upload_is_its_users_alone(api: Api, tus: Tus, name: str) -> None:
    url, other = await tus.begin(), Tus(api, name)
    assert (await other.http.head(url)).status_code == 404
    assert (await other.patch(url, 0, DATA)).status_code == 404
    assert (await other.http.delete(url)).status_code == 404
    assert (await other.http.get(UPLOADS)).json()["items"] == []
    assert [each["key"] for each in (await tus.http.get(UPLOADS)).json()["items"]] == ["k"]


async def test_an_upload_given_up_is_gone(tus: Tus) -> None:
    url = await tus.begin()
    await tus.patch(url, 0, DATA[:100])
    answer = await tus.http.delete(url, headers=TUS)
    assert (answer.status_code, answer.headers["Tus-Resumable"]) == (204, "1.0.0")
    assert (await tus.http.head(url)).status_code == 404
    assert (await tus.patch(url, 100, DATA[100:])).status_code == 404


async def test_the_list_is_asked_for_one_key(tus: Tus) -> None:
    for kind, key in (("dataset", "a"), ("dataset", "b"), ("model", "a")):
        await tus.begin(kind=kind, key=key, fingerprint="f")
    query = {"kind": "datasets", "key": "a"}
    (found,) = (await tus.http.get(UPLOADS, params=query)).json()["items"]
    assert (found["kind"], found["key"], found["fingerprint"]) == ("datasets", "a", "f")


async def test_any_method_may_come_as_post(tus: Tus) -> None:
    async def post(method: str, **more: str) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in more.items()}
        headers = PIECE | {"X-HTTP-Method-Override": method} | named
        return await tus.http.post(url, headers=headers, content=DATA if more else b"")

    url = await tus.begin()
    assert (await post("HEAD")).headers["Upload-Offset"] == "0"
    assert (await post("PATCH", Upload_Offset="0")).headers["X-Lab-Version"] == "1"
    assert (await post("DELETE")).status_code == 204
    assert (await post("PUT")).status_code == 422
    assert await tus.read() == DATA


async def test_many_uploads_of_one_key_get_a_version_each(tus: Tus) -> None:
    urls = [await tus.begin() for _ in range(3)]
    for n in (0, 5000):
        for url in urls:
            await tus.patch(url, n, DATA[n : n + 5000])
    numbers = [(await tus.patch(url, 10000, DATA[10000:])).headers["X-Lab-Version"] for url in urls]
    assert numbers == ["1", "2", "3"]
