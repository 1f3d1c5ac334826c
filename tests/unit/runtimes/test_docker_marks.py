"""Places in a container's output, by the times of its lines: without an Engine."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from mllab.runtimes.base import LogPart
from mllab.runtimes.docker.logs import Placer
from mllab.runtimes.docker.marks import EVERY, AllMarks, Mark, Marks

LINE = 1 << 16
"""Bytes of each line: four lie between two marks."""


def moment(number: int) -> str:
    return f"2026-11-29T12:00:00.{number:09}Z"


def read(marks: Marks, offset: int, first: int, last: int) -> list[LogPart]:
    """Read from `offset` on where the Engine has lines `first` to `last`, each of LINE bytes."""
    placer = Placer(marks, offset)
    since = placer.since.partition(".")[2]
    begin = max(first, int(since) if since else 0)
    found: list[LogPart] = []
    for number in range(begin, last):
        found += placer.take(moment(number), b"x" * LINE)
    return found


@given(
    st.integers(1, 60), st.integers(0, 60), st.integers(0, 80), st.integers(1, 20), st.integers(0)
)
def test_places_stay_true_while_lines_are_dropped(
    counted: int, dropped: int, more: int, left: int, offset: int
) -> None:
    marks = Marks(None)
    read(marks, 0, 0, counted)
    first = min(dropped, counted - 1)  # a line that was counted is left
    if not any(mark.offset // LINE >= first for mark in marks.all):
        return  # but none that was marked
    parts = read(marks, offset % (counted * LINE), first, counted + more + left)
    assert parts[-1].end == (counted + more + left) * LINE
    assert all(part.offset % LINE == 0 for part in parts)


def test_where_all_marked_lines_were_dropped_places_go_on_behind_them() -> None:
    marks = Marks(None)
    read(marks, 0, 0, 10)
    parts = read(marks, 0, 100, 103)
    assert parts[0].offset > 10 * LINE
    assert read(marks, 0, 100, 103) == parts


def test_marks_outlive_the_lab(tmp_path: Path) -> None:
    marks = AllMarks(tmp_path / "marks").of("c1")
    read(marks, 0, 0, 50)
    with (tmp_path / "marks" / "c1").open("a") as file:
        file.write("12 2026")  # the lab died in the middle of a line
    again = AllMarks(tmp_path / "marks").of("c1")
    assert again.all == marks.all
    assert [mark.offset for mark in again.all[:3]] == [0, EVERY, 2 * EVERY]


def test_marks_go_with_their_containers(tmp_path: Path) -> None:
    every = AllMarks(tmp_path)
    for id in ("c1", "c2", "c3"):
        every.of(id).note(0, moment(1))
    every.forget("c1")
    every.forget("c1")
    AllMarks(tmp_path).keep_only({"c3"})
    assert [file.name for file in tmp_path.iterdir()] == ["c3"]
    assert AllMarks(tmp_path).of("c3").last == Mark(0, moment(1))
