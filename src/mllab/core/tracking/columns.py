"""Which params, metrics and tags the runs of some experiments have. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from mllab.core.tracking.bodies import unescape
from mllab.model.run_table import Column, ColumnKind
from mllab.stores.documents.base import Values

COLUMN_FIELDS = ("params", "metrics", "tags")
_KINDS = (ColumnKind.PARAM, ColumnKind.METRIC, ColumnKind.TAG)


@dataclass
class _Seen:
    """What was seen of one key so far."""

    first: Any
    runs: int = 0
    differs: bool = False
    least: float = math.inf
    most: float = -math.inf


@dataclass
class _Counted:
    keys: dict[str, _Seen] = field(default_factory=dict)

    def add(self, stored: dict[str, Any]) -> None:
        for name, value in stored.items():
            self._see(name, value)

    def add_metrics(self, stored: dict[str, Any]) -> None:
        for name, point in stored.items():
            if "word" in point:  # NaN and infinities
                self._see(name, point["word"])
                continue
            value = point["value"]
            seen = self._see(name, value)
            seen.least = min(seen.least, value)
            seen.most = max(seen.most, value)

    def _see(self, name: str, value: Any) -> _Seen:
        seen = self.keys.get(name)
        if seen is None:
            seen = self.keys[name] = _Seen(value)
        seen.runs += 1
        if value != seen.first:
            seen.differs = True
        return seen


def count_columns(rows: Sequence[Values]) -> list[Column]:
    """Return the keys of all rows of (id, params, metrics, tags), by kind and name."""
    counted = [_Counted() for _ in _KINDS]
    params, metrics, tags = counted
    for _, its_params, its_metrics, its_tags in rows:
        params.add(its_params)
        metrics.add_metrics(its_metrics)
        tags.add(its_tags)
    return [
        _column(kind, name, seen, len(rows))
        for kind, each in zip(_KINDS, counted, strict=True)
        for name, seen in sorted(each.keys.items(), key=lambda item: unescape(item[0]))
    ]


def _column(kind: ColumnKind, name: str, seen: _Seen, runs: int) -> Column:
    is_known = seen.least <= seen.most
    return Column(
        kind=kind,
        key=unescape(name),
        runs=seen.runs,
        differs=seen.differs or seen.runs < runs,
        least=seen.least if is_known else None,
        most=seen.most if is_known else None,
    )


def matching(columns: Iterable[Column], text: str, kind: ColumnKind | None) -> list[Column]:
    """Return the columns of a kind (None: any) whose key holds `text` in any case."""
    return [
        column
        for column in columns
        if (kind is None or column.kind is kind) and text.lower() in column.key.lower()
    ]
