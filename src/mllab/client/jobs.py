"""Jobs of a project and their runs."""

from __future__ import annotations

import builtins
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypedDict, Unpack

from mllab.client.archives import code_source
from mllab.client.http import Http, part
from mllab.client.specs import build
from mllab.client.watching import read_lines, read_log, read_usage, search_log, wait_until
from mllab.errors import NotFound
from mllab.model.logs import LogLines, LogMatch
from mllab.model.run_table import RunRow
from mllab.model.usage import WorkloadUsage
from mllab.model.work import Job, JobRun, JobSpec
from mllab.model.workloads import CodeSource, Limits


class JobOptions(TypedDict, total=False):
    """What else a job may say; see `JobSpec`."""

    environment: Mapping[str, str]
    image: str | None
    limits: Limits
    timeout_s: int | None
    retries: int


class Jobs:
    """Jobs of one project."""

    def __init__(self, http: Http, project: str) -> None:
        self._http = http
        self._project = project
        self._url = f"/projects/{part(project)}/jobs"

    def list(self) -> builtins.list[Job]:
        """Return the jobs by name."""
        return [Job.model_validate(each) for each in self._http.pages(self._url, limit=1000)]

    def get(self, name: str) -> Job:
        """Return one job."""
        return Job.model_validate(self._http.json("GET", self._at(name)))

    def create(self, name: str, spec: JobSpec) -> Job:
        """Define a job. Raises Conflict when the name is taken."""
        body = {"name": name, "spec": spec.model_dump(mode="json")}
        return Job.model_validate(self._http.json("POST", self._url, json=body))

    def update(self, name: str, spec: JobSpec) -> Job:
        """Replace what the job does from its next run on."""
        body = spec.model_dump(mode="json")
        return Job.model_validate(self._http.json("PUT", self._at(name), json=body))

    def delete(self, name: str) -> None:
        """Stop and forget the job's runs, then the job."""
        self._http.json("DELETE", self._at(name))

    def spec(
        self,
        command: str,
        *,
        code: str | Path | CodeSource | None = None,
        requirements: Sequence[str] = (),
        **options: Unpack[JobOptions],
    ) -> JobSpec:
        """Return a spec, after sending `code` if it is a file or folder of this machine."""
        source = code_source(self._http, self._project, code) if code is not None else None
        fields = {"command": command, "code": source, "requirements": [*requirements]}
        return build(JobSpec, {**fields, **options})

    def submit(
        self,
        name: str,
        command: str,
        *,
        code: str | Path | CodeSource | None = None,
        requirements: Sequence[str] = (),
        **options: Unpack[JobOptions],
    ) -> JobRun:
        """Define the job, or redefine it, and start a run.

        `code` is a local file or folder, `git+https://…`, or `datasets/key`.
        """
        spec = self.spec(command, code=code, requirements=requirements, **options)
        self.put(name, spec)
        return self.run(name)

    def put(self, name: str, spec: JobSpec) -> Job:
        """Define the job, or redefine the one of this name."""
        try:
            return self.update(name, spec)  # first, as most are submitted again and again
        except NotFound:
            return self.create(name, spec)

    def run(self, name: str) -> JobRun:
        """Start a run of the job as it is defined now."""
        return JobRun.model_validate(self._http.json("POST", f"{self._at(name)}/runs"))

    def runs(self, name: str) -> builtins.list[JobRun]:
        """Return the runs of a job, newest first."""
        items = self._http.pages(f"{self._at(name)}/runs", limit=1000)
        return [JobRun.model_validate(each) for each in items]

    def get_run(self, name: str, number: int, *, wait_s: float = 0.0) -> JobRun:
        """Return one run with its state; when it is over, or after `wait_s` seconds (5 at most)."""
        params = {"wait_s": wait_s} if wait_s else {}
        return JobRun.model_validate(self._http.json("GET", self._run(name, number), params=params))

    def stop(self, name: str, number: int) -> JobRun:
        """Ask for a run to end."""
        return JobRun.model_validate(self._http.json("POST", f"{self._run(name, number)}/stop"))

    def delete_run(self, name: str, number: int) -> None:
        """Stop a run and forget it with its log."""
        self._http.json("DELETE", self._run(name, number))

    def wait(self, name: str, number: int, *, timeout_s: float | None = None) -> JobRun:
        """Return the run once it is over, however it ended.

        Raises:
            Unavailable: it is not over after `timeout_s` seconds.
        """
        return wait_until(
            lambda wait_s: self.get_run(name, number, wait_s=wait_s),
            lambda run: run.status.state.is_final,
            timeout_s,
        )

    def logged(self, name: str, number: int) -> builtins.list[RunRow]:
        """Return the runs of experiments that a job's run logged, newest first."""
        items = self._http.pages(f"{self._run(name, number)}/logged", limit=1000)
        return [RunRow.model_validate(each) for each in items]

    def usage(self, name: str, number: int) -> WorkloadUsage | None:
        """Return what a job's run uses now, None when it does not run."""
        return read_usage(self._http, self._run(name, number))

    def logs(
        self, name: str, number: int, *, follow: bool = False, offset: int = 0
    ) -> Iterator[str]:
        """Yield the run's output; with `follow` until the run is over."""
        return read_log(self._http, f"{self._run(name, number)}/logs", follow=follow, offset=offset)

    def log_lines(
        self, name: str, number: int, *, lines: int = 1000, before: int | None = None
    ) -> LogLines:
        """Return the last lines of a run's log, or those before byte `before`."""
        return read_lines(self._http, f"{self._run(name, number)}/logs", lines, before)

    def search_log(self, name: str, number: int, text: str) -> Iterator[LogMatch]:
        """Yield the lines of a run's log that hold `text`, in whatever case."""
        return search_log(self._http, f"{self._run(name, number)}/logs", text)

    def _at(self, name: str) -> str:
        return f"{self._url}/{part(name)}"

    def _run(self, name: str, number: int) -> str:
        return f"{self._at(name)}/runs/{number:d}"
