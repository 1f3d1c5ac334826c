"""Questions as SQL: the text that an index needs, and cursors that keep their place."""

from __future__ import annotations

import pytest

from mllab.errors import InvalidInput
from mllab.stores.documents.base import Where, eq
from mllab.stores.documents.sqlite_query import Question, after_prefix, column, conditions

KIND = "json_extract(body,'$.\"kind\"')"


@pytest.mark.parametrize(
    ("where", "text", "values"),
    [
        ([], "1", []),
        ([eq("kind", "x")], f"{KIND} = ?", ["x"]),
        ([eq("id", "x")], "id = ?", ["x"]),
        ([eq("id", 1)], "0", []),
        ([eq("kind", None)], f"{KIND} IS NULL", []),
        ([Where("kind", "in", [])], "0", []),
        ([eq("kind", "x"), eq("id", "y")], f"{KIND} = ? AND id = ?", ["x", "y"]),
    ],
)
def test_a_question_becomes_sql(where: list[Where], text: str, values: list[str]) -> None:
    assert conditions(where) == (text, values)


def test_values_never_become_text() -> None:
    evil = "x' OR 1=1 --"
    for op in ("eq", "ne", "lt", "prefix", "has"):
        text, _ = conditions([Where("kind", op, evil)])
        assert "OR 1=1" not in text


@pytest.mark.parametrize("field", ["", "a..b", "a'b", 'a"b', "$a", "a\\b", "a\nb", "a\0", "\udc00"])
def test_a_field_that_could_break_out_is_refused(field: str) -> None:
    with pytest.raises(InvalidInput):
        column(field)


@pytest.mark.parametrize(
    ("prefix", "after"),
    [
        ("a", "b"),
        ("az", "a{"),
        ("\ud7ff", "\ue000"),
        ("a\U0010ffff", "b"),
        ("\U0010ffff", None),
        ("", None),
    ],
)
def test_the_first_text_after_a_prefix(prefix: str, after: str | None) -> None:
    assert after_prefix(prefix) == after


def test_a_fingerprint_tells_questions_apart() -> None:
    base = Question("things", [eq("kind", "x")], "id", descending=False)
    others = [
        Question("others", base.where, "id", descending=False),
        Question("things", [eq("kind", "y")], "id", descending=False),
        Question("things", [eq("kind", 1)], "id", descending=False),
        Question("things", base.where, "kind", descending=False),
        Question("things", base.where, "id", descending=True),
    ]
    assert len({each.fingerprint for each in [base, *others]}) == 6
