"""Questions to every document store: conditions, order and pages."""

from __future__ import annotations

from typing import Any

import pytest

from mllab.errors import InvalidInput
from mllab.stores.documents.base import Body, DocumentStore, Where, eq, find_all

BODIES: dict[str, Body] = {
    "a": {"kind": "x", "size": 1, "nested": {"name": "ann"}, "tags": ["red", 1, None], "on": True},
    "b": {"kind": "x", "size": 2.5, "nested": {"name": "bob"}, "tags": [], "on": False},
    "c": {"kind": "y", "size": "1", "tags": "red"},
    "d": {"kind": None, "size": True, "tags": {"k": "red"}, "on": 1},
    "e": {"size": [1], "nested": "ann"},
    "f": {"kind": "[1]", "size": 10},
}


async def fill(store: DocumentStore) -> DocumentStore:
    await store.put_many("things", list(BODIES.items()))
    return store


async def ids(store: DocumentStore, *where: Where, **how: Any) -> str:
    return "".join(each.id for each in (await store.find("things", *where, **how)).documents)


QUESTIONS = [
    (eq("kind", "x"), "ab"),
    (eq("kind", None), "de"),
    (eq("kind", "[1]"), "f"),
    (eq("size", 1), "a"),
    (eq("size", 1.0), "a"),
    (eq("size", "1"), "c"),
    (eq("size", True), "d"),
    (eq("size", "[1]"), ""),
    (eq("on", True), "a"),
    (eq("on", 1), "d"),
    (eq("nested.name", "ann"), "a"),
    (eq("tags", "red"), "c"),
    (eq("missing.field", None), "abcdef"),
    (eq("id", "c"), "c"),
    (eq("id", 1), ""),
    (eq("id", None), ""),
    (Where("kind", "ne", "x"), "cdef"),
    (Where("kind", "ne", None), "abcf"),
    (Where("size", "ne", 1), "bcdef"),
    (Where("id", "ne", "a"), "bcdef"),
    (Where("id", "ne", 7), "abcdef"),
    (Where("size", "lt", 2.5), "a"),
    (Where("size", "lte", 2.5), "ab"),
    (Where("size", "gt", 1), "bf"),
    (Where("size", "gte", 1), "abf"),
    (Where("size", "gte", ""), "c"),
    (Where("size", "gt", None), ""),
    (Where("on", "gte", False), "ab"),
    (Where("kind", "lt", "y"), "abf"),
    (Where("id", "gt", "d"), "ef"),
    (Where("kind", "in", ["x", "y"]), "abc"),
    (Where("size", "in", [1, "1", True, None]), "acd"),
    (Where("kind", "in", ["y", None]), "cde"),
    (Where("id", "in", ["a", "f", "z", 1]), "af"),
    (Where("kind", "in", []), ""),
    (Where("kind", "prefix", "["), "f"),
    (Where("kind", "prefix", ""), "abcf"),
    (Where("size", "prefix", "1"), "c"),
    (Where("size", "prefix", "["), ""),
    (Where("id", "prefix", "e"), "e"),
    (Where("tags", "has", "red"), "a"),
    (Where("tags", "has", 1), "a"),
    (Where("tags", "has", True), ""),
    (Where("tags", "has", None), "a"),
    (Where("size", "has", 1), "e"),
    (Where("id", "has", "a"), ""),
]


@pytest.mark.parametrize(("where", "expected"), QUESTIONS, ids=str)
async def test_a_condition_finds_counts_and_deletes_the_same(
    store: DocumentStore, where: Where, expected: str
) -> None:
    await fill(store)
    assert await ids(store, where) == expected
    assert await store.count("things", where) == len(expected)
    assert await store.delete_where("things", where) == len(expected)
    assert await ids(store) == "".join(sorted(set(BODIES) - set(expected)))


async def test_conditions_are_joined_by_and(store: DocumentStore) -> None:
    await fill(store)
    assert await ids(store, eq("kind", "x"), Where("size", "gt", 1)) == "b"


@pytest.mark.parametrize(
    ("order_by", "descending", "expected"),
    [
        ("id", False, "abcdef"),
        ("id", True, "fedcba"),
        ("rank", False, "cabdef"),
        ("rank", True, "bacfed"),
        ("deep.rank", False, "bacdef"),
    ],
)
async def test_documents_without_the_field_come_last(
    store: DocumentStore, order_by: str, *, descending: bool, expected: str
) -> None:
    ranks = {"a": 2, "b": 2, "c": 1, "d": None}
    for id in "fdbeca":
        body: Body = {"rank": ranks[id]} if id in ranks else {}
        await store.put("things", id, body | ({"deep": {"rank": -1}} if id == "b" else {}))
    assert await ids(store, order_by=order_by, descending=descending) == expected


async def test_text_is_ordered_by_code_point(store: DocumentStore) -> None:
    names = ["", "A", "Z", "a", "aa", "é", "\ud7ff", "\ue000", "\uffff", "\U00010000"]
    await store.put_many("things", [(str(n), {"name": name}) for n, name in enumerate(names)])
    found = await store.find("things", order_by="name")
    assert [each.body["name"] for each in found.documents] == names


async def test_pages_lose_and_repeat_nothing_while_others_write(store: DocumentStore) -> None:
    stay = {f"{n:03}": {"rank": n // 4} for n in range(0, 100, 2)}
    await store.put_many("things", list(stay.items()))
    seen: list[str] = []
    cursor = None
    for round in range(100):
        page = await store.find("things", order_by="rank", limit=3, cursor=cursor)
        seen += [each.id for each in page.documents]
        for n in (1, 51, 97):
            await store.put("things", f"{n:03}", {"rank": (n * round) % 25})
        await store.delete("things", "051")
        cursor = page.next_cursor
        if cursor is None:
            break
    assert [id for id in seen if id in stay] == sorted(stay)


async def test_the_last_page_says_so(store: DocumentStore) -> None:
    await fill(store)
    first = await store.find("things", limit=5)
    assert first.next_cursor is not None
    last = await store.find("things", limit=5, cursor=first.next_cursor)
    assert [each.id for each in last.documents] == ["f"]
    assert last.next_cursor is None
    assert (await store.find("things", limit=6)).next_cursor is None


async def test_a_cursor_belongs_to_its_question(store: DocumentStore) -> None:
    await fill(store)
    cursor = (await store.find("things", limit=2)).next_cursor
    for how in ({"descending": True}, {"order_by": "kind"}):
        with pytest.raises(InvalidInput, match="cursor"):
            await store.find("things", cursor=cursor, **how)
    with pytest.raises(InvalidInput, match="cursor"):
        await store.find("things", eq("kind", "x"), cursor=cursor)


@pytest.mark.parametrize("cursor", ["", "x", "é", "WzFd", "W10=", "bnVsbA", "\ud800", "A" * 999])
async def test_a_cursor_from_elsewhere_is_bad_input(store: DocumentStore, cursor: str) -> None:
    with pytest.raises(InvalidInput, match="cursor"):
        await store.find("things", cursor=cursor)


async def test_find_all_goes_through_all_pages(store: DocumentStore) -> None:
    await store.put_many("things", [(f"{n:04}", {"n": n}) for n in range(2500)])
    found = await find_all(store, "things", Where("n", "gte", 100))
    assert [each.body["n"] for each in found] == list(range(100, 2500))


@pytest.mark.parametrize("field", ["a b", "é", "a-b", "a[0]", "x.y z", "select", "0", "@", "a;--"])
async def test_unusual_fields_can_be_asked_for(store: DocumentStore, field: str) -> None:
    body: Any = "found"
    for name in reversed(field.split(".")):
        body = {name: body}
    await store.put_many("things", [("a", body), ("b", {})])
    assert await ids(store, eq(field, "found"), order_by=field) == "a"


@pytest.mark.parametrize("limit", [0, -1, 2**40])
async def test_a_page_has_a_sane_limit(store: DocumentStore, limit: int) -> None:
    with pytest.raises(InvalidInput):
        await store.find("things", limit=limit)


async def test_fields_come_as_they_were_written(store: DocumentStore) -> None:
    await fill(store)
    fields = ["size", "nested.name", "tags", "on"]
    found = {id: values for id, *values in await store.select("things", fields=fields)}
    assert found["a"] == [1, "ann", ["red", 1, None], True]
    assert found["b"] == [2.5, "bob", [], False]
    assert found["d"] == [True, None, {"k": "red"}, 1]
    assert found["e"] == [[1], None, None, None]
    assert len(found) == len(BODIES)


@pytest.mark.parametrize("count", [0, 1, 2, 99, 100, 101, 200, 201])
async def test_any_number_of_fields_can_be_selected(store: DocumentStore, count: int) -> None:
    await store.put("things", "a", {"n": {f"f{n}": n for n in range(count)} | {"t": True}})
    fields = [f"n.f{n}" for n in range(count)]
    assert await store.select("things", fields=fields) == [["a", *range(count)]]


async def test_only_what_meets_the_conditions_is_selected(store: DocumentStore) -> None:
    await store.put_many("things", [(f"{n}", {"n": n, "text": "ü\\\"'"}) for n in range(1200)])
    found = await store.select("things", Where("n", "gte", 100), fields=["text"])
    assert len(found) == 1100
    assert all(text == "ü\\\"'" for _, text in found)
    assert await store.select("things", eq("n", -1), fields=["text"]) == []
