"""Stored files through nginx: the same answers as the API's own, but for who sends the bytes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from gateway_room import Room, open_room
from people import Api, People, open_core, settle

DATA = bytes(range(256)) * 1000
FILE = "/api/projects/alpha/datasets/raw/m.bin"
_OWN = {"date", "server", "connection", "x-request-id"}


@dataclass
class Sides:
    """One lab, asked through the gateway (nginx sends) and without it (Python sends)."""

    room: Room
    api: Api
    people: People

    async def both(self, url: str, method: str = "GET", **headers: str) -> httpx.Response:
        """Return the gateway's answer, which must be the API's own."""
        async with self.room.client(self.people.tokens["vera"]) as through:
            answer = await through.request(method, url, headers=headers)
        plain = await self.api("vera").request(method, url, headers=headers)
        assert (answer.status_code, answer.content) == (plain.status_code, plain.content)
        assert _facts(answer) == _facts(plain)
        return answer

    async def put(self, url: str = FILE, data: bytes = DATA, type_: str = "text/csv") -> None:
        headers = {"Content-Type": type_}
        answer = await self.api("bob").put(url, content=data, headers=headers)
        assert answer.status_code in {200, 201}

    @property
    def objects(self) -> list[Path]:
        folder = self.room.core.settings.data_dir / "run" / "files"
        return [path for path in folder.rglob("*") if path.is_file()]


def _facts(answer: httpx.Response) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name not in _OWN}


@pytest.fixture
async def sides(tmp_path: Path) -> AsyncIterator[Sides]:
    folder = tmp_path / "files $of {every}; \"kind\" 'é'"
    async with open_core(tmp_path, files=f"file://{quote(str(folder))}") as core:
        people = await settle(core)
        async with open_room(core) as room:
            yield Sides(room, Api(core, people.tokens), people)


async def test_a_download_is_the_same_answer(sides: Sides) -> None:
    await sides.put(type_="text/html")
    answer = await sides.both(FILE)
    assert answer.content == DATA
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert "x-accel-redirect" not in answer.headers


async def test_no_byte_passes_through_python(sides: Sides) -> None:
    await sides.put()
    for path in sides.objects:
        path.write_bytes(b"changed on disk")
    async with sides.room.client(sides.people.tokens["vera"]) as vera:
        answer = await vera.get(FILE)
    assert answer.content == b"changed on disk"


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    "range_",
    [
        "bytes=0-0",
        "bytes=100-199",
        "bytes=-5",
        "bytes=255999-",
        "bytes=0-999999999",
        "bytes = 1-2",
        "bytes=0-1,5-6",
        "bytes=5-2",
        "lines=1-2",
    ],
)
async def test_parts(sides: Sides, range_: str, method: str) -> None:
    await sides.put()
    await sides.both(FILE, method, Range=range_)


async def test_conditions_are_decided_by_the_files_own_etag_and_date(sides: Sides) -> None:
    await sides.put()
    first = await sides.both(FILE)
    etag, date = first.headers["ETag"], first.headers["Last-Modified"]
    old = "Mon, 01 Jan 2001 00:00:00 GMT"
    for headers, status in [
        ({"If-None-Match": etag}, 304),
        ({"If-None-Match": "*"}, 304),
        ({"If-None-Match": '"x"', "If-Modified-Since": date}, 200),
        ({"If-Modified-Since": date}, 304),
        ({"If-Modified-Since": old}, 200),
        ({"If-Match": '"x"', "If-Unmodified-Since": old}, 200),
        ({"Range": "bytes=1-2", "If-Range": etag}, 206),
        ({"Range": "bytes=1-2", "If-Range": date}, 206),
        ({"Range": "bytes=1-2", "If-Range": '"x"'}, 200),
        ({"Range": "bytes=1-2", "If-Range": old}, 200),
    ]:
        assert (await sides.both(FILE, **headers)).status_code == status, headers


async def test_a_range_outside_is_refused_with_the_size(sides: Sides) -> None:
    await sides.put()
    async with sides.room.client(sides.people.tokens["vera"]) as vera:
        answer = await vera.get(FILE, headers={"Range": "bytes=999999-"})
    assert answer.status_code == 416
    assert answer.headers["Content-Range"] == f"bytes */{len(DATA)}"
    assert answer.json()["error"] == "range_not_satisfiable"


@pytest.mark.parametrize(
    "key",
    [
        "100%25.csv",
        "a%3Fb%23c",
        "with%20space",
        "Zw%C3%B6lf%20%22x%22",
        "%252e%252e",
        "a..b",
        "x+y&z;=1",
    ],
)
async def test_any_name(sides: Sides, key: str) -> None:
    url = f"/api/projects/alpha/models/{key}/{key}"
    await sides.put(url, key.encode())
    assert (await sides.both(url)).content == key.encode()


async def test_an_empty_file(sides: Sides) -> None:
    await sides.put(data=b"")
    assert (await sides.both(FILE)).content == b""
    await sides.both(FILE, "HEAD")


async def test_artifacts_and_code(sides: Sides) -> None:
    art = "/api/projects/alpha/mlflow/api/2.0/mlflow-artifacts/artifacts/0/run/model/a%20b.txt"
    await sides.put(art, b"0123456789")
    assert (await sides.both(art)).content == b"0123456789"
    assert (await sides.both(art, Range="bytes=2-4")).content == b"234"
    code = await sides.api("bob").post(
        "/api/projects/alpha/code", content=b"print()", headers={"X-Lab-File-Name": "tr%C3%A4in.py"}
    )
    answer = await sides.both(f"/api/projects/alpha/code/{code.json()['id']}")
    assert (answer.content, answer.headers["X-Lab-File-Name"]) == (b"print()", "tr%C3%A4in.py")


@pytest.mark.parametrize("accept", ["*/*", "text/html"])
async def test_bytes_that_are_gone_are_404(sides: Sides, accept: str) -> None:
    await sides.put()
    for path in sides.objects:
        path.unlink()
    async with sides.room.client(sides.people.tokens["vera"], Accept=accept) as vera:
        answer = await vera.get(FILE)
    assert answer.status_code == 404
    page = accept == "text/html"
    assert answer.headers["Content-Type"].startswith("text/html" if page else "application/json")
    assert "Content-Disposition" not in answer.headers


async def test_nobody_gets_at_the_folder_from_outside(sides: Sides) -> None:
    await sides.put()
    key = sides.objects[0].relative_to(sides.room.run_dir / "files")
    async with sides.room.client(sides.people.tokens["dana"]) as dana:
        for target in (f"/_files/{key}", f"/app/../_files/{key}", f"/api/../_files/{key}"):
            answer = await dana.get(target, headers={"X-Accel-Redirect": f"/_files/{key}"})
            assert answer.status_code == 404
        assert (await dana.get("/_files/../nginx.conf")).status_code == 404
