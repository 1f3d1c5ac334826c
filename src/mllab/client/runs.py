"""Runs of a project by the many: tables, comparisons, charts' data, and bulk changes."""

from __future__ import annotations

import builtins
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Literal

from mllab.client.http import Http, part
from mllab.model.run_table import (
    Column,
    ComparedKey,
    Comparison,
    RunOutcomes,
    RunRow,
    Series,
    SeriesAnswer,
)
from mllab.model.tracking import Run


class Runs:
    """The runs of one project, over all its experiments or some (by their ids)."""

    def __init__(self, http: Http, project: str) -> None:
        self._http = http
        self._base = f"/projects/{project}/runs"

    def table(
        self,
        experiments: Sequence[str] = (),
        filter: str = "",
        order_by: Sequence[str] = (),
        columns: Sequence[str] = (),
        *,
        limit: int | None = None,
    ) -> builtins.list[RunRow]:
        """Return rows with the asked-for `columns` (such as `params.lr`); all for limit None."""
        ask = {
            "experiment": list(experiments),
            "filter": filter,
            "order_by": list(order_by),
            "columns": list(columns),
            "limit": min(limit or 1000, 1000),
        }
        items = islice(self._http.pages(self._base, **ask), limit)
        return [RunRow.model_validate(item) for item in items]

    def columns(self, experiments: Sequence[str] = (), text: str = "") -> builtins.list[Column]:
        """Return the params, metrics and tags that runs have; those whose key holds `text`."""
        ask = {"experiment": list(experiments), "q": text}
        return [
            Column.model_validate(one) for one in self._http.pages(f"{self._base}/columns", **ask)
        ]

    def compare(self, runs: Sequence[str], *, only_different: bool = False) -> Comparison:
        """Return up to 100 runs side by side, all keys on one page. Raises NotFound."""
        pages = list(self._comparisons(list(runs), only_different))
        items: builtins.list[ComparedKey] = [item for page in pages for item in page.items]
        return pages[0].model_copy(update={"items": items, "next_cursor": None})

    def _comparisons(self, runs: builtins.list[str], only_different: bool) -> Iterator[Comparison]:
        ask: dict[str, str | bool | builtins.list[str]] = {"run": runs, "differs": only_different}
        while True:
            found = self._http.json("GET", f"{self._base}/compare", params=ask)
            page = Comparison.model_validate(found)
            yield page
            if page.next_cursor is None:
                return
            ask["cursor"] = page.next_cursor

    def series(
        self,
        runs: Sequence[str],
        key: str,
        *,
        x: Literal["step", "time"] = "step",
        buckets: int = 600,
    ) -> builtins.list[Series]:
        """Return a metric of several runs in buckets along x, for a chart. Raises NotFound."""
        wishes = [{"run": run, "key": key} for run in runs]
        body = {"series": wishes, "x": x, "buckets": buckets}
        found = self._http.json("POST", f"{self._base}/series", json=body)
        return SeriesAnswer.model_validate(found).series

    def change(
        self,
        run: str,
        *,
        name: str | None = None,
        note: str | None = None,
        tags: Mapping[str, str | None] | None = None,
    ) -> Run:
        """Change what is given; a tag that is None is removed, an empty note too."""
        body = {"name": name, "note": note, "tags": dict(tags or {})}
        return Run.model_validate(self._http.json("PATCH", f"{self._base}/{part(run)}", json=body))

    def delete(self, runs: Sequence[str]) -> RunOutcomes:
        """Mark up to 1,000 runs as deleted; returns what became of each."""
        return self._many("delete", {"runs": list(runs)})

    def restore(self, runs: Sequence[str]) -> RunOutcomes:
        """Take back the deletion of runs; returns what became of each."""
        return self._many("restore", {"runs": list(runs)})

    def tag(self, runs: Sequence[str], tags: Mapping[str, str | None]) -> RunOutcomes:
        """Set tags of runs (None removes one); returns what became of each."""
        return self._many("tags", {"runs": list(runs), "tags": dict(tags)})

    def _many(self, verb: str, body: Mapping[str, object]) -> RunOutcomes:
        found = self._http.json("POST", f"{self._base}/{verb}", json=body)
        return RunOutcomes.model_validate(found)
