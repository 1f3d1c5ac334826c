"""Previews over the API: the beginning of whatever somebody uploads, and no harm from it."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import duckdb
import pytest
from people import Api

AT = "/api/projects/alpha/datasets"
MLFLOW = "/api/projects/alpha/mlflow/api/2.0"


async def seen(api: Api, name: str, data: bytes, **params: int) -> dict[str, Any]:
    assert (await api("bob").put(f"{AT}/{name}", content=data)).status_code == 201
    answer = await api("vera").get(f"{AT}/{name}/preview", params=params)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def parquet(tmp_path: Path, question: str) -> bytes:
    path = tmp_path / "made.parquet"
    duckdb.sql(f"COPY ({question}) TO '{path}' (COMPRESSION zstd)")
    return path.read_bytes()


async def test_a_csv_shows_rows_types_and_statistics(api: Api) -> None:
    text = "id,name,x\n" + "".join(f"{n},{'ab'[n % 2]},{n / 4 if n else ''}\n" for n in range(50))
    found = await seen(api, "a.csv", text.encode(), rows=2)
    assert found["rows"] == [["0", "a", None], ["1", "b", "0.25"]]
    assert [each["type"] for each in found["columns"]] == ["BIGINT", "VARCHAR", "DOUBLE"]
    x = found["columns"][2]["statistics"]
    assert (x["nulls"], x["min"], x["max"], sum(x["histogram"])) == (1, "0.25", "12.25", 49)
    top = found["columns"][1]["statistics"]["top"]
    assert top == [{"value": "a", "count": 25}, {"value": "b", "count": 25}]
    assert (found["total_rows"], found["sampled_rows"]) == (50, 50)


async def test_lines_that_do_not_fit_are_left_out_and_counted(api: Api) -> None:
    good = "".join(f"{n},{n}\n" for n in range(5000))
    bad = "1,2,3,4\n1,2,3\n"
    found = await seen(api, "bad.csv", f"a,b\n{good}{bad}{good[:20]}".encode())
    assert found["rejected_lines"] == 2
    assert (len(found["columns"]), found["total_rows"]) == (2, 5005)
    assert (await seen(api, "good.csv", f"a,b\n{good}".encode()))["rejected_lines"] == 0


async def test_lines_with_few_fields_are_filled_up_and_not_left_out(api: Api) -> None:
    found = await seen(api, "few.csv", b"a,b\n1,2\n3\n")
    assert (found["rows"], found["rejected_lines"]) == ([["1", "2"], ["3", None]], 0)


async def test_each_version_has_its_own(api: Api) -> None:
    assert (await seen(api, "v.csv", b"a\n1\n"))["rows"] == [["1"]]
    assert (await seen(api, "v.csv", b"a\n2\n"))["rows"] == [["2"]]
    assert (await seen(api, "v.csv", b"a\n3\n", version=1))["rows"] == [["1"]]


async def test_parquet_tells_how_many_rows_there_are(api: Api, tmp_path: Path) -> None:
    data = parquet(tmp_path, "SELECT i, [i, i] AS l FROM range(30000) r(i)")
    found = await seen(api, "a.parquet", data, rows=1)
    assert (found["format"], found["rows"], found["total_rows"]) == (
        "parquet",
        [["0", "[0,0]"]],
        30_000,
    )


@pytest.mark.parametrize("name", ["a.jsonl", "a.json"])
async def test_json_objects_are_a_table(api: Api, name: str) -> None:
    things = [{"a": n, "b": {"c": [n]}} for n in range(3)]
    text = json.dumps(things) if name == "a.json" else "\n".join(map(json.dumps, things))
    found = await seen(api, name, text.encode())
    assert found["rows"][1] == ["1", '{"c":[1]}']
    assert found["columns"][0]["type"] == "BIGINT"


async def test_lines_of_json_that_are_broken_are_left_out_and_counted(api: Api) -> None:
    good = "".join(f'{{"a": {n}, "b": null}}\n' for n in range(3))
    bad = '{"a": 3,\n3\n["x"]\n{"a": "\\ud800"}\n'
    found = await seen(api, "bad.jsonl", f"{bad}{good}\n{{}}\n".encode())
    assert found["rows"] == [["0", None], ["1", None], ["2", None], [None, None]]
    assert (found["rejected_lines"], found["total_rows"]) == (4, 4)
    found = await seen(api, "values.jsonl", b"3\nx\n4\n")
    assert (found["rows"], found["rejected_lines"]) == ([["3"], ["4"]], 1)


async def test_only_broken_lines_before_the_samples_end_are_counted(api: Api) -> None:
    good = '{"a": 1}\n' * 6000
    found = await seen(api, "long.jsonl", f"{good}bad\n{good}bad\n".encode())
    assert (found["sampled_rows"], found["rejected_lines"]) == (10_000, 1)


async def test_lines_of_which_none_is_json_are_text(api: Api) -> None:
    found = await seen(api, "none.jsonl", b"no\njson\n")
    assert (found["format"], found["text"]) == ("text", "no\njson")
    assert "here is its text" in found["problem"]


async def test_other_json_is_text_in_lines(api: Api) -> None:
    found = await seen(api, "a.json", b'{"a": [1]}')
    assert (found["format"], found["text"]) == ("text", '{\n  "a": [\n    1\n  ]\n}')


async def test_text_is_text_whatever_it_says(api: Api) -> None:
    found = await seen(api, "a.html", b"<script>alert(1)</script>\n=cmd()")
    assert (found["format"], found["text"]) == ("text", "<script>alert(1)</script>\n=cmd()")


async def test_a_packed_csv_is_looked_into(api: Api) -> None:
    assert (await seen(api, "a.csv.gz", gzip.compress(b"a,b\n1,2\n")))["rows"] == [["1", "2"]]


async def test_archives_are_listed(api: Api) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a/b.txt", "four")
    found = await seen(api, "a.zip", packed.getvalue())
    assert (found["rows"][0][:2], found["total_rows"]) == (["a/b.txt", "4"], 1)
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        tar.addfile(tarfile.TarInfo("../etc/x"))
    assert (await seen(api, "a.tar.gz", packed.getvalue()))["rows"][0][:2] == ["../etc/x", "0"]


async def test_a_notebook_shows_cells_without_html(api: Api) -> None:
    data = {"text/html": "<script>", "text/plain": "plain"}
    outputs = [
        {"output_type": "execute_result", "data": data},
        {"output_type": "error", "traceback": ["\x1b[31mbad\x1b[0m"]},
    ]
    cell = {"cell_type": "code", "source": ["a\n", "b"], "execution_count": 2, "outputs": outputs}
    found = await seen(api, "a.ipynb", json.dumps({"cells": [cell]}).encode())
    shown = [{"kind": "text", "data": "plain"}, {"kind": "error", "data": "bad"}]
    assert found["cells"] == [{"kind": "code", "source": "a\nb", "count": 2, "outputs": shown}]


async def test_bytes_that_are_no_text_show_nothing(api: Api) -> None:
    assert (await seen(api, "model.bin", bytes(range(256))))["format"] == "none"
    assert (await seen(api, "a.png", b"\x89PNG"))["format"] == "image"


NASTY = {
    "empty.csv": (b"", "csv"),
    "no_utf8.csv": (b"a,b\n1,\xff\xfe\n", "csv"),
    "one_line.csv": (b"a,b\n1," + b"x" * 20_000_000, "text"),
    "quote.csv": (b'a,b\n"1,2\n' * 1000, None),
    "binary.csv": (bytes(range(256)) * 100, None),
    "broken.parquet": (b"PAR1" + bytes(100) + b"PAR1", "none"),
    "text.parquet": (b"not a parquet file", "text"),
    "deep.json": (b"[" * 200_000, None),
    "broken.ipynb": (b'{"cells": [3]}', "text"),
    "broken.zip": (b"PK\x03\x04" + bytes(100), "none"),
    "cut.csv.gz": (gzip.compress(b"a,b\n1,2\n" * 1000)[:-20], None),
    "bomb.txt.gz": (gzip.compress(bytes(200_000_000), 1), None),
    "nul.json": (b'{"a": "\\u0000"}', "text"),
    "surrogate.jsonl": (b'{"a": "\\ud800"}', None),
    "huge_number.json": (b"[" + b"9" * 10_000 + b"]", None),
}


@pytest.mark.parametrize("name", NASTY)
async def test_nasty_files_do_no_harm(api: Api, name: str) -> None:
    data, format = NASTY[name]
    found = await seen(api, name, data)
    assert format is None or found["format"] == format


async def test_ten_thousand_columns_are_cut(api: Api) -> None:
    line = ",".join(map(str, range(10_000)))
    found = await seen(api, "wide.csv", f"{line}\n{line}\n".encode())
    assert (len(found["columns"]), found["columns_total"]) == (200, 10_000)


async def test_a_parquet_bomb_ends_in_a_sentence(api: Api, tmp_path: Path) -> None:
    data = parquet(tmp_path, "SELECT repeat('x', 100000000) AS s FROM range(8)")
    found = await seen(api, "bomb.parquet", data)
    assert len(data) < 1_000_000
    assert (found["format"], "memory" in found["problem"]) == ("none", True)


async def test_only_members_see_a_preview(api: Api) -> None:
    await seen(api, "a.csv", b"a\n1\n")
    assert (await api("charlie").get(f"{AT}/a.csv/preview")).status_code == 404
    assert (await api("vera").get(f"{AT}/other.csv/preview")).status_code == 404
    put = await api("bob").put(f"{AT}/x/preview", content=b"")
    assert put.status_code == 422


class Artifacts:
    """The artifacts of a run of bob's, and a version of a model that is made of them."""

    def __init__(self, api: Api) -> None:
        self._api = api

    async def start(self) -> Artifacts:
        self.run = (await self._post("runs/create", experiment_id="0"))["run"]["info"]
        await self._post("registered-models/create", name="wine")
        await self._post(
            "model-versions/create", name="wine", source=f"runs:/{self.run['run_id']}/m"
        )
        return self

    async def _post(self, call: str, **body: str) -> dict[str, Any]:
        answer = await self._api("bob").post(f"{MLFLOW}/mlflow/{call}", json=body)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def put(self, path: str, data: bytes) -> None:
        place = f"{MLFLOW}/mlflow-artifacts/artifacts/0/{self.run['run_id']}/artifacts/{path}"
        assert (await self._api("bob").put(place, content=data)).status_code == 200

    @property
    def at(self) -> str:
        return f"/api/projects/alpha/runs/{self.run['run_id']}/preview"


async def test_an_artifact_has_the_preview_that_a_dataset_has(api: Api) -> None:
    text = b"a,b\n1,2\n3,4\n"
    artifacts = await Artifacts(api).start()
    await artifacts.put("m/t.csv", text)
    answer = await api("vera").get(artifacts.at, params={"path": "m/t.csv", "rows": 1})
    assert answer.json() == await seen(api, "t.csv", text, rows=1)
    of_version = "/api/projects/alpha/registry/wine/versions/1/preview"
    answer = await api("vera").get(of_version, params={"path": "t.csv", "rows": 1})
    assert answer.json()["rows"] == [["1", "2"]]


async def test_an_artifact_that_is_replaced_has_another_preview(api: Api) -> None:
    artifacts = await Artifacts(api).start()
    for value in ("1", "2"):
        await artifacts.put("t.csv", f"a\n{value}\n".encode())
        answer = await api("vera").get(artifacts.at, params={"path": "t.csv"})
        assert answer.json()["rows"] == [[value]]


@pytest.mark.parametrize(
    ("name", "path", "status"),
    [
        ("charlie", "m/t.csv", 404),
        ("vera", "m", 404),
        ("vera", "none.csv", 404),
        ("vera", "../../../x", 422),
        ("vera", "", 422),
    ],
)
async def test_no_other_file_is_previewed(api: Api, name: str, path: str, status: int) -> None:
    artifacts = await Artifacts(api).start()
    await artifacts.put("m/t.csv", b"a\n1\n")
    answer = await api(name).get(artifacts.at, params={"path": path})
    assert answer.status_code == status, answer.text
