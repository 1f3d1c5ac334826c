"""What tables, charts and comparisons of runs are made of, and what is done to many at once."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import Field, model_validator

from mllab.model.base import Page, Record, Timestamp
from mllab.model.tracking import Lifecycle, Number, RunStatus

LONGEST_CELL = 500
"""Characters of a param or tag in tables and comparisons; the run itself has it whole."""

MOST_SERIES, MOST_BUCKETS_IN_ALL = 200, 60_000


class DatasetName(Record):
    """Which dataset a run read."""

    name: str
    digest: str


class RunRow(Record):
    """One line of a table of runs: the asked-for keys only, long texts cut (they end in `…`).

    `metrics` holds the latest values.
    """

    id: str
    experiment_id: str
    name: str
    user: str
    status: RunStatus
    lifecycle: Lifecycle
    started_at: Timestamp
    ended_at: Timestamp | None = None
    params: dict[str, str] = {}
    metrics: dict[str, Number] = {}
    tags: dict[str, str] = {}
    datasets: list[DatasetName] = []


class RunTable(Page[RunRow]):
    """A page of runs; `total` counts all that meet the filter."""

    total: int


class ColumnKind(StrEnum):
    """Where a key was logged."""

    PARAM = "param"
    METRIC = "metric"
    TAG = "tag"


class Column(Record):
    """A key that was seen in some runs, of which `runs` have it.

    `differs`: not all runs agree on it (one that lacks it differs). `least` and `most` are of
    a metric's finite latest values.
    """

    kind: ColumnKind
    key: str
    runs: int
    differs: bool
    least: float | None = None
    most: float | None = None


class Columns(Page[Column]):
    """A page of keys; `total` counts the keys that were asked for, `runs` the runs behind."""

    total: int
    runs: int


class ComparedKey(Record):
    """A key with its value in each of the compared runs, in their order; None where missing."""

    kind: ColumnKind
    key: str
    differs: bool
    values: list[str | Number | None]


class Comparison(Page[ComparedKey]):
    """Runs side by side: `runs` with their attributes, then key by key."""

    runs: list[RunRow]
    total: int


class SeriesWish(Record):
    """A metric of a run; with `since` only its points beyond that x."""

    run: str = Field(min_length=1, max_length=100)
    key: str = Field(min_length=1, max_length=250)
    since: float | None = Field(default=None, allow_inf_nan=False)


class SeriesQuestion(Record):
    """Which metrics a chart shows, over which part of its x axis, how finely."""

    series: list[SeriesWish] = Field(min_length=1, max_length=MOST_SERIES)
    x: Literal["step", "time"] = "step"
    x_from: float | None = Field(default=None, allow_inf_nan=False)
    x_to: float | None = Field(default=None, allow_inf_nan=False)
    buckets: int = Field(default=600, ge=1, le=5000)

    @model_validator(mode="after")
    def _in_order(self) -> SeriesQuestion:
        if self.x_from is not None and self.x_to is not None and self.x_from > self.x_to:
            raise ValueError("x_from lies behind x_to")
        return self

    @property
    def buckets_each(self) -> int:
        """Return how many buckets each series gets, so that all fit into one answer."""
        return max(1, min(self.buckets, MOST_BUCKETS_IN_ALL // len(self.series)))


class OddBucket(Record):
    """A bucket (its place in the lists) in which points are no finite numbers."""

    bucket: int
    nan: int
    infinite: int


class Series(Record):
    """A metric's points in buckets along x, one place of the lists for each that has points.

    `x` is that of the bucket's last point (a step, or milliseconds since the epoch); `last`,
    `min` and `max` are of its finite values, None when it has none; `odd` names the buckets
    with others. `exact`: each point has its own bucket. `points` counts all points of the
    metric, also those outside of what was asked.
    """

    run: str
    key: str
    points: int
    exact: bool
    x: list[int] = []
    last: list[float | None] = []
    min: list[float | None] = []
    max: list[float | None] = []
    count: list[int] = []
    odd: list[OddBucket] = []


class SeriesAnswer(Record):
    """The series in the order in which they were asked for."""

    series: list[Series]


RunIds = list[str]


class ManyRuns(Record):
    """Runs to which one thing is to be done."""

    runs: RunIds = Field(min_length=1, max_length=1000)


class ManyRunsTags(ManyRuns):
    """Tags for several runs; null removes one."""

    tags: dict[str, str | None] = Field(min_length=1, max_length=100)


class RunOutcome(Record):
    """What became of one run; `error` is the code of what went wrong, None if nothing did."""

    run: str
    error: str | None = None
    message: str | None = None


class RunOutcomes(Record):
    """What became of each run, in the order in which they were named."""

    items: list[RunOutcome]
    failed: int


class Notes(Record):
    """What a person changes of a run or an experiment; what is not given stays.

    `note` is Markdown (MLflow's tag `mlflow.note.content`), empty removes it; a tag that is
    null is removed.
    """

    name: str | None = Field(default=None, min_length=1, max_length=500)
    note: str | None = Field(default=None, max_length=100_000)
    tags: dict[str, str | None] = Field(default={}, max_length=100)
