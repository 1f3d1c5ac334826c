"""The protocol's calls on runs, metrics, parameters and tags."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from mllab.api.mlflow import wire
from mllab.api.mlflow.calls import READ, WRITE, Ask, Call, Int64, Json, Of, Pair
from mllab.api.mlflow.experiments import Search, ViewType
from mllab.core.matching import cut_page
from mllab.core.tracking.points import thin
from mllab.errors import InvalidInput
from mllab.model.tracking import DatasetInput, Metric, ModelUse, RunBatch, RunStatus

_MOST_RUNS_AT_ONCE = 100


class _ById(Ask):
    run_id: str = ""
    run_uuid: str = ""

    @property
    def id(self) -> str:
        return self.run_id or self.run_uuid


class _Create(Ask):
    experiment_id: str = "0"
    user_id: str = ""
    run_name: str = ""
    start_time: Int64 | None = None
    tags: list[Pair] = []


class _Update(_ById):
    status: RunStatus | None = None
    end_time: Int64 | None = None
    run_name: str = ""


class _Search(Search):
    experiment_ids: list[str] = []
    run_view_type: ViewType = ViewType.ACTIVE_ONLY


class _Point(Ask):
    key: str = ""
    value: float | None = None
    timestamp: Int64 = 0
    step: Int64 = 0
    model_id: str | None = None
    dataset_name: str | None = None
    dataset_digest: str | None = None

    @property
    def metric(self) -> Metric:
        if self.value is None:
            raise InvalidInput("Missing value for required parameter 'value'.")
        return Metric(
            key=self.key,
            value=self.value,
            timestamp_ms=self.timestamp,
            step=self.step,
            model_id=self.model_id,
            dataset_name=self.dataset_name,
            dataset_digest=self.dataset_digest,
        )


class _LogMetric(_ById, _Point):
    pass


class _LogPair(_ById, Pair):
    pass


class _Batch(_ById):
    metrics: list[_Point] = []
    params: list[Pair] = []
    tags: list[Pair] = []


class _Dataset(Ask):
    name: str = Field(default="", max_length=500)
    digest: str = Field(default="", max_length=500)
    source_type: str = Field(default="", max_length=500)
    source: str = Field(default="", max_length=100_000)
    columns: str | None = Field(default=None, alias="schema", max_length=1_048_575)
    profile: str | None = Field(default=None, max_length=16_777_215)


class _DatasetInput(Ask):
    tags: list[Pair] = []
    dataset: _Dataset = _Dataset()

    @property
    def record(self) -> DatasetInput:
        facts = self.dataset.model_dump()
        return DatasetInput(**facts, tags=dict(tag.pair for tag in self.tags))


class _Use(Ask):
    model_id: str = ""
    step: Int64 = 0

    @property
    def record(self) -> ModelUse:
        return ModelUse(model_id=self.model_id, step=self.step)


class _Inputs(_ById):
    datasets: list[_DatasetInput] = Field(default=[], max_length=1000)
    models: list[_Use] = Field(default=[], max_length=1000)


class _History(_ById):
    metric_key: str = ""
    max_results: Int64 | None = None
    page_token: str | None = None


class _Bulk(Ask):
    run_ids: list[str] = []
    metric_key: str = ""
    start_step: Int64 | None = None
    end_step: Int64 | None = None
    max_results: Int64 = 2500


async def _create(of: Of[_Create]) -> Json:
    """Begin a run."""
    ask = of.ask
    made = await of.core.tracking.runs.create(
        of.who,
        of.project,
        ask.experiment_id,
        name=ask.run_name,
        user=ask.user_id,
        started_ms=ask.start_time,
        tags=[tag.pair for tag in ask.tags],
    )
    return {"run": wire.run(made)}


async def _get(of: Of[_ById]) -> Json:
    """Return a run."""
    return {"run": wire.run(await of.core.tracking.runs.get(of.who, of.project, of.ask.id))}


async def _update(of: Of[_Update]) -> Json:
    """Change status, end or name of a run."""
    ask = of.ask
    changed = await of.core.tracking.runs.update(
        of.who,
        of.project,
        ask.id,
        status=ask.status,
        ended_ms=ask.end_time,
        name=ask.run_name,
    )
    return {"run_info": wire.run_info(changed)}


async def _delete(of: Of[_ById]) -> Json:
    """Mark a run as deleted."""
    await of.core.tracking.runs.delete(of.who, of.project, of.ask.id)
    return {}


async def _restore(of: Of[_ById]) -> Json:
    """Take back the deletion of a run."""
    await of.core.tracking.runs.restore(of.who, of.project, of.ask.id)
    return {}


async def _search(of: Of[_Search]) -> Json:
    """Return a page of runs."""
    question = of.ask.question(50_000, 1000, of.ask.run_view_type.lifecycle)
    found, cursor = await of.core.tracking.runs.search(
        of.who, of.project, of.ask.experiment_ids, question
    )
    return wire.page("runs", [wire.run(one) for one in found], cursor)


async def _log_metric(of: Of[_LogMetric]) -> Json:
    """Log one point of a metric."""
    return await _log(of, of.ask.id, RunBatch(metrics=[of.ask.metric]))


async def _log_param(of: Of[_LogPair]) -> Json:
    """Log a parameter; it never changes."""
    return await _log(of, of.ask.id, RunBatch(params=[of.ask.pair]))


async def _set_tag(of: Of[_LogPair]) -> Json:
    """Set a tag of a run."""
    return await _log(of, of.ask.id, RunBatch(tags=[of.ask.pair]))


async def _log_batch(of: Of[_Batch]) -> Json:
    """Log points, parameters and tags in one go."""
    ask = of.ask
    batch = RunBatch(
        metrics=[point.metric for point in ask.metrics],
        params=[param.pair for param in ask.params],
        tags=[tag.pair for tag in ask.tags],
    )
    return await _log(of, ask.id, batch)


async def _log(of: Of[Any], id: str, batch: RunBatch) -> Json:
    await of.core.tracking.runs.log(of.who, of.project, id, batch)
    return {}


async def _delete_tag(of: Of[_LogPair]) -> Json:
    """Remove a tag of a run."""
    await of.core.tracking.runs.delete_tag(of.who, of.project, of.ask.id, of.ask.key)
    return {}


async def _log_inputs(of: Of[_Inputs]) -> Json:
    """Log the datasets and models that a run read."""
    await of.core.tracking.runs.log_uses(
        of.who,
        of.project,
        of.ask.id,
        datasets=[one.record for one in of.ask.datasets],
        inputs=[one.record for one in of.ask.models],
    )
    return {}


async def _log_outputs(of: Of[_Inputs]) -> Json:
    """Log the models that a run made."""
    outputs = [one.record for one in of.ask.models]
    await of.core.tracking.runs.log_uses(of.who, of.project, of.ask.id, outputs=outputs)
    return {}


async def _history(of: Of[_History]) -> Json:
    """Return the points of a metric."""
    ask = of.ask
    found = await of.core.tracking.runs.history(of.who, of.project, ask.id, ask.metric_key)
    if ask.max_results is not None and ask.max_results < 1:
        raise InvalidInput("Invalid value for parameter 'max_results': at least 1.")
    page, cursor = cut_page(found, ask.max_results or max(1, len(found)), ask.page_token)
    return wire.page("metrics", [wire.metric(one) for one in page], cursor)


async def _bulk(of: Of[_Bulk]) -> Json:
    """Return a sample of a metric's points for several runs."""
    ask = of.ask
    if not 1 <= len(ask.run_ids) <= _MOST_RUNS_AT_ONCE or not 1 <= ask.max_results <= 25_000:
        raise InvalidInput(f"Ask for 1 to {_MOST_RUNS_AT_ONCE} runs and 1 to 25000 points each.")
    low = -(2**63) if ask.start_step is None else ask.start_step
    high = 2**63 if ask.end_step is None else ask.end_step
    if low > high:
        raise InvalidInput(f"end_step {high} lies before start_step {low}.")
    answer: list[Json] = []
    for id in sorted(ask.run_ids):
        found = await of.core.tracking.runs.history(of.who, of.project, id, ask.metric_key)
        within = [point for point in found if low <= point.step <= high]
        answer += [wire.metric(point, id) for point in thin(within, ask.max_results)]
    return {"metrics": answer}


CALLS = [
    Call("POST", "runs/create", WRITE, _Create, _create),
    Call("GET", "runs/get", READ, _ById, _get),
    Call("POST", "runs/update", WRITE, _Update, _update),
    Call("POST", "runs/delete", WRITE, _ById, _delete),
    Call("POST", "runs/restore", WRITE, _ById, _restore),
    Call("POST", "runs/search", READ, _Search, _search),
    Call("POST", "runs/log-metric", WRITE, _LogMetric, _log_metric),
    Call("POST", "runs/log-parameter", WRITE, _LogPair, _log_param),
    Call("POST", "runs/set-tag", WRITE, _LogPair, _set_tag),
    Call("POST", "runs/delete-tag", WRITE, _LogPair, _delete_tag),
    Call("POST", "runs/log-batch", WRITE, _Batch, _log_batch),
    Call("POST", "runs/log-inputs", WRITE, _Inputs, _log_inputs),
    Call("POST", "runs/outputs", WRITE, _Inputs, _log_outputs),
    Call("GET", "metrics/get-history", READ, _History, _history),
    Call("GET", "metrics/get-history-bulk-interval", READ, _Bulk, _bulk),
]
