"""`Experiment`: one run as the original client showed it, kept in the lab's tracking.

What is logged goes to the lab at once (`auto_sync`) or with `sync_exp`, and always into
`experiment.json` in the experiment's folder. Without a lab only that file is written.
"""

from __future__ import annotations

import inspect
import json
import logging
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from mllab.client.run_log import RunLog
from mllab.client.unsent import Unsent
from mllab.errors import InvalidInput, LabError, Unavailable

if TYPE_CHECKING:
    from mllab.client.environment import Environment

log = logging.getLogger("mllab.client")
Function = Callable[..., Any]


class Figure(Protocol):
    """What matplotlib's figures can do."""

    def savefig(self, fname: str) -> object:
        """Write the figure to a file."""
        ...


class ExperimentState:
    """Where an experiment is."""

    INITIALIZED = "initialized"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


_ENDS = {
    ExperimentState.COMPLETED: "FINISHED",
    ExperimentState.FAILED: "FAILED",
    ExperimentState.INTERRUPTED: "KILLED",
}


class Experiment:
    """One run of an experiment; make it with `Environment.create_experiment`."""

    def __init__(
        self,
        env: Environment,
        name: str,
        *,
        auto_sync: bool = True,
        track_file_events: bool = True,
    ) -> None:
        self._env = env
        self.name = name
        began = datetime.now().strftime("%Y-%m-%d-%H-%M-%S-%f")
        self.key = f"{began}_{re.sub(r'[^a-z0-9]+', '-', name.lower()).strip('-')[:60]}"
        self.auto_sync = auto_sync
        self.status = ExperimentState.INITIALIZED
        self.result: str | None = None
        self.params: dict[str, Any] = {}
        self.metrics: dict[str, Any] = {}
        self.others: dict[str, Any] = {}
        self.inputs: list[str] = []
        self.outputs: list[str] = []
        self._artifacts: dict[str, Any] = {}
        self._unsent = Unsent()
        self._run: RunLog | None = None
        if track_file_events:
            env.file_handler.on_file_requested.append(self.log_input)
            env.file_handler.on_file_uploaded.append(self.log_output)

    @property
    def output_path(self) -> str:
        """Return the experiment's own folder."""
        folder = Path(self._env.experiments_folder) / self.key
        folder.mkdir(parents=True, exist_ok=True)
        return str(folder)

    @property
    def run_id(self) -> str | None:
        """Return the run's id in the lab; None before the first sync and without a lab."""
        return self._run.id if self._run else None

    def create_file_path(self, filename: str) -> str:
        """Return the path of a new file in the experiment's folder; its folder exists."""
        path = Path(self.output_path) / filename
        path.parent.mkdir(parents=True, exist_ok=True)
        return str(path)

    def run_exp(
        self,
        exp_function: Function | Sequence[Function],
        params: Mapping[str, Any] | None = None,
        artifacts: Mapping[str, Any] | None = None,
    ) -> Any:
        """Run one function or several in order, and return the last one's result.

        Each is given those of `exp params artifacts config log` that it names. The result
        completes the experiment; an exception fails it and passes on.
        """
        self._artifacts.update(artifacts or {})
        self.log_params(dict(params or {}))
        self.status = ExperimentState.RUNNING
        self._sync_if_possible()
        functions = [exp_function] if callable(exp_function) else list(exp_function)
        result: Any = None
        try:
            for function in functions:
                result = self._call(function)
        except BaseException as exc:
            stopped = isinstance(exc, KeyboardInterrupt)
            self._end(ExperimentState.INTERRUPTED if stopped else ExperimentState.FAILED)
            raise
        self.set_completed(None if result is None else str(result))
        return result

    def log_param(self, name: str, value: Any) -> None:
        """Set a parameter."""
        self.log_params({name: value})

    def log_params(self, params: Mapping[str, Any]) -> None:
        """Set parameters. One that changes later stays in the lab as it was; the new value
        is kept there as the tag `param.<name>`.
        """
        self.params.update(params)
        self._unsent.add_params(params)
        self._logged()

    def log_metric(self, name: str, value: Any, step: int | None = None) -> None:
        """Log a metric; without `step` its points are counted."""
        self.metrics[name] = value
        self._unsent.add_point(name, value, step)
        self._logged()

    def log_metrics(self, metrics: Mapping[str, Any], step: int | None = None) -> None:
        """Log several metrics."""
        for name, value in metrics.items():
            self.log_metric(name, value, step)

    def log_other(self, name: str, value: Any) -> None:
        """Log anything else, as text."""
        self.log_others({name: value})

    def log_others(self, others: Mapping[str, Any]) -> None:
        """Log several other things."""
        self.others.update(others)
        self._unsent.tags.update({name: str(value) for name, value in others.items()})
        self._logged()

    def log_artifact(self, artifact_key: str, artifact: Any = None) -> None:
        """Log a file or folder (a path) with its bytes, any other object by a description."""
        source = artifact_key if artifact is None else artifact
        path = Path(source) if isinstance(source, str | Path) else None
        name = Path(artifact_key).name if artifact is None else artifact_key.strip("/")
        if path and path.exists():
            self._unsent.add_files(path, name)
        elif artifact is None:
            raise InvalidInput(f"There is no file {artifact_key!r}.")
        else:
            self._unsent.tags[f"artifact.{artifact_key}"] = _description(artifact)
        self._logged()

    def add_artifact(self, artifact_key: str, artifact: Any) -> None:
        """Keep an object for `get_artifact` and log it."""
        self._artifacts[artifact_key] = artifact
        self.log_artifact(artifact_key, artifact)

    def get_artifact(self, artifact_key: str) -> Any:
        """Return an object that was added."""
        return self._artifacts[artifact_key]

    def log_figure(self, figure: Figure, name: str | None = None) -> None:
        """Log a figure (anything with `savefig`) as a PNG file."""
        stem = name or f"figure-{datetime.now():%Y-%m-%d-%H-%M-%S-%f}"
        path = self.create_file_path(f"figures/{stem}.png")
        figure.savefig(path)
        self.log_artifact(f"figures/{stem}.png", path)

    def log_input(self, file_key: str) -> None:
        """Log a file of the lab that was read."""
        if file_key not in self.inputs:
            self.inputs.append(file_key)
            handler = self._env.file_handler
            plain = handler.remove_version_from_key(file_key)
            self._unsent.add_input(plain, handler.get_version_from_key(file_key))
            self._logged()

    def log_output(self, file_key: str) -> None:
        """Log a file of the lab that was made."""
        if file_key not in self.outputs:
            self.outputs.append(file_key)
            self._unsent.tags["lab.outputs"] = json.dumps(self.outputs)
            self._logged()

    log_input_file = log_input
    log_output_file = log_output

    def set_completed(self, result: str | None = None) -> None:
        """End the experiment well; `run_exp` does this itself."""
        self.result = result
        if result is not None:
            self._unsent.tags["result"] = result
        self._end(ExperimentState.COMPLETED)

    def sync_exp(self, upload_resources: bool = True) -> None:
        """Bring the lab, if there is one, and the local file up to date."""
        if self._env.project_client is not None:
            self._unsent.send(self._run or self._begin(), with_files=upload_resources)
        path = Path(self.output_path) / "experiment.json"
        path.write_text(json.dumps(self._facts(), indent=2, default=str))

    def print_info(self) -> None:
        """Print what is known of the experiment."""
        sys.stdout.write(json.dumps(self._facts(), indent=2, default=str) + "\n")

    def _begin(self) -> RunLog:
        lab, project = self._env.lab, self._env.project
        assert lab is not None  # noqa: S101
        self._run = RunLog(lab.http, project, self.name, self.key)
        return self._run

    def _logged(self) -> None:
        if self.auto_sync:
            self._sync_if_possible()

    def _sync_if_possible(self) -> None:
        try:
            self.sync_exp()
        except Unavailable as exc:
            # A training shall not die of a lab that restarts; what is unsent goes later.
            log.warning("Not sent yet: %s", exc.message)

    def _end(self, status: str) -> None:
        self.status = status
        for listeners, own in (
            (self._env.file_handler.on_file_requested, self.log_input),
            (self._env.file_handler.on_file_uploaded, self.log_output),
        ):
            if own in listeners:
                listeners.remove(own)
        if status == ExperimentState.COMPLETED:
            self.sync_exp()
            self._finish(_ENDS[status])
            return
        # The reason of the failure is on its way up and must not be hidden by another one.
        self._sync_if_possible()
        with suppress(LabError):
            self._finish(_ENDS[status])

    def _finish(self, status: str) -> None:
        if self._run:
            self._run.finish(status)

    def _call(self, function: Function) -> Any:
        offered = {
            "exp": self,
            "params": self.params,
            "artifacts": self._artifacts,
            "config": self.params,
            "log": log,
        }
        wanted = inspect.signature(function).parameters.values()
        if any(each.kind is inspect.Parameter.VAR_KEYWORD for each in wanted):
            return function(**offered)
        names = [each.name for each in wanted]
        return function(**{name: offered[name] for name in names if name in offered})

    def _facts(self) -> dict[str, Any]:
        return {
            "key": self.key,
            "name": self.name,
            "project": self._env.project,
            "status": self.status,
            "result": self.result,
            "run_id": self.run_id,
            "params": self.params,
            "metrics": self.metrics,
            "others": self.others,
            "inputs": self.inputs,
            "outputs": self.outputs,
            "path": self.output_path,
        }


def _description(artifact: Any) -> str:
    kind = type(artifact)
    text = f"{kind.__module__}.{kind.__qualname__}"
    shape = getattr(artifact, "shape", None)
    if isinstance(shape, tuple):
        return f"{text}, shape {shape}"
    return f"{text}, length {len(artifact)}" if hasattr(artifact, "__len__") else text
