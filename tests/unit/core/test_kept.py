"""Answers that are kept for a while: bounded by weight and by age."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from mllab.core.tracking.kept import Kept


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2030, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def test_an_answer_grows_too_old() -> None:
    clock = Clock()
    kept: Kept[str] = Kept(clock, most=10)
    kept.put("question", "answer", weight=1, most_s=5)
    clock.now += timedelta(seconds=5)
    assert kept.get("question") == "answer"
    clock.now += timedelta(seconds=1)
    assert kept.get("question") is None


def test_the_longest_unused_goes_first() -> None:
    kept: Kept[str] = Kept(Clock(), most=10)
    for name in "abc":
        kept.put(name, name, weight=4 if name == "c" else 3, most_s=5)
    assert kept.get("a") == "a"
    kept.put("d", "d", weight=3, most_s=5)
    assert [kept.get(name) for name in "abcd"] == ["a", None, "c", "d"]


def test_what_weighs_too_much_is_not_kept() -> None:
    kept: Kept[str] = Kept(Clock(), most=10)
    kept.put("a", "old", weight=1, most_s=5)
    kept.put("a", "new", weight=11, most_s=5)
    assert kept.get("a") is None
    kept.put("a", "again", weight=10, most_s=5)
    assert kept.get("a") == "again"
