"""The file that is looked at: its first bytes, and working copies of them.

Never more than `HEAD` of it is read into memory, unpacked or not.
"""

from __future__ import annotations

import gzip
import zlib
from dataclasses import dataclass
from pathlib import Path

HEAD = 8 << 20
LONGEST_LINE = 1 << 20
"""Bytes of a line beyond which nothing is a table."""

_SNIFF = 8192


class Unreadable(Exception):
    """The file is not what its name says, or asks for too much; the text says which."""


@dataclass(frozen=True)
class Source:
    """One file, and how many rows of it are wanted."""

    path: Path
    name: str
    size_bytes: int
    rows: int
    folder: Path

    @property
    def is_packed(self) -> bool:
        """Whether the bytes are gzip's, whatever the name says."""
        return self.first(2) == b"\x1f\x8b"

    def head(self, most: int = HEAD) -> tuple[bytes, bool]:
        """Return the first bytes, unpacked, and whether they are all.

        Raises:
            Unreadable: broken gzip.
        """
        try:
            with gzip.open(self.path) if self.is_packed else self.path.open("rb") as file:
                data = file.read(most + 1)
        except (EOFError, OSError, zlib.error) as exc:
            raise Unreadable("The file is cut off or broken.") from exc
        whole = len(data) <= most and (self.is_packed or self.size_bytes <= most)
        return data[:most], whole

    def text(self) -> tuple[str, bool]:
        """Return the first bytes as text up to a line's end, and whether they are all."""
        data, whole = self.head()
        end = data.rfind(b"\n") + 1
        if not whole and len(data) - end < LONGEST_LINE:
            data = data[:end]  # the last line is cut off; a very long one stays, to be seen
        encoding = "utf-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
        return data.decode(encoding, errors="replace"), whole

    def copy(self, text: str, ending: str) -> Path:
        """Write a working copy and return its path."""
        path = self.folder / f"copy.{ending}"
        path.write_text(text, encoding="utf-8", newline="")
        return path

    def looks_like_text(self) -> bool:
        """Tell whether the first bytes hold no NUL: then they may be shown as text."""
        first = self.first(_SNIFF)
        return first[:2] in {b"\xff\xfe", b"\xfe\xff"} or b"\0" not in first

    def first(self, count: int) -> bytes:
        """Return the first bytes as they are."""
        with self.path.open("rb") as file:
            return file.read(count)
