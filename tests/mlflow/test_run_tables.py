"""What the pages of experiments ask of the lab's REST: tables, columns, charts, bulk changes."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from people import PROJECT, Api, LiveLab, People

from mllab.core.lab import LabCore
from mllab.core.search import Question
from mllab.model.tracking import Metric, RunBatch
from mllab.runtimes.dummy import DummyRuntime

AT = f"/api/projects/{PROJECT}"
LOSSES = [0.5, math.nan, 0.1, math.inf]


async def four_runs(core: LabCore, people: People) -> list[str]:
    """Return the ids of four runs of experiment 0, the oldest first; each has its own loss."""
    bob, tracking = people["bob"], core.tracking
    ids = []
    for n, loss in enumerate(LOSSES):
        run = await tracking.runs.create(bob, PROJECT, "0", name=f"r{n}", started_ms=1000 + n)
        metrics = [Metric(key="val/loss", value=loss, timestamp_ms=1, step=7)]
        params = [("lr", str(n)), ("depth", "3")]
        batch = RunBatch(metrics=metrics, params=params, tags=[("team.x", "a b")])
        await tracking.runs.log(bob, PROJECT, run.id, batch)
        ids.append(run.id)
    return ids


@pytest.fixture
async def runs(core: LabCore, people: People) -> list[str]:
    """Ids of four runs."""
    return await four_runs(core, people)


@pytest.fixture
async def http(api: Api) -> AsyncIterator[httpx.AsyncClient]:
    """A client of Bob, an editor."""
    async with api("bob") as http:
        yield http


async def get(http: httpx.AsyncClient, path: str, **params: Any) -> Any:
    answer = await http.get(f"{AT}{path}", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def post(http: httpx.AsyncClient, path: str, **body: Any) -> Any:
    answer = await http.post(f"{AT}{path}", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_row_holds_what_was_asked_for(http: httpx.AsyncClient, runs: list[str]) -> None:
    columns = ["params.lr", "metrics.val/loss", "tags.team.x", "params.none"]
    page = await get(http, "/runs", experiment="0", columns=columns)
    assert (page["total"], page["next_cursor"]) == (4, None)
    newest = page["items"][0]
    assert (newest["id"], newest["name"], newest["status"]) == (runs[3], "r3", "RUNNING")
    assert (newest["params"], newest["tags"]) == ({"lr": "3"}, {"team.x": "a b"})
    assert newest["metrics"] == {"val/loss": "Infinity"}
    assert (await get(http, "/runs"))["items"][0]["params"] == {}


@pytest.mark.parametrize(
    ("filter", "order", "expected"),
    [
        ("", "metrics.`val/loss` ASC", "2031"),
        ("", "metrics.`val/loss` DESC", "3021"),
        ("", "params.lr DESC", "3210"),
        ("", "tags.team.x ASC", "3210"),
        ("metrics.`val/loss` < 0.3", "start_time", "2"),
        ("metrics.`val/loss` > 0.3 AND params.depth = '3'", "start_time", "03"),
        ("run_name LIKE 'r%' AND params.lr != '1'", "start_time", "023"),
        ("tags.nothing IS NULL", "run_name DESC", "3210"),
    ],
)
async def test_runs_are_filtered_and_sorted(
    http: httpx.AsyncClient, runs: list[str], filter: str, order: str, expected: str
) -> None:
    page = await get(http, "/runs", filter=filter, order_by=order)
    assert [one["id"] for one in page["items"]] == [runs[int(n)] for n in expected]
    assert page["total"] == len(expected)


async def test_runs_are_found_by_id_over_all_experiments(
    http: httpx.AsyncClient, runs: list[str]
) -> None:
    page = await get(http, "/runs", filter=f"run_id IN ('{runs[1]}', '{runs[2]}', 'x')")
    assert [one["id"] for one in page["items"]] == [runs[2], runs[1]]
    assert (await get(http, "/runs", filter=f"run_id = '{runs[0]}'"))["total"] == 1


@pytest.mark.parametrize(
    ("experiment", "order"),
    [("", ""), ("0", ""), ("0", "start_time  DESC"), ("0", "run_name DESC")],
)
async def test_pages_follow_the_last_run(
    core: LabCore,
    people: People,
    http: httpx.AsyncClient,
    runs: list[str],
    experiment: str,
    order: str,
) -> None:
    ask: dict[str, Any] = {"experiment": experiment} if experiment else {}
    ask |= {"order_by": order} if order else {}
    first = await get(http, "/runs", limit=2, **ask)
    late = await core.tracking.runs.create(people["bob"], PROJECT, "0", name="z", started_ms=9000)
    second = await get(http, "/runs", limit=2, cursor=first["next_cursor"], **ask)
    found = [one["id"] for one in (*first["items"], *second["items"])]
    assert (found, second["next_cursor"], first["total"]) == (runs[::-1], None, 4)
    again = await get(http, "/runs", limit=1, **ask)
    assert (again["total"], again["items"][0]["id"]) == (5, late.id)


async def test_pages_go_on_when_their_order_is_forgotten(
    core: LabCore, people: People, runs: list[str]
) -> None:
    first = await core.tracking.tables.page(people["bob"], PROJECT, [], Question(limit=3))
    later = Question(limit=3, cursor=first.next_cursor)
    other = LabCore(core.context, DummyRuntime())
    second = await other.tracking.tables.page(people["bob"], PROJECT, [], later)
    assert [one.id for one in (*first.items, *second.items)] == runs[::-1]
    await core.tracking.runs.delete(people["bob"], PROJECT, first.items[-1].id)
    third = await LabCore(core.context, DummyRuntime()).tracking.tables.page(
        people["bob"], PROJECT, [], later
    )
    assert [one.id for one in third.items] == runs[:1]


async def test_a_page_stays_small(
    core: LabCore, people: People, http: httpx.AsyncClient, runs: list[str]
) -> None:
    tags = [(f"t{n}", "x" * 90_000) for n in range(80)]
    for run in runs:
        for at in range(0, 80, 20):
            batch = RunBatch(tags=tags[at : at + 20])
            await core.tracking.runs.log(people["bob"], PROJECT, run, batch)
    columns = [f"tags.{name}" for name, _ in tags]
    answer = await http.get(f"{AT}/runs", params={"columns": columns})
    page = answer.json()
    assert len(answer.content) < 105_000
    assert len(page["items"]) == 2
    assert page["items"][0]["tags"]["t1"].endswith("x…")
    rest = await get(http, "/runs", columns=columns, cursor=page["next_cursor"])
    assert [one["id"] for one in rest["items"]] == runs[1::-1]


@pytest.mark.parametrize(
    ("filter", "position"),
    [
        ("metrics.a > 'x'", 12),
        ("params.a = 'x' AND", 18),
        ("params.a = 'x' nothing.b = 'y'", 15),
        ("params.a = 'x' AND nothing.b = 'y'", 19),
        ("params.a ~ 'x'", 9),
        ("params.a = 'x'   ;", 17),
    ],
)
async def test_a_bad_filter_names_the_place(
    http: httpx.AsyncClient, filter: str, position: int
) -> None:
    answer = await http.get(f"{AT}/runs", params={"filter": filter})
    assert answer.status_code == 422
    assert answer.json()["details"]["position"] == position


@pytest.mark.parametrize(
    "params",
    [
        {"order_by": "up"},
        {"columns": "loss"},
        {"columns": ["params.a"] * 101},
        {"cursor": "eyJ9"},
        {"cursor": "W10="},
    ],
)
async def test_what_no_table_has_is_refused(
    http: httpx.AsyncClient, params: dict[str, Any]
) -> None:
    assert (await http.get(f"{AT}/runs", params=params)).status_code == 422


async def test_an_experiment_that_is_not_there(http: httpx.AsyncClient) -> None:
    for path in ("/runs", "/runs/columns"):
        answer = await http.get(f"{AT}{path}", params={"experiment": ["0", "77"]})
        assert answer.status_code == 404


async def test_columns_tell_what_was_seen(http: httpx.AsyncClient, runs: list[str]) -> None:
    page = await get(http, "/runs/columns", experiment="0")
    assert page["runs"] == 4
    found = {(one["kind"], one["key"]): one for one in page["items"]}
    loss = found["metric", "val/loss"]
    assert (loss["runs"], loss["least"], loss["most"]) == (4, 0.1, 0.5)
    assert found["param", "lr"]["differs"]
    assert not found["param", "depth"]["differs"]
    assert ("tag", "team.x") in found
    searched = await get(http, "/runs/columns", q="LO", kind="metric", limit=1)
    assert [one["key"] for one in searched["items"]] == ["val/loss"]
    assert (searched["total"], searched["next_cursor"]) == (1, None)


async def test_a_key_that_one_run_lacks_differs(
    core: LabCore, people: People, http: httpx.AsyncClient, runs: list[str]
) -> None:
    batch = RunBatch(params=[("only", "here")])
    await core.tracking.runs.log(people["bob"], PROJECT, runs[0], batch)
    (column,) = (await get(http, "/runs/columns", q="only"))["items"]
    assert (column["differs"], column["runs"]) == (True, 1)


async def test_the_columns_of_many_runs_are_kept_for_a_while(
    core: LabCore, http: httpx.AsyncClient, runs: list[str]
) -> None:
    documents = core.context.documents
    found = await documents.get("runs", f"{PROJECT}/{runs[0]}")
    assert found is not None
    copies = [(f"{PROJECT}/{n:032}", found.body | {"id_": f"{n:032}"}) for n in range(1000)]
    await documents.put_many("runs", copies)
    assert (await get(http, "/runs/columns", experiment="0"))["runs"] == 1004
    await documents.delete("runs", copies[0][0])
    assert (await get(http, "/runs/columns", experiment="0"))["runs"] == 1004
    assert (await get(http, "/runs/columns"))["runs"] == 1003


async def test_runs_are_compared(http: httpx.AsyncClient, runs: list[str]) -> None:
    found = await get(http, "/runs/compare", run=[runs[2], runs[1]])
    assert [one["name"] for one in found["runs"]] == ["r2", "r1"]
    keys = {(one["kind"], one["key"]): one for one in found["items"]}
    assert keys["param", "lr"] | {"differs": True, "values": ["2", "1"]} == keys["param", "lr"]
    assert keys["metric", "val/loss"]["values"] == [0.1, "NaN"]
    assert not keys["param", "depth"]["differs"]
    only = await get(http, "/runs/compare", run=runs[:2], differs=True, q="L")
    assert [one["key"] for one in only["items"]] == ["lr", "val/loss", "mlflow.runName"]
    answer = await http.get(f"{AT}/runs/compare", params={"run": [runs[0], "x"]})
    assert answer.status_code == 404


async def log_points(core: LabCore, people: People, run: str, points: list[Metric]) -> None:
    for at in range(0, len(points), 1000):
        batch = RunBatch(metrics=points[at : at + 1000])
        await core.tracking.runs.log(people["bob"], PROJECT, run, batch)


async def test_points_come_in_buckets(
    core: LabCore, people: People, http: httpx.AsyncClient, runs: list[str]
) -> None:
    points = [Metric(key="a", value=n % 10, timestamp_ms=5000 - n, step=n) for n in range(2000)]
    await log_points(core, people, runs[0], points)
    wish = {"run": runs[0], "key": "a"}
    (whole,) = (await post(http, "/runs/series", series=[wish], buckets=100))["series"]
    assert (whole["points"], whole["exact"], sum(whole["count"])) == (2000, False, 2000)
    assert (len(whole["x"]), whole["x"][0], whole["x"][-1]) == (100, 19, 1999)
    assert (whole["min"][0], whole["max"][0], whole["last"][0], whole["odd"]) == (0, 9, 9, [])
    ask = {"x_from": 10, "x_to": 12}
    (part,) = (await post(http, "/runs/series", series=[wish], **ask))["series"]
    assert (part["x"], part["last"], part["exact"]) == ([10, 11, 12], [0, 1, 2], True)
    (timed,) = (await post(http, "/runs/series", series=[wish], x="time"))["series"]
    assert (timed["x"][-1], timed["last"][-1]) == (5000, 0)


async def test_only_new_points_are_sent(
    core: LabCore, people: People, http: httpx.AsyncClient, runs: list[str]
) -> None:
    points = [Metric(key="a", value=n, timestamp_ms=n, step=n) for n in range(5)]
    await log_points(core, people, runs[0], points)
    wishes = [
        {"run": runs[0], "key": "a", "since": 2},
        {"run": runs[0], "key": "a", "since": 4},
        {"run": runs[1], "key": "a"},
    ]
    new, none, other = (await post(http, "/runs/series", series=wishes))["series"]
    assert (new["x"], new["points"]) == ([3, 4], 5)
    assert (none["x"], none["points"]) == ([], 5)
    assert (other["run"], other["points"]) == (runs[1], 0)


async def test_what_is_no_number_is_marked(
    core: LabCore, people: People, http: httpx.AsyncClient, runs: list[str]
) -> None:
    values = [1, math.nan, math.inf, 2, math.nan]
    points = [Metric(key="a", value=v, timestamp_ms=1, step=n) for n, v in enumerate(values)]
    await log_points(core, people, runs[0], points)
    wish = {"run": runs[0], "key": "a"}
    (fine,) = (await post(http, "/runs/series", series=[wish]))["series"]
    assert fine["last"] == [1, None, None, 2, None]
    assert fine["odd"][1] == {"bucket": 2, "nan": 0, "infinite": 1}
    (rough,) = (await post(http, "/runs/series", series=[wish], buckets=1))["series"]
    assert (rough["last"], rough["min"], rough["max"]) == ([2], [1], [2])
    assert rough["odd"] == [{"bucket": 0, "nan": 2, "infinite": 1}]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"series": []}, 422),
        ({"series": [{"run": "x", "key": "a"}], "x_from": 2, "x_to": 1}, 422),
        ({"series": [{"run": "x", "key": "a"}]}, 404),
    ],
)
async def test_a_chart_of_nothing_is_refused(
    http: httpx.AsyncClient, body: dict[str, Any], status: int
) -> None:
    assert (await http.post(f"{AT}/runs/series", json=body)).status_code == status


async def test_many_runs_change_at_once(http: httpx.AsyncClient, runs: list[str]) -> None:
    tags = {"team.x": None, "seen": "yes"}
    done = await post(http, "/runs/tags", runs=runs[:3], tags=tags)
    assert done["failed"] == 0
    assert (await get(http, "/runs", filter="tags.seen = 'yes' AND tags.team.x IS NULL"))[
        "total"
    ] == 3
    gone = await post(http, "/runs/delete", runs=[*runs[:2], "x"])
    assert [one["error"] for one in gone["items"]] == [None, None, "not_found"]
    assert (gone["failed"], (await get(http, "/runs"))["total"]) == (1, 2)
    assert (await get(http, "/runs", deleted=True))["total"] == 2
    refused = await post(http, "/runs/tags", runs=runs[:1], tags={"a": "b"})
    assert refused["items"][0]["error"] == "invalid_input"
    await post(http, "/runs/restore", runs=runs[:2])
    assert (await get(http, "/runs"))["total"] == 4


async def test_a_run_takes_a_name_a_note_and_tags(http: httpx.AsyncClient, runs: list[str]) -> None:
    change = {"name": "best", "note": "# Good", "tags": {"team.x": None, "k": "v"}}
    answer = await http.patch(f"{AT}/runs/{runs[0]}", json=change)
    run = answer.json()
    expected = {"mlflow.runName": "best", "mlflow.note.content": "# Good", "k": "v"}
    assert (run["name"], run["tags"]) == ("best", expected)
    run = (await http.patch(f"{AT}/runs/{runs[0]}", json={"note": ""})).json()
    assert "mlflow.note.content" not in run["tags"]
    assert (await http.patch(f"{AT}/runs/x", json={"note": ""})).status_code == 404


async def test_an_experiment_takes_a_name_a_note_and_tags(http: httpx.AsyncClient) -> None:
    made = (await http.post(f"{AT}/experiments", json={"name": "old", "tags": {"a": "b"}})).json()
    change = {"name": "new", "note": "Why", "tags": {"a": None}}
    found = (await http.patch(f"{AT}/experiments/{made['id']}", json=change)).json()
    assert (found["name"], found["tags"]) == ("new", {"mlflow.note.content": "Why"})


async def test_links_that_mlflow_prints_lead_to_the_web_app(api: Api) -> None:
    async with api(None) as http:
        answer = await http.get(f"{AT}/mlflow/")
    assert answer.status_code == 302
    assert answer.headers["location"] == f"/app/projects/{PROJECT}/mlflow"


def test_the_client_works_on_many_runs(live: LiveLab) -> None:
    ids = live.call(four_runs(live.core, live.people))
    runs = live.client("bob").project(PROJECT).runs
    rows = runs.table(["0"], "", ["start_time"], ["params.lr"], limit=3)
    assert [(row.id, row.params["lr"]) for row in rows] == list(zip(ids, "012", strict=False))
    assert {one.key for one in runs.columns(text="val")} == {"val/loss"}
    compared = runs.compare(ids, only_different=True)
    assert math.isnan(float(compared.items[1].values[1] or 0))
    assert [one.x for one in runs.series(ids[:2], "val/loss")] == [[7], [7]]
    assert runs.tag(ids, {"k": "v"}).failed == 0
    assert runs.change(ids[0], note="fine", tags={"k": None}).tags["mlflow.note.content"] == "fine"
    assert runs.delete([*ids[:2], "x"]).failed == 1
    assert len(runs.table(filter="tags.k = 'v'")) == 2
    assert runs.restore(ids[:2]).failed == 0


def test_the_client_notes_an_experiment(live: LiveLab) -> None:
    experiments = live.client("bob").project(PROJECT).experiments
    experiments.create("old")
    changed = experiments.change("old", name="new", note="Why", tags={"a": "b"})
    assert (changed.name, changed.tags) == ("new", {"mlflow.note.content": "Why", "a": "b"})


def test_the_command_line_works_on_many_runs(cli: Any) -> None:
    ids = cli.live.call(four_runs(cli.live.core, cli.live.people))
    ask = ("-p", PROJECT)
    assert cli.json("experiment", "columns", "0", "--text", "lr", *ask)[0]["key"] == "lr"
    assert ids[1][:8] in cli("experiment", "compare", *ids, "--differs", *ask).output
    assert len(cli.json("experiment", "compare", *ids, *ask)["runs"]) == 4
    assert cli.json("experiment", "note", ids[0], "fine", *ask)["tags"]["mlflow.note.content"]
    cli("experiment", "tag-runs", *ids, "--tag", "k=v", "--tag", "team.x", *ask)
    assert "not_found" in cli("experiment", "delete-runs", *ids, "x", *ask).output
    assert cli.json("experiment", "restore-runs", *ids, *ask)["failed"] == 0
    found = cli.json("experiment", "run", ids[1], *ask)["tags"]
    assert (found["k"], "team.x" in found) == ("v", False)


async def test_a_reader_jumps_into_the_middle(http: httpx.AsyncClient, runs: list[str]) -> None:
    page = await get(http, "/runs", experiment="0", skip=1, limit=2)
    assert [row["id"] for row in page["items"]] == [runs[2], runs[1]]
    assert (page["next_cursor"], page["total"]) == (None, 4)
    assert (await get(http, "/runs", experiment="0", skip=9))["items"] == []


async def test_a_jump_sees_what_has_just_changed(
    core: LabCore, people: People, http: httpx.AsyncClient, runs: list[str]
) -> None:
    ask = {"experiment": "0", "order_by": "run_name DESC", "limit": 1}
    before = (await get(http, "/runs", **ask, skip=1))["items"]
    await core.tracking.runs.delete(people["bob"], PROJECT, runs[3])
    after = await get(http, "/runs", **ask, skip=1)
    assert ([row["id"] for row in before], after["items"][0]["id"]) == ([runs[2]], runs[1])
    assert after["total"] == 3
