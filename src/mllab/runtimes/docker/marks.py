"""Marks in a container's output: which byte each of some lines began at, by the line's time.

The Engine finds a place in a log by time only, and counts no bytes. So whoever reads leaves
marks behind, in a file too, as a lab that is started again can no longer count what the
Engine has dropped meanwhile. Knows no Engine and no containers but their ids.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

EVERY = 1 << 18
"""Bytes between two marks."""
_MOST = 1000


@dataclass(frozen=True, order=True)
class Mark:
    """The line that began at byte `offset` was written at `moment`, as the Engine writes times."""

    offset: int
    moment: str


class Marks:
    """The marks of one container, in order of both."""

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self.all: list[Mark] = []
        """In order."""
        if file is not None and file.exists():
            for line in file.read_text().splitlines():
                offset, _, moment = line.partition(" ")
                if offset.isdigit() and moment.endswith("Z"):  # a crash may have cut the last one
                    self.all.append(Mark(int(offset), moment))

    @property
    def last(self) -> Mark | None:
        """The furthest one."""
        return self.all[-1] if self.all else None

    def before(self, offset: int) -> Mark | None:
        """Return the last mark at or before a byte."""
        place = bisect_right(self.all, offset, key=lambda mark: mark.offset)
        return self.all[place - 1] if place else None

    def since(self, moment: str) -> Mark | None:
        """Return the first mark at or after a time."""
        place = bisect_left(self.all, moment, key=lambda mark: mark.moment)
        return self.all[place] if place < len(self.all) else None

    def note(self, offset: int, moment: str) -> None:
        """Take a line that nobody marked before, if it lies far enough from the last one."""
        last = self.last
        if last is None or (offset >= last.offset + EVERY and moment > last.moment):
            self._add(Mark(offset, moment))

    def anchor(self, moment: str) -> Mark:
        """Mark the first line that is left where all marked ones were dropped.

        How many bytes went is not known: more than were counted.
        """
        last = self.last
        found = Mark(last.offset + 2 * EVERY if last else 0, moment)
        self._add(found)
        return found

    def _add(self, mark: Mark) -> None:
        self.all.append(mark)
        if self._file is not None:
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with self._file.open("a") as file:
                file.write(f"{mark.offset} {mark.moment}\n")


class AllMarks:
    """Those of all containers; the ones that were used last are kept in memory."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._kept: OrderedDict[str, Marks] = OrderedDict()

    def of(self, id: str) -> Marks:
        """Return a container's marks."""
        if id not in self._kept:
            self._kept[id] = Marks(self._folder / id if self._folder else None)
        self._kept.move_to_end(id)
        while len(self._kept) > _MOST:
            self._kept.popitem(last=False)
        return self._kept[id]

    def forget(self, id: str) -> None:
        """Drop those of a container that is gone. Repeatable."""
        self._kept.pop(id, None)
        if self._folder is not None:
            (self._folder / id).unlink(missing_ok=True)

    def keep_only(self, ids: Collection[str]) -> None:
        """Drop those of all other containers."""
        known = set(self._kept)
        if self._folder is not None and self._folder.is_dir():
            known |= {file.name for file in self._folder.iterdir()}
        for id in known - set(ids):
            self.forget(id)
