"""How every benchmark reports: a table for people, one JSON object as the last line."""

from __future__ import annotations

import json
import statistics
from collections.abc import Mapping, Sequence


def report(samples: Mapping[str, Sequence[float]], aims: Mapping[str, str]) -> None:
    """Print median, least, most and aim of each figure, then the medians as JSON."""
    print(f"{'figure':<20} {'median':>9} {'least':>9} {'most':>9}  aim")
    for name, values in samples.items():
        middle = statistics.median(values)
        print(f"{name:<20} {middle:>9.2f} {min(values):>9.2f} {max(values):>9.2f}  {aims[name]}")
    print(json.dumps({name: round(statistics.median(v), 2) for name, v in samples.items()}))
