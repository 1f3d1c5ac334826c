"""Metric histories for charts: many points put into a few hundred buckets.

A bucket keeps its last value and the extremes, so that no peak is lost; what is no finite
number is counted apart, because no axis has a place for it.
"""

from __future__ import annotations

import asyncio
import math
from collections import defaultdict
from collections.abc import Sequence

from mllab.core.permissions import Access, Action
from mllab.core.tracking.points import Point, Points
from mllab.core.tracking.run_search import RunSearch
from mllab.errors import NotFound
from mllab.model.accounts import Principal
from mllab.model.run_table import OddBucket, Series, SeriesAnswer, SeriesQuestion, SeriesWish


class Charts:
    """Series of the metrics of one project's runs."""

    def __init__(self, access: Access, finder: RunSearch, points: Points) -> None:
        self._access = access
        self._finder = finder
        self._points = points

    async def series(self, who: Principal, project: str, ask: SeriesQuestion) -> SeriesAnswer:
        """Return the asked-for series; one without points is empty.

        Raises:
            NotFound: one of the runs is not there.
        """
        await self._access.require(who, Action.EXPERIMENT_READ, project=project)
        await self._check_runs(project, ask.series)
        found = [await self._one(project, wish, ask) for wish in ask.series]
        return SeriesAnswer(series=found)

    async def _check_runs(self, project: str, wishes: Sequence[SeriesWish]) -> None:
        for id in {wish.run for wish in wishes}:
            if not await self._finder.exists(project, id):
                raise NotFound("run", id)

    async def _one(self, project: str, wish: SeriesWish, ask: SeriesQuestion) -> Series:
        points = await self._points.plain(project, wish.run, wish.key)
        return await asyncio.to_thread(in_buckets, points, wish, ask)


def in_buckets(points: Sequence[Point], wish: SeriesWish, ask: SeriesQuestion) -> Series:
    """Return one metric's points (time, step, value) in buckets of equal width along x."""
    low = -math.inf if ask.x_from is None else ask.x_from
    high = math.inf if ask.x_to is None else ask.x_to
    beyond = -math.inf if wish.since is None else wish.since
    by_step = ask.x == "step"
    turned = (
        (step, time, value) if by_step else (time, step, value) for time, step, value in points
    )
    chosen = [p for p in turned if low <= p[0] <= high and p[0] > beyond]
    groups = _groups(chosen, ask)
    exact = len(groups) == len(chosen)
    series = Series(run=wish.run, key=wish.key, points=len(points), exact=exact)
    for group in groups:
        _add(series, group)
    return series


_Chosen = tuple[int, int, float]


def _groups(chosen: Sequence[_Chosen], ask: SeriesQuestion) -> list[list[_Chosen]]:
    """Return the points bucket by bucket along x, each sorted; empty buckets are left out."""
    if len(chosen) <= ask.buckets_each:
        return [[point] for point in sorted(chosen)]
    first, last = min(x for x, *_ in chosen), max(x for x, *_ in chosen)
    width = (last - first + 1) / ask.buckets_each
    groups: dict[int, list[_Chosen]] = defaultdict(list)
    for point in chosen:
        groups[int((point[0] - first) / width)].append(point)
    return [sorted(groups[place]) for place in sorted(groups)]


def _add(series: Series, group: Sequence[_Chosen]) -> None:
    finite = [value for _, _, value in group if math.isfinite(value)]
    nan = sum(math.isnan(value) for _, _, value in group)
    if len(finite) < len(group):
        infinite = len(group) - len(finite) - nan
        series.odd.append(OddBucket(bucket=len(series.x), nan=nan, infinite=infinite))
    series.x.append(group[-1][0])
    series.last.append(finite[-1] if finite else None)
    series.min.append(min(finite, default=None))
    series.max.append(max(finite, default=None))
    series.count.append(len(group))
