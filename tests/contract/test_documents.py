"""What every document store owes (stores/documents/base.py)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from mllab.errors import InvalidInput, TooLarge, Unavailable
from mllab.stores.documents.base import (
    Body,
    Document,
    DocumentStore,
    RevisionConflict,
    Where,
    eq,
)

Opener = Callable[[], Awaitable[DocumentStore]]


async def test_a_document_comes_back_as_it_was_written(store: DocumentStore) -> None:
    body = {
        "text": "ünï\\u0000\n\"'%\U0001f600",
        "n": [1, -1.5, 2**63 - 1, None, {"": {}}],
        "on": True,
    }
    assert await store.put("things", "ü/'\"%", body) == 1
    assert await store.get("things", "ü/'\"%") == Document("ü/'\"%", 1, body)
    assert await store.get("things", "other") is None
    assert await store.get("others", "ü/'\"%") is None


async def test_a_revision_counts_the_changes(store: DocumentStore) -> None:
    assert [await store.put("things", "a", {"n": n}) for n in range(3)] == [1, 2, 3]
    assert await store.put("things", "a", {}, if_revision=3) == 4


@pytest.mark.parametrize("revision", [0, 1, 3, 2**70])
async def test_a_wrong_revision_changes_nothing(store: DocumentStore, revision: int) -> None:
    await store.put("things", "a", {})
    await store.put("things", "a", {"kept": True})
    with pytest.raises(RevisionConflict, match="read it again"):
        await store.put("things", "a", {}, if_revision=revision)
    assert await store.get("things", "a") == Document("a", 2, {"kept": True})


async def test_create_only_creates(store: DocumentStore) -> None:
    results = await asyncio.gather(
        *(store.put("things", "a", {"by": n}, if_revision=0) for n in range(10)),
        return_exceptions=True,
    )
    winners = [n for n, result in enumerate(results) if result == 1]
    assert sum(isinstance(result, RevisionConflict) for result in results) == 9
    assert await store.get("things", "a") == Document("a", 1, {"by": winners[0]})


async def test_replacing_what_is_not_there_is_a_conflict(store: DocumentStore) -> None:
    with pytest.raises(RevisionConflict):
        await store.put("things", "a", {}, if_revision=1)
    assert await store.get("things", "a") is None


async def test_concurrent_increments_all_count(store: DocumentStore) -> None:
    await store.put("things", "a", {"n": 0})

    async def increment() -> None:
        while True:
            found = await store.get("things", "a")
            assert found is not None
            try:
                body = {"n": found.body["n"] + 1}
                await store.put("things", "a", body, if_revision=found.revision)
            except RevisionConflict:
                continue
            return

    await asyncio.gather(*(increment() for _ in range(20)))
    assert await store.get("things", "a") == Document("a", 21, {"n": 20})


async def test_a_reader_never_sees_half_a_change(store: DocumentStore) -> None:
    await store.put("things", "a", {"left": 0, "fill": "0" * 100_000, "right": 0})

    async def write() -> None:
        for n in range(1, 30):
            await store.put("things", "a", {"left": n, "fill": str(n) * 50_000, "right": n})

    async def read() -> None:
        while not writing.done():
            found = await store.get("things", "a")
            assert found is not None
            assert found.body["left"] == found.body["right"]

    writing = asyncio.create_task(write())
    await asyncio.gather(writing, read(), read())


async def test_delete_tells_whether_there_was_one(store: DocumentStore) -> None:
    await store.put("things", "a", {})
    assert await store.delete("things", "a") is True
    assert await store.delete("things", "a") is False
    assert await store.delete("things", "a", if_revision=1) is False


async def test_delete_of_another_revision_is_a_conflict(store: DocumentStore) -> None:
    await store.put("things", "a", {})
    with pytest.raises(RevisionConflict):
        await store.delete("things", "a", if_revision=2)
    assert await store.delete("things", "a", if_revision=1) is True


async def test_put_many_replaces_what_is_there(store: DocumentStore) -> None:
    await store.put("things", "a", {"n": 1})
    await store.put_many("things", [("a", {"n": 2}), ("b", {"n": 3}), ("b", {"n": 4})])
    assert await store.get("things", "a") == Document("a", 2, {"n": 2})
    assert await store.get("things", "b") == Document("b", 2, {"n": 4})
    await store.put_many("things", [])


async def test_delete_where_needs_a_condition(store: DocumentStore) -> None:
    with pytest.raises(ValueError, match="condition"):
        await store.delete_where("things")


def nested(levels: int) -> Body:
    body: Body = {}
    for _ in range(levels):
        body = {"in": body}
    return body


BAD_BODIES: list[Body] = [
    {"a": "\ud800"},
    {"a": ["x\0y"]},
    {"x\0y": 1},
    {"\udfff": 1},
    {"a": 2**63},
    {"a": [-(2**63) - 1]},
    {"a": float("nan")},
    {"a": float("inf")},
    {"a": b"bytes"},
    nested(150),
    nested(5000),
]


@pytest.mark.parametrize("body", BAD_BODIES)
async def test_a_body_that_no_store_can_keep_is_bad_input(store: DocumentStore, body: Body) -> None:
    with pytest.raises(InvalidInput):
        await store.put("things", "a", body)
    with pytest.raises(InvalidInput):
        await store.put_many("things", [("b", {}), ("c", body)])
    assert await store.count("things") == 0


@pytest.mark.parametrize("value", ["\ud800", "x\0y", 2**63, float("nan"), {}, [], b"x"], ids=repr)
@pytest.mark.parametrize("op", ["eq", "ne", "lt", "has", "prefix"])
async def test_a_value_that_nothing_can_equal_is_bad_input(
    store: DocumentStore, op: Any, value: Any
) -> None:
    with pytest.raises(InvalidInput):
        await store.find("things", Where("kind", op, value))
    with pytest.raises(InvalidInput):
        await store.find("things", Where("kind", "in", [value]))


@pytest.mark.parametrize("field", ["", ".", "a..b", "a'b", 'a"b', "$a", "a.$b", "a\\b", "\ud800"])
async def test_a_field_that_cannot_be_is_bad_input(store: DocumentStore, field: str) -> None:
    with pytest.raises(InvalidInput):
        await store.find("things", order_by=field)
    with pytest.raises(InvalidInput):
        await store.find("things", eq(field, 1))


async def test_an_id_of_bad_unicode_is_bad_input(store: DocumentStore) -> None:
    for call in (store.get("things", "\ud800"), store.put("things", "\ud800", {})):
        with pytest.raises(InvalidInput):
            await call
    with pytest.raises(InvalidInput):
        await store.delete("things", "\ud800")


async def test_large_bodies_are_kept_and_too_large_ones_refused(store: DocumentStore) -> None:
    body = {"text": "x" * 15_000_000}
    await store.put("things", "a", body)
    found = await store.get("things", "a")
    assert found is not None
    assert found.body == body
    with pytest.raises(TooLarge):
        await store.put("things", "b", {"text": "ü" * 8_000_000})


async def test_an_unknown_collection_is_a_bug_not_an_answer(store: DocumentStore) -> None:
    with pytest.raises(ValueError, match="nonsense"):
        await store.get("nonsense", "a")


async def test_written_documents_are_there_after_a_restart(open_store: Opener) -> None:
    first = await open_store()
    waiting = [asyncio.ensure_future(first.put("things", str(n), {"n": n})) for n in range(50)]
    await asyncio.gather(*waiting)
    await first.close()
    await first.close()
    second = await open_store()
    assert await second.count("things") == 50


async def test_closing_finishes_what_was_accepted(open_store: Opener) -> None:
    first = await open_store()
    puts = [asyncio.create_task(first.put("things", str(n), {})) for n in range(50)]
    finds = [asyncio.create_task(first.find("things")) for _ in range(20)]
    await asyncio.sleep(0)
    await first.close()
    await asyncio.gather(*puts, *finds)
    assert await (await open_store()).count("things") == 50


async def test_a_closed_store_says_so(store: DocumentStore) -> None:
    await store.close()
    with pytest.raises(Unavailable):
        await store.get("things", "a")
    with pytest.raises(Unavailable):
        await store.put("things", "a", {})


async def test_a_cancelled_write_does_no_harm(store: DocumentStore) -> None:
    tasks = [asyncio.create_task(store.put("things", str(n), {})) for n in range(20)]
    await asyncio.sleep(0)
    for task in tasks[::2]:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert await store.put("things", "after", {}) == 1
    assert await store.count("things") >= 11
