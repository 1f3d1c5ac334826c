"""What an experiment has logged and the lab does not have yet.

Survives a lab that is away: what could not be sent stays and goes with the next `send`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mllab.client.run_log import RunLog


class Unsent:
    """Parameters, points, tags, inputs and files on their way to a run."""

    def __init__(self) -> None:
        self.tags: dict[str, str] = {}
        self._params: dict[str, str] = {}
        self._sent_params: dict[str, str] = {}
        self._points: list[tuple[str, float, int]] = []
        self._steps: dict[str, int] = {}
        self._inputs: list[tuple[str, int]] = []
        self._files: list[tuple[Path, str]] = []

    def add_params(self, params: Mapping[str, Any]) -> None:
        """Take parameters; a sent one never changes, its new value becomes a tag."""
        for name, value in params.items():
            if name not in self._sent_params:
                self._params[name] = str(value)
            elif self._sent_params[name] != str(value):
                self.tags[f"param.{name}"] = str(value)

    def add_point(self, name: str, value: Any, step: int | None) -> None:
        """Take a point of a metric; words, which the original also took, become a tag."""
        number = self._steps.get(name, 0) if step is None else step
        self._steps[name] = number + 1
        try:
            self._points.append((name, float(value), number))
        except (TypeError, ValueError):
            self.tags[f"metric.{name}"] = str(value)

    def add_input(self, key: str, version: int) -> None:
        """Take a file of the lab that was read."""
        self._inputs.append((key, version))

    def add_files(self, path: Path, name: str) -> None:
        """Take a file, or all files of a folder, to be stored as `name` or below it."""
        if path.is_file():
            self._files.append((path, name))
            return
        below = [each for each in sorted(path.rglob("*")) if each.is_file()]
        self._files += [(each, f"{name}/{each.relative_to(path).as_posix()}") for each in below]

    def send(self, run: RunLog, *, with_files: bool) -> None:
        """Send everything, files only if asked for."""
        run.log(params=self._params, metrics=self._points, tags=self.tags)
        self._sent_params |= self._params
        self._params, self._points, self.tags = {}, [], {}
        while self._inputs:
            run.log_dataset(*self._inputs[0])
            self._inputs.pop(0)
        while with_files and self._files:
            run.upload(*self._files[0])
            self._files.pop(0)
