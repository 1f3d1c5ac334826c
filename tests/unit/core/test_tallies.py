"""Requests added up, and latencies read off their classes."""

from __future__ import annotations

from collections import Counter

import pytest

from mllab.core.tallies import BOUNDS_MS, Tally, quantile, total


def tally(*latencies: int | None, code_class: str = "2xx") -> Tally:
    found = Tally()
    for latency in latencies:
        found.add(code_class, 1, 2, latency)
    return found


def test_requests_are_counted_by_class_with_their_bytes() -> None:
    whole = total([tally(1, 2), tally(None, code_class="1xx"), tally(3, code_class="5xx")])
    assert whole.classes == {"2xx": 2, "1xx": 1, "5xx": 1}
    assert (whole.requests, whole.errors, whole.bytes_in, whole.bytes_out) == (4, 1, 4, 8)
    assert (whole.latency_ms, whole.latencies.total()) == (6, 3)


def test_equal_requests_count_at_once() -> None:
    found = Tally()
    found.add("2xx", 10, 20, 5, times=1000)
    assert (found.requests, found.bytes_in, found.latency_ms) == (1000, 10_000, 5000)


@pytest.mark.parametrize("share", [0.5, 0.95, 0.99])
def test_a_quantile_is_near_the_true_one(share: float) -> None:
    found = quantile(tally(*range(1, 1001)).latencies, share)
    assert found == pytest.approx(share * 1000, rel=0.2)


def test_without_requests_there_is_no_quantile() -> None:
    assert quantile(Counter(), 0.5) is None


def test_what_took_for_ever_counts_in_the_last_class() -> None:
    found = tally(10**9)
    assert quantile(found.latencies, 0.99) is not None
    assert found.within(BOUNDS_MS[-1]) == 1
    assert found.within(1000) == 0
