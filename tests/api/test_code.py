"""Code over the API: sent once, fetched by id."""

from __future__ import annotations

from collections.abc import Mapping

import httpx
import pytest
from people import Api

CODE = "/api/projects/alpha/code"


async def send(api: Api, headers: Mapping[str, str] | None = None) -> httpx.Response:
    return await api("bob").post(CODE, content=b"print(1)", headers=headers)


async def test_a_file_comes_back_under_its_name(api: Api) -> None:
    answer = await send(api, {"X-Lab-File-Name": "tr%C3%A4in.py"})
    assert answer.status_code == 201
    found = answer.json()
    assert (found["name"], found["size_bytes"]) == ("träin.py", 8)
    answer = await api("vera").get(f"{CODE}/{found['id']}")
    assert answer.content == b"print(1)"
    assert answer.headers["x-lab-file-name"] == "tr%C3%A4in.py"
    assert answer.headers["content-disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("content_type", "name"),
    [("application/gzip", "code.tar.gz"), ("application/zip", "code.zip")],
)
async def test_an_archive_needs_no_name(api: Api, content_type: str, name: str) -> None:
    answer = await send(api, {"Content-Type": content_type})
    assert answer.json()["name"] == name


async def test_equal_code_has_one_id(api: Api) -> None:
    ids = {(await send(api, {"X-Lab-File-Name": name})).json()["id"] for name in ("a", "a", "b")}
    assert len(ids) == 2


@pytest.mark.parametrize("name", ["..%2Fx", "a%2Fb", "%00", "..", "x" * 300])
async def test_a_name_with_a_path_is_refused(api: Api, name: str) -> None:
    assert (await send(api, {"X-Lab-File-Name": name})).status_code == 422


async def test_a_body_without_a_name_is_refused(api: Api) -> None:
    answer = await send(api)
    assert answer.status_code == 422
    assert "X-Lab-File-Name" in answer.json()["message"]


async def test_a_wrong_hash_is_refused(api: Api) -> None:
    for value in ("0" * 64, "short"):
        headers = {"X-Lab-File-Name": "a", "X-Content-SHA256": value}
        assert (await send(api, headers)).status_code == 422


@pytest.mark.parametrize("id", ["code_" + "0" * 20, "code_x"])
async def test_unknown_code_is_not_there(api: Api, id: str) -> None:
    assert (await api("vera").get(f"{CODE}/{id}")).status_code in {404, 422}


async def test_viewers_send_nothing_and_outsiders_see_nothing(api: Api) -> None:
    id = (await send(api, {"X-Lab-File-Name": "a"})).json()["id"]
    headers = {"X-Lab-File-Name": "a"}
    assert (await api("vera").post(CODE, content=b"", headers=headers)).status_code == 403
    assert (await api("charlie").post(CODE, content=b"", headers=headers)).status_code == 404
    assert (await api("charlie").get(f"{CODE}/{id}")).status_code == 404
    assert (await api(None).get(f"{CODE}/{id}")).status_code == 401
