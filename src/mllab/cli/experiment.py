"""`mllab experiment`: experiments, runs and registered models."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mllab.cli.common import Json, ProjectOption, open_project
from mllab.cli.output import emit, tell
from mllab.cli.previews import Rows, show_preview
from mllab.model.run_table import RunOutcomes

app = typer.Typer(no_args_is_help=True, help="Experiments, runs and registered models.")

ExperimentArgument = Annotated[str, typer.Argument(help="Id or name of the experiment.")]
RunArgument = Annotated[str, typer.Argument(help="Id of the run.")]
RunArguments = Annotated[list[str], typer.Argument(help="Ids of the runs.")]
TagOption = Annotated[
    list[str] | None, typer.Option(help="KEY=VALUE, or KEY to remove it; repeatable.")
]
ModelArgument = Annotated[str, typer.Argument(help="Name of the registered model.")]


@app.command("list")
def list_experiments(project: ProjectOption = "", json: Json = False) -> None:
    """List the experiments of a project."""
    found = open_project(project).experiments.list()
    emit(found, as_json=json, columns=("id", "name", "created_at", "updated_at"))


@app.command("create")
def create_experiment(name: str, project: ProjectOption = "", json: Json = False) -> None:
    """Create an experiment."""
    emit(open_project(project).experiments.create(name), as_json=json)


@app.command("get")
def get_experiment(
    experiment: ExperimentArgument, project: ProjectOption = "", json: Json = False
) -> None:
    """Show an experiment."""
    emit(open_project(project).experiments.get(experiment), as_json=json)


@app.command("delete")
def delete_experiment(
    experiment: ExperimentArgument, project: ProjectOption = "", json: Json = False
) -> None:
    """Mark an experiment as deleted; `restore` takes that back."""
    experiments = open_project(project).experiments
    found = experiments.get(experiment)
    experiments.delete(found.id)
    text = f"Deleted. To take that back: mllab experiment restore {found.id} -p {found.project}"
    tell(text, as_json=json, id=found.id, deleted=True)


@app.command("restore")
def restore_experiment(experiment_id: str, project: ProjectOption = "", json: Json = False) -> None:
    """Take back the deletion of an experiment, by its id."""
    restored = open_project(project).experiments.restore(experiment_id)
    tell(f"Restored {restored.name}.", as_json=json, **restored.model_dump(mode="json"))


@app.command("runs")
def list_runs(
    experiment: ExperimentArgument,
    project: ProjectOption = "",
    filter: Annotated[str, typer.Option(help="Such as: metrics.loss < 0.1")] = "",
    order: Annotated[list[str] | None, typer.Option(help="Such as: metrics.loss DESC")] = None,
    limit: Annotated[int, typer.Option(min=1, help="Most runs to show.")] = 50,
    json: Json = False,
) -> None:
    """List runs of an experiment, the last started first."""
    found = open_project(project).experiments.runs(experiment, filter, order or [], limit=limit)
    emit(found, as_json=json, columns=("id", "name", "status", "user", "started_at"))


@app.command("run")
def get_run(run_id: RunArgument, project: ProjectOption = "", json: Json = False) -> None:
    """Show a run with its parameters, tags and latest metrics."""
    emit(open_project(project).experiments.run(run_id), as_json=json)


@app.command("columns")
def list_columns(
    experiment: ExperimentArgument,
    project: ProjectOption = "",
    text: Annotated[str, typer.Option(help="Only keys that hold this text.")] = "",
    json: Json = False,
) -> None:
    """List the params, metrics and tags that an experiment's runs have."""
    of = open_project(project)
    found = of.runs.columns([of.experiments.get(experiment).id], text)
    emit(found, as_json=json, columns=("kind", "key", "runs", "differs", "least", "most"))


@app.command("compare")
def compare_runs(
    run_ids: RunArguments,
    project: ProjectOption = "",
    differs: Annotated[bool, typer.Option(help="Only keys in which the runs differ.")] = False,
    json: Json = False,
) -> None:
    """Show params, metrics and tags of runs side by side."""
    found = open_project(project).runs.compare(run_ids, only_different=differs)
    if json:
        emit(found, as_json=True)
        return
    heads = [run.id[:8] for run in found.runs]
    rows = [
        {"kind": one.kind, "key": one.key, **dict(zip(heads, one.values, strict=True))}
        for one in found.items
    ]
    emit(rows, as_json=False, columns=("kind", "key", *heads))


@app.command("note")
def note_run(
    run_id: RunArgument,
    text: Annotated[str, typer.Argument(help="Markdown; empty removes the note.")],
    project: ProjectOption = "",
    json: Json = False,
) -> None:
    """Write a note at a run."""
    emit(open_project(project).runs.change(run_id, note=text), as_json=json)


@app.command("tag-runs")
def tag_runs(
    run_ids: RunArguments,
    tag: Annotated[list[str], typer.Option(help="KEY=VALUE, or KEY to remove it; repeatable.")],
    project: ProjectOption = "",
    json: Json = False,
) -> None:
    """Set and remove tags of runs."""
    _show_outcomes(open_project(project).runs.tag(run_ids, _tags(tag)), json)


def _tags(pairs: list[str] | None) -> dict[str, str | None]:
    split = [one.partition("=") for one in pairs or []]
    return {key: value if equals else None for key, equals, value in split}


@app.command("delete-runs")
def delete_runs(run_ids: RunArguments, project: ProjectOption = "", json: Json = False) -> None:
    """Mark runs as deleted; `restore-runs` takes that back."""
    _show_outcomes(open_project(project).runs.delete(run_ids), json)


@app.command("restore-runs")
def restore_runs(run_ids: RunArguments, project: ProjectOption = "", json: Json = False) -> None:
    """Take back the deletion of runs."""
    _show_outcomes(open_project(project).runs.restore(run_ids), json)


def _show_outcomes(found: RunOutcomes, json: bool) -> None:
    emit(found if json else found.items, as_json=json, columns=("run", "error", "message"))
    if found.failed:
        raise typer.Exit(1)


@app.command("metric")
def list_points(
    run_id: RunArgument,
    key: Annotated[str, typer.Argument(help="Name of the metric.")],
    project: ProjectOption = "",
    json: Json = False,
) -> None:
    """List all points of a metric."""
    found = open_project(project).experiments.metric(run_id, key)
    emit(found, as_json=json, columns=("step", "value", "timestamp_ms"))


@app.command("artifacts")
def list_artifacts(
    run_id: RunArgument,
    project: ProjectOption = "",
    path: Annotated[str, typer.Option(help="Only this folder.")] = "",
    download: Annotated[
        Path | None, typer.Option(help="Download into this folder.", file_okay=False)
    ] = None,
    json: Json = False,
) -> None:
    """List a run's artifacts, or download them with all folders below."""
    artifacts = open_project(project).experiments.artifacts(run_id)
    if download is None:
        emit(artifacts.list(path), as_json=json, columns=("path", "is_folder", "size_bytes"))
        return
    written = [str(artifacts.download(file, download / file)) for file in artifacts.walk(path)]
    emit([{"file": file} for file in written], as_json=json)


@app.command("preview")
def preview_artifact(
    run_id: RunArgument,
    path: Annotated[str, typer.Argument(help="Path of the artifact.")],
    rows: Rows = 20,
    project: ProjectOption = "",
    json: Json = False,
) -> None:
    """Show an artifact's beginning: rows of a table, text, a notebook's cells."""
    found = open_project(project).experiments.artifacts(run_id).preview(path, rows=rows)
    show_preview(found, as_json=json)


@app.command("models")
def list_models(project: ProjectOption = "", json: Json = False) -> None:
    """List the registered models of a project."""
    found = open_project(project).registry.list()
    emit(found, as_json=json, columns=("name", "aliases", "description", "updated_at"))


@app.command("model")
def get_model(name: ModelArgument, project: ProjectOption = "", json: Json = False) -> None:
    """Show a registered model and its versions."""
    registry = open_project(project).registry
    if json:
        emit(registry.get(name), as_json=True)
        return
    columns = ("version", "aliases", "stage", "run_id", "created_at")
    emit(registry.versions(name), as_json=False, columns=columns)


@app.command("edit-model")
def edit_model(
    name: ModelArgument,
    description: Annotated[str | None, typer.Option(help="Empty removes it.")] = None,
    tag: TagOption = None,
    version: Annotated[str, typer.Option("--version", "-v", help="Of this version.")] = "",
    project: ProjectOption = "",
    json: Json = False,
) -> None:
    """Set description and tags of a registered model, or of one of its versions."""
    registry, tags = open_project(project).registry, _tags(tag)
    if version:
        changed = registry.change_version(name, version, description=description, tags=tags)
        emit(changed, as_json=json)
    else:
        emit(registry.change(name, description=description, tags=tags), as_json=json)


@app.command("model-uses")
def list_model_uses(name: ModelArgument, project: ProjectOption = "", json: Json = False) -> None:
    """List the services that serve a registered model, and which version of it."""
    columns = ("name", "version", "alias", "state", "user")
    emit(open_project(project).registry.uses(name), as_json=json, columns=columns)


@app.command("alias")
def set_alias(
    name: ModelArgument, alias: str, version: str, project: ProjectOption = "", json: Json = False
) -> None:
    """Let an alias of a registered model point to a version."""
    emit(open_project(project).registry.set_alias(name, alias, version), as_json=json)
