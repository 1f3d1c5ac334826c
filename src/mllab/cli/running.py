"""Options and output that jobs, services and workspaces share on the command line."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from mllab.cli.output import emit, say
from mllab.errors import InvalidInput
from mllab.model.activity import Activity
from mllab.model.logs import LogLines, LogMatch
from mllab.model.usage import WorkloadUsage
from mllab.model.workloads import Limits

Follow = Annotated[bool, typer.Option("--follow", "-f", help="Go on until it has ended.")]
Offset = Annotated[int, typer.Option(min=0, help="Bytes to leave out at the beginning.")]
Tail = Annotated[
    int | None, typer.Option("--tail", "-n", min=1, max=10_000, help="The last lines only.")
]
Search = Annotated[str | None, typer.Option("--search", help="Lines that hold this text only.")]
Wait = Annotated[bool, typer.Option("--wait", help="Return when it is ready.")]


@dataclass(frozen=True)
class ProgramFlags:
    """What runs: command, code, requirements, variables, limits."""

    command: Annotated[str | None, typer.Option("--command", "-c", help="Shell command line.")] = (
        None
    )
    code: Annotated[
        str | None, typer.Option(help="Local file or folder, git+https://… or datasets/KEY.")
    ] = None
    requirement: Annotated[
        list[str] | None,
        typer.Option("--requirement", "-r", help="Such as pandas>=2; repeatable."),
    ] = None
    requirements_file: Annotated[
        Path | None, typer.Option(help="File with one requirement on each line.")
    ] = None
    env: Annotated[
        list[str] | None, typer.Option("--env", "-e", help="NAME=VALUE; repeatable.")
    ] = None
    image: Annotated[
        str | None, typer.Option(help="Container image, where the runtime has them.")
    ] = None
    cpus: Annotated[float | None, typer.Option(help="CPU cores at most.")] = None
    memory: Annotated[int | None, typer.Option(help="Memory at most (MiB).")] = None

    gpus: Annotated[int, typer.Option(help="How many GPUs.")] = 0
    gpu_id: Annotated[
        list[str] | None, typer.Option("--gpu-id", help="This GPU, by number or UUID; repeatable.")
    ] = None

    def requirements(self) -> list[str]:
        """Return the requirements of both options; comments and empty lines are left out."""
        found = list(self.requirement or [])
        if self.requirements_file is None:
            return found
        try:
            lines = self.requirements_file.read_text().splitlines()
        except OSError as exc:
            raise InvalidInput(f"{self.requirements_file}: {exc.strerror}.") from exc
        return found + [text for line in lines if (text := _without_comment(line))]

    def variables(self) -> dict[str, str]:
        """Return the variables."""
        found: dict[str, str] = {}
        for each in self.env or []:
            name, equals, value = each.partition("=")
            if not name or not equals:
                raise InvalidInput(f"--env takes NAME=VALUE, not {each!r}.")
            found[name] = value
        return found

    def limits(self) -> Limits:
        """Return the limits that were asked for."""
        ids = list(self.gpu_id or [])
        return Limits(cpu_cores=self.cpus, memory_mib=self.memory, gpus=self.gpus, gpu_ids=ids)


def _without_comment(line: str) -> str:
    return "" if line.lstrip().startswith("#") else line.partition(" #")[0].strip()


def print_log(chunks: Iterable[str]) -> None:
    """Write a log to standard output as it comes."""
    for text in chunks:
        sys.stdout.write(text)
        sys.stdout.flush()


_MOVED = ["last_active_at", "requests", "bytes_in", "bytes_out", "by_status"]
_LATENCY = [f"latency_ms.p{share}" for share in (50, 95, 99)]
_BARS = "▁▂▃▄▅▆▇█"


def print_activity(activity: Activity, *, json: bool) -> None:
    """Print what moved; for people with a bar of requests for each minute of the last hour."""
    facts = activity.model_dump(mode="json")
    if json:
        emit(facts, as_json=True)
        return
    counts = [minute.requests for minute in activity.series]
    facts["by_status"] = [f"{name} {count}" for name, count in activity.by_status.items()]
    facts["last_hour"] = "".join(map(_bar, counts, [max(counts, default=0)] * len(counts)))
    emit(facts, as_json=False, columns=[*_MOVED, *_LATENCY, "last_hour"])


def print_usage(usage: WorkloadUsage | None, *, json: bool) -> None:
    """Print what a workload uses; for people in one line for each thing."""
    if json:
        emit(usage, as_json=True)
        return
    if usage is None:
        say("It does not run.")
        return
    limits = usage.limits
    memory = f"{usage.memory_bytes >> 20} MiB"
    cores = "known at the next look" if usage.cpu_cores is None else f"{usage.cpu_cores:g} cores"
    facts = {
        "memory": memory + (f" of {limits.memory_mib} MiB" if limits.memory_mib else ""),
        "cpu": cores + (f" of {limits.cpu_cores:g}" if limits.cpu_cores else ""),
        "cpu_seconds": round(usage.cpu_seconds, 1),
        "gpus": ", ".join(limits.gpu_ids) or limits.gpus or "",
    }
    emit(facts, as_json=False, columns=list(facts))


def _bar(count: int, most: int) -> str:
    return _BARS[(count * len(_BARS) - 1) // most] if count else "·"


@dataclass(frozen=True)
class LogSource:
    """The log of one thing, as the client gives it: whole, its last lines, what is sought."""

    read: Callable[..., Iterable[str]]
    lines: Callable[..., LogLines]
    search: Callable[[str], Iterable[LogMatch]]

    def show(self, *, follow: bool, offset: int, tail: int | None, search: str | None) -> None:
        """Print what the flags ask for."""
        if search:
            print_log(f"{each.text}\n" for each in self.search(search))
            return
        if tail:
            last = self.lines(lines=tail)
            print_log([last.text])
            offset = last.end
        if follow or not tail:
            print_log(self.read(follow=follow, offset=offset))
