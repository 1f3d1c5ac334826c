"""`mllab job`: jobs and their runs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Annotated

import typer

from mllab.cli.asking import Yes, confirm
from mllab.cli.common import Json, ProjectOption, open_project
from mllab.cli.flags import spread
from mllab.cli.output import emit, errors, say, tell
from mllab.cli.running import (
    Follow,
    LogSource,
    Offset,
    ProgramFlags,
    Search,
    Tail,
    print_log,
    print_usage,
)
from mllab.client.jobs import Jobs
from mllab.errors import InvalidInput, NotFound
from mllab.model.work import JobRun, JobSpec

app = typer.Typer(no_args_is_help=True, help="Jobs and their runs.")

Name = Annotated[str, typer.Argument(help="Name of the job.")]
Number = Annotated[int | None, typer.Argument(min=1, help="Which run; else the newest.")]

_JOB = ["name", "spec.command", "created_by", "updated_at"]
_STATUS = ["state", "exit_code", "started_at", "finished_at", "reason"]
_RUN = ["number", "started_by", *(f"status.{field}" for field in _STATUS)]
_ONE_RUN = ["job", *_RUN, "status.attempt", "spec.command"]


@dataclass(frozen=True)
class JobFlags:
    """What a job may say beyond its program."""

    timeout: Annotated[
        int | None, typer.Option(min=1, help="Seconds after which a run is ended.")
    ] = None
    retries: Annotated[int, typer.Option(min=0, help="Further attempts after a failure.")] = 0


@app.command("list")
def list_jobs(project: ProjectOption = "", json: Json = False) -> None:
    """List the jobs."""
    emit(_jobs(project).list(), as_json=json, columns=_JOB)


@app.command("get")
def get_job(name: Name, project: ProjectOption = "", json: Json = False) -> None:
    """Show one job."""
    emit(_jobs(project).get(name), as_json=json)


@app.command("create")
@spread
def create_job(
    name: Name,
    program: ProgramFlags,
    flags: JobFlags,
    project: ProjectOption = "",
    json: Json = False,
) -> None:
    """Define a job without running it."""
    jobs = _jobs(project)
    emit(jobs.create(name, _spec(jobs, program, flags)), as_json=json)


@app.command("update")
@spread
def update_job(
    name: Name,
    program: ProgramFlags,
    flags: JobFlags,
    project: ProjectOption = "",
    json: Json = False,
) -> None:
    """Replace what a job does from its next run on."""
    jobs = _jobs(project)
    emit(jobs.update(name, _spec(jobs, program, flags)), as_json=json)


@app.command("delete")
def delete_job(
    name: Name, project: ProjectOption = "", yes: Yes = False, json: Json = False
) -> None:
    """Stop and forget a job's runs, then the job."""
    confirm(f"Delete job {name!r} with its runs and their logs?", yes=yes)
    _jobs(project).delete(name)
    tell(f"Deleted job {name}.", as_json=json, name=name, deleted=True)


@app.command("run")
@spread
def run_job(
    name: Name,
    program: ProgramFlags,
    flags: JobFlags,
    follow: Follow = False,
    project: ProjectOption = "",
    json: Json = False,
) -> None:
    """Run a job; with --command it is defined, or redefined, before.

    With --follow the log is shown and the exit code is the run's own.
    """
    jobs = _jobs(project)
    if program.command is not None:
        jobs.put(name, _spec(jobs, program, flags))
    elif program != ProgramFlags() or flags != JobFlags():
        raise InvalidInput("Add --command: with other options the job is defined anew.")
    run = jobs.run(name)
    if not follow:
        emit(run, as_json=json, columns=_ONE_RUN)
        return
    print_log(jobs.logs(name, run.number, follow=True))
    _leave_as(jobs.wait(name, run.number))


@app.command("start")
def start_job(name: Name, project: ProjectOption = "", json: Json = False) -> None:
    """Start a run of a job as it is defined."""
    emit(_jobs(project).run(name), as_json=json, columns=_ONE_RUN)


@app.command("runs")
def list_runs(name: Name, project: ProjectOption = "", json: Json = False) -> None:
    """List the runs of a job, newest first."""
    emit(_jobs(project).runs(name), as_json=json, columns=_RUN)


@app.command("status")
def show_run(
    name: Name, number: Number = None, project: ProjectOption = "", json: Json = False
) -> None:
    """Show a run with its state."""
    jobs = _jobs(project)
    run = jobs.get_run(name, _newest(jobs, name, number))
    emit(run, as_json=json, columns=_ONE_RUN)


@app.command("wait")
def wait_for_run(
    name: Name, number: Number = None, project: ProjectOption = "", json: Json = False
) -> None:
    """Wait until a run is over; the exit code is the run's own."""
    jobs = _jobs(project)
    run = jobs.wait(name, _newest(jobs, name, number))
    emit(run, as_json=json, columns=_ONE_RUN)
    _leave_as(run)


@app.command("logs")
def show_logs(
    name: Name,
    number: Number = None,
    follow: Follow = False,
    offset: Offset = 0,
    tail: Tail = None,
    search: Search = None,
    project: ProjectOption = "",
) -> None:
    """Print the output of a run."""
    jobs = _jobs(project)
    number = _newest(jobs, name, number)
    source = LogSource(
        partial(jobs.logs, name, number),
        partial(jobs.log_lines, name, number),
        partial(jobs.search_log, name, number),
    )
    source.show(follow=follow, offset=offset, tail=tail, search=search)


@app.command("logged")
def list_logged(
    name: Name, number: Number = None, project: ProjectOption = "", json: Json = False
) -> None:
    """List the runs of experiments that a run logged, newest first."""
    jobs = _jobs(project)
    found = jobs.logged(name, _newest(jobs, name, number))
    emit(found, as_json=json, columns=["id", "name", "status", "experiment_id", "started_at"])


@app.command("usage")
def show_usage(
    name: Name, number: Number = None, project: ProjectOption = "", json: Json = False
) -> None:
    """Show what a run uses now of what it may."""
    jobs = _jobs(project)
    print_usage(jobs.usage(name, _newest(jobs, name, number)), json=json)


@app.command("stop")
def stop_run(
    name: Name, number: Number = None, project: ProjectOption = "", json: Json = False
) -> None:
    """Ask for a run to end."""
    jobs = _jobs(project)
    run = jobs.stop(name, _newest(jobs, name, number))
    if json:
        emit(run, as_json=True)
    else:
        word = run.status.state if run.status.state.is_final else "being stopped"
        say(f"Run {run.number} of {name} is {word}.")


@app.command("delete-run")
def delete_run(
    name: Name,
    number: Annotated[int, typer.Argument(min=1, help="Which run.")],
    project: ProjectOption = "",
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Stop a run and forget it with its log."""
    confirm(f"Delete run {number} of job {name!r} with its log?", yes=yes)
    _jobs(project).delete_run(name, number)
    text = f"Deleted run {number} of job {name}."
    tell(text, as_json=json, job=name, number=number, deleted=True)


def _jobs(project: str) -> Jobs:
    return open_project(project).jobs


def _spec(jobs: Jobs, program: ProgramFlags, flags: JobFlags) -> JobSpec:
    if program.command is None:
        raise InvalidInput("What shall it run? Add --command 'python train.py'.")
    return jobs.spec(
        program.command,
        code=program.code,
        requirements=program.requirements(),
        environment=program.variables(),
        image=program.image,
        limits=program.limits(),
        timeout_s=flags.timeout,
        retries=flags.retries,
    )


def _newest(jobs: Jobs, name: str, number: int | None) -> int:
    if number is not None:
        return number
    for run in jobs.runs(name):
        return run.number
    raise NotFound("run", name, "The job has not run yet.")


def _leave_as(run: JobRun) -> None:
    """End the command with the run's exit code; 1 if it has none or did not succeed."""
    status = run.status
    if status.state == "succeeded":
        return
    why = "" if status.reason in {"", status.state.value} else f": {status.reason}"
    errors.print(
        f"Run {run.number} of {run.job} {status.state}{why}",
        highlight=False,
        markup=False,
        soft_wrap=True,
    )
    raise typer.Exit(status.exit_code or 1)
