"""The search language against mlflow's own: what it reads, what meets it, how it sorts."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mlflow.entities import (
    LifecycleStage,
    Metric,
    Param,
    Run,
    RunData,
    RunInfo,
    RunTag,
)
from mlflow.utils import search_utils

from mllab.core.matching import cut_page, is_match, sort
from mllab.core.search import (
    EXPERIMENTS,
    LOGGED_MODELS,
    MODEL_VERSIONS,
    REGISTERED_MODELS,
    RUNS,
    Condition,
    Grammar,
    Kind,
    Order,
    parse_filter,
    parse_orders,
)
from mllab.core.tracking.bodies import fields
from mllab.core.tracking.run_body import from_metric, look
from mllab.errors import InvalidInput
from mllab.model.tracking import Metric as LabMetric

SearchUtils: Any = search_utils.SearchUtils  # untyped
NUMBER_OPS = ["=", "!=", "<", "<=", ">", ">="]
TEXT_OPS = ["=", "!=", "LIKE", "ILIKE", "like"]
METRICS, KEYS = (
    ["acc", "loss", "val/loss", "a b", "x.y"],
    ["lr", "opt", "a b", "x.y", "mlflow.user"],
)
VALUES = ["", "a", "A", "ab", "b%", "a_b", "x y", "0.1", 'say "hi"']
NUMBERS = ["0", "1", "-1", "0.5", "1e3", "-2.5", "100"]

metric_names = st.sampled_from([f"metrics.`{k}`" for k in METRICS] + ["metric.acc", "metrics.loss"])
text_names = st.sampled_from(
    [f'params."{k}"' for k in KEYS]
    + [f"tags.`{k}`" for k in KEYS]
    + ["param.lr", "tag.opt", "tags.mlflow.user", "attributes.status", "run_name", "attr.user_id"]
)
number_names = st.sampled_from(["start_time", "attributes.end_time", "run.created"])
quoted = st.sampled_from([f"'{v}'" for v in VALUES] + ['"a"', '"it\'s"', "'%a%'", "'_b'"])
clauses = st.one_of(
    st.tuples(metric_names, st.sampled_from(NUMBER_OPS), st.sampled_from(NUMBERS)),
    st.tuples(number_names, st.sampled_from(NUMBER_OPS), st.sampled_from(["0", "2", "5"])),
    st.tuples(text_names, st.sampled_from(TEXT_OPS), quoted),
    st.tuples(st.just("params.lr"), st.sampled_from(["IS NULL", "IS NOT NULL"]), st.just("")),
    st.tuples(
        st.just("run_id"), st.sampled_from(["IN", "NOT IN"]), st.sampled_from(["('r1', 'r2')"])
    ),
)
filters = st.lists(clauses, min_size=1, max_size=3).map(
    lambda found: " and ".join(" ".join(clause).strip() for clause in found)
)


def theirs(clause: dict[str, Any]) -> Condition:
    kind = Kind("param" if clause["type"] == "parameter" else clause["type"])
    value = clause["value"]
    operand = float(value) if kind is Kind.METRIC else value
    key = SearchUtils.translate_key_alias(clause["key"])
    return Condition(kind, key, clause["comparator"].upper(), operand)


@given(filters)
def test_what_mlflow_reads_is_read_alike(text: str) -> None:
    assert parse_filter(text, RUNS) == [theirs(c) for c in SearchUtils.parse_search_filter(text)]


values = st.sampled_from([0.0, 1.0, -1.0, 0.5, 1000.0, math.nan, math.inf, -math.inf])


@st.composite
def some_run(draw: st.DrawFn) -> tuple[Run, dict[str, Any]]:
    id = draw(st.sampled_from(["r1", "r2", "r3"]))
    metrics = draw(st.dictionaries(st.sampled_from(METRICS), values, max_size=3))
    texts = st.dictionaries(st.sampled_from(KEYS), st.sampled_from(VALUES), max_size=3)
    params, tags = draw(texts), draw(texts)
    start, end = draw(st.integers(0, 5)), draw(st.none() | st.integers(0, 5))
    name, user = draw(st.sampled_from(VALUES)), draw(st.sampled_from(["a", "b"]))
    info = RunInfo(id, "0", user, "FINISHED", start, end, LifecycleStage.ACTIVE, "u", name)
    data = RunData(
        [Metric(k, v, 1, 1) for k, v in metrics.items()],
        [Param(k, v) for k, v in params.items()],
        [RunTag(k, v) for k, v in tags.items()],
    )
    stored = {k: from_metric(LabMetric(key=k, value=v, timestamp_ms=1)) for k, v in metrics.items()}
    body = {
        "id_": id,
        "name": name,
        "user": user,
        "status": "FINISHED",
        "started_at": start,
        "ended_at": end,
        "artifact_location": "u",
        "params": fields(params.items()),
        "tags": fields(tags.items()),
        "metrics": dict(zip(fields((k, k) for k in stored), stored.values(), strict=True)),
        "datasets": [],
    }
    return Run(info, data), body


@given(some_run(), filters)
def test_what_meets_a_filter_there_meets_it_here(
    pair: tuple[Run, dict[str, Any]], text: str
) -> None:
    run, body = pair
    assert is_match(body, parse_filter(text, RUNS), look) == bool(SearchUtils.filter([run], text))


orders = st.lists(
    st.tuples(
        st.sampled_from(
            ["metrics.acc", "metrics.`a b`", "params.lr", "tags.`x.y`", "start_time", "end_time"]
        ),
        st.sampled_from(["", " ASC", " DESC", " desc"]),
    ).map("".join),
    max_size=3,
)


@given(st.lists(some_run(), max_size=6), orders)
def test_runs_sort_as_mlflow_sorts_them(
    pairs: list[tuple[Run, dict[str, Any]]], wanted: list[str]
) -> None:
    expected = SearchUtils.sort([run for run, _ in pairs], wanted)
    parsed = parse_orders([*wanted, "start_time DESC", "run_id"], RUNS)
    found = sort([body for _, body in pairs], parsed, look)
    assert [b["id_"] for b in found] == [r.info.run_id for r in expected]


@pytest.mark.parametrize(
    "text",
    [
        "metrics.acc",
        "metrics.acc >",
        "metrics.acc > 'a'",
        "metrics.acc LIKE 'a'",
        "metrics.acc > 0.9 OR metrics.acc < 0.1",
        "metrics.acc > 1 metrics.loss > 1",
        "metrics.acc > 1 AND",
        "params.lr = 5",
        "params.lr > '5'",
        "params.lr = `a`",
        "nothing.lr = 'a'",
        "attributes.nothing = 'a'",
        "status IN ('a')",
        "run_id IN ()",
        "run_id IN ('a' 'b')",
        "run_id IN ('a'",
        "start_time > 'now'",
        "status IS NULL",
        "datasets.size = 'a'",
        "params.lr = 'a",
        "params.lr = 'a'; DROP TABLE runs",
        "(metrics.acc > 1)",
        "= 5",
        "metrics.acc > " + "9" * 500,
        "'" * 30_000,
    ],
)
def test_what_is_not_in_the_language_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        parse_filter(text, RUNS)


@pytest.mark.parametrize("text", ["", "metrics.acc UP", "metrics.acc DESC DESC", "nothing.a", "a"])
def test_what_is_no_order_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        parse_orders([text], RUNS)


@pytest.mark.parametrize(
    ("grammar", "text", "expected"),
    [
        (RUNS, "  ", []),
        (RUNS, "dataset.name IN ('a')", [Condition(Kind.DATASET, "name", "IN", ("a",))]),
        (RUNS, 'attributes."run name" = "x"', [Condition(Kind.ATTRIBUTE, "run_name", "=", "x")]),
        (RUNS, "tags.a IS NOT NULL", [Condition(Kind.TAG, "a", "IS NOT NULL", None)]),
        (EXPERIMENTS, "tags.a IS NULL", [Condition(Kind.TAG, "a", "IS NULL", None)]),
        (
            REGISTERED_MODELS,
            "name IN ('a', 'b')",
            [Condition(Kind.ATTRIBUTE, "name", "IN", ("a", "b"))],
        ),
        (
            MODEL_VERSIONS,
            "version_number >= 3",
            [Condition(Kind.ATTRIBUTE, "version_number", ">=", 3)],
        ),
        (
            LOGGED_MODELS,
            "creation_time > 5 AND status = 'READY'",
            [
                Condition(Kind.ATTRIBUTE, "creation_timestamp", ">", 5),
                Condition(Kind.ATTRIBUTE, "status", "=", "READY"),
            ],
        ),
    ],
)
def test_each_kind_of_thing_has_its_grammar(
    grammar: Grammar, text: str, expected: list[Condition]
) -> None:
    assert parse_filter(text, grammar) == expected


def test_things_of_other_kinds_are_refused() -> None:
    with pytest.raises(InvalidInput, match="before the dot"):
        parse_filter("metrics.acc > 1", REGISTERED_MODELS)
    with pytest.raises(InvalidInput, match="gives no order"):
        parse_orders(["tags.a"], EXPERIMENTS)
    assert parse_orders(["name DESC"], EXPERIMENTS) == [Order(Kind.ATTRIBUTE, "name", False)]


def test_pages_follow_each_other_and_end() -> None:
    first, token = cut_page(range(5), 3, None)
    second, end = cut_page(range(5), 3, token)
    assert (first, second, end) == ([0, 1, 2], [3, 4], None)


@pytest.mark.parametrize("token", ["?", "bm90aGluZw==", "eyJvZmZzZXQiOiAtMX0=", "\u20ac", "e30="])
def test_a_token_that_is_not_ours_is_refused(token: str) -> None:
    with pytest.raises(InvalidInput, match="page token"):
        cut_page([1], 1, token)
