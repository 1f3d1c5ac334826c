"""nginx serves the web app itself: one page for all its addresses, files kept for ever."""

from __future__ import annotations

import gzip
import re

import pytest
from gateway_room import Room


@pytest.mark.parametrize(
    "path", ["/app/", "/app/projects/alpha/datasets/a.csv?version=2", "/app/x"]
)
async def test_every_address_is_the_page(room: Room, path: str) -> None:
    async with room.client() as visitor:
        answer = await visitor.get(path, headers={"Accept": "text/html"})
    assert answer.status_code == 200
    assert '<div id="root">' in answer.text
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]


async def test_files_are_packed_and_kept_for_ever(room: Room) -> None:
    async with room.client() as visitor:
        page = await visitor.get("/app/")
        (script,) = re.findall(r'src="(/app/assets/[^"]+[.]js)"', page.text)
        packed = await visitor.get(script)
        plain = await visitor.get(script, headers={"Accept-Encoding": "identity"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert packed.content == plain.content, "httpx unpacks"
    for answer in (packed, plain):
        assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.headers["Vary"] == "Accept-Encoding"
    assert len(gzip.compress(plain.content)) < len(plain.content)


async def test_a_page_that_has_not_changed_is_not_sent_again(room: Room) -> None:
    async with room.client() as visitor:
        first = await visitor.get("/app/")
        again = await visitor.get("/app/", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize(
    "path",
    [
        "/app/assets/nothing.js",
        "/_app/index.html",
        "/app/assets/../../nginx.conf",
        "/app/assets/%2e%2e/%2e%2e/nginx.conf",
    ],
)
async def test_nothing_else_is_served(room: Room, path: str) -> None:
    answer = await room.raw(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    assert answer[9:12] in {b"404", b"400"}, answer[:200]


@pytest.mark.parametrize("room", ["", "/ml/lab"], indirect=True)
async def test_the_page_names_its_files_from_the_hosts_root(room: Room) -> None:
    base = room.nginx.config.base
    async with room.client() as visitor:
        page = await visitor.get(f"{room.origin}{base}/app/projects/alpha/datasets/a/b.csv")
        names = re.findall(r'(?:src|href)="([^"]+)"', page.text)
        assert len(names) >= 4
        for name in names:
            assert name.startswith(f"{base}/app/")
            assert (await visitor.get(room.origin + name)).status_code == 200, name
    assert f'name="lab-base" content="{base}"' in page.text
