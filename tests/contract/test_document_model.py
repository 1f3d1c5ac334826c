"""A document store against a plain Python model, over random documents and questions."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mllab.stores.documents.base import Body, Document, DocumentStore, Where

TEXT = st.text(alphabet="aAé[{\"'\\%_\n\ud7ff\ue000\U0010ffff", max_size=3)
NUMBER = st.integers(-3, 3) | st.integers(-40, 40).map(lambda n: n / 8)
SCALAR = st.none() | st.booleans() | NUMBER | TEXT
BODY = st.fixed_dictionaries(
    {},
    optional={
        "number": st.none() | NUMBER,
        "text": st.none() | TEXT,
        "mixed": SCALAR | st.lists(SCALAR, max_size=3) | st.dictionaries(TEXT, SCALAR, max_size=1),
        "deep": st.dictionaries(st.just("er"), SCALAR, max_size=1),
    },
)
FIELD = st.sampled_from(["number", "text", "mixed", "deep.er", "id"])
WHERE = st.one_of(
    st.builds(Where, FIELD, st.sampled_from(["eq", "ne", "lt", "lte", "gt", "gte"]), SCALAR),
    st.builds(Where, FIELD, st.just("in"), st.lists(SCALAR, max_size=3)),
    st.builds(Where, FIELD, st.just("prefix"), TEXT),
    st.builds(Where, st.just("mixed"), st.just("has"), SCALAR),
)


def value_of(document: Document, field: str) -> Any:
    found: Any = document.id if field == "id" else document.body
    for name in [] if field == "id" else field.split("."):
        found = found.get(name) if isinstance(found, dict) else None
    return found


def kind(value: Any) -> str:
    return "number" if type(value) in {int, float} else type(value).__name__


def meets(document: Document, where: Where) -> bool:
    value, other = value_of(document, where.field), where.value
    alike = kind(value) == kind(other)
    comparable = alike and value is not None
    match where.op:
        case "eq":
            return alike and value == other
        case "ne":
            return not (alike and value == other)
        case "in":
            return any(kind(value) == kind(each) and value == each for each in other)
        case "has":
            items = value if isinstance(value, list) else []
            return any(kind(item) == kind(other) and item == other for item in items)
        case "prefix":
            return comparable and value.startswith(other)
    return (
        comparable
        and {
            "lt": lambda: value < other,
            "lte": lambda: value <= other,
            "gt": lambda: value > other,
            "gte": lambda: value >= other,
        }[where.op]()
    )


def in_order(found: list[Document], order_by: str, *, descending: bool) -> list[Document]:
    have = [each for each in found if value_of(each, order_by) is not None]
    lack = [each for each in found if value_of(each, order_by) is None]
    have.sort(key=lambda each: (value_of(each, order_by), each.id), reverse=descending)
    return have + sorted(lack, key=lambda each: each.id, reverse=descending)


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    bodies=st.dictionaries(TEXT, BODY, max_size=12),
    where=st.lists(WHERE, max_size=2),
    order_by=st.sampled_from(["id", "number", "text"]),
    descending=st.booleans(),
    limit=st.integers(1, 5),
)
async def test_a_store_answers_as_the_model_does(
    store: DocumentStore,
    bodies: dict[str, Body],
    where: list[Where],
    order_by: str,
    descending: bool,
    limit: int,
) -> None:
    await store.delete_where("things", Where("id", "ne", None))
    await store.put_many("things", list(bodies.items()))
    matching = [
        each
        for each in (Document(id, 1, body) for id, body in bodies.items())
        if all(meets(each, condition) for condition in where)
    ]
    found: list[Document] = []
    cursor = None
    while True:
        page = await store.find(
            "things",
            *where,
            order_by=order_by,
            descending=descending,
            limit=limit,
            cursor=cursor,
        )
        found += page.documents
        cursor = page.next_cursor
        if cursor is None:
            break
    assert found == in_order(matching, order_by, descending=descending)
    assert await store.count("things", *where) == len(matching)
