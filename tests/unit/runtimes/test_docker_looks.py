"""From the Engine's words to the lab's, as tables."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from mllab.runtimes.base import Phase, Usage
from mllab.runtimes.docker.looks import gives_gpus, last_words_of, status_of, time_of, usage_of

NEVER = "0001-01-01T00:00:00Z"
BEGAN = "2026-11-24T12:00:00.123456789Z"
ENDED = "2026-11-24T12:00:05.5Z"
BEGAN_AT = datetime(2026, 11, 24, 12, 0, 0, 123456, tzinfo=UTC)
ENDED_AT = datetime(2026, 11, 24, 12, 0, 5, 500000, tzinfo=UTC)


def container(memory: int = 0, **state: Any) -> dict[str, Any]:
    """Return what inspection answers for a container that ended well, but for `state`."""
    usual = {"Status": "exited", "Running": False, "Paused": False, "Dead": False}
    usual |= {"OOMKilled": False, "ExitCode": 0, "Error": "", "StartedAt": BEGAN}
    usual |= {"FinishedAt": ENDED}
    return {"State": usual | state, "HostConfig": {"Memory": memory}}


UNSTARTED = {"StartedAt": NEVER, "FinishedAt": NEVER}
RUNS = {"Running": True, "FinishedAt": NEVER}


@pytest.mark.parametrize(
    ("state", "phase", "reason"),
    [
        ({"Status": "created"} | UNSTARTED, Phase.PREPARING, "made"),
        ({"Status": "running"} | RUNS, Phase.RUNNING, ""),
        ({"Status": "paused", "Paused": True} | RUNS, Phase.RUNNING, "paused"),
        ({"Status": "restarting"} | RUNS, Phase.RUNNING, ""),
        ({"Status": "exited"}, Phase.EXITED, ""),
        ({"Status": "dead", "Dead": True, "ExitCode": 1}, Phase.EXITED, "code 1"),
        ({"Status": "dead"} | UNSTARTED, Phase.LOST, "before it started"),
        ({"Status": "removing"} | UNSTARTED, Phase.LOST, "before it started"),
        ({"Status": "removing", "ExitCode": 0}, Phase.EXITED, ""),
        ({"Status": "running", "Dead": True, "ExitCode": 137}, Phase.EXITED, "SIGKILL"),
    ],
)
def test_phases(state: dict[str, Any], phase: Phase, reason: str) -> None:
    found = status_of(container(**state), stopped=False)
    assert found.phase is phase
    assert reason in found.reason
    assert bool(reason) == bool(found.reason)


@pytest.mark.parametrize(
    ("state", "words", "reason"),
    [
        ({"ExitCode": 0}, "", ""),
        ({"ExitCode": 1}, "", "exited with code 1; see the log"),
        ({"ExitCode": 125}, "", "exited with code 125; see the log"),
        ({"ExitCode": 125}, "its image has no uv", "its image has no uv"),
        ({"ExitCode": 3}, "installing", "exited with code 3; see the log"),
        ({"ExitCode": 255}, "", "see the log. Docker says so too"),
        ({"ExitCode": 126}, "", "may not be executed"),
        ({"ExitCode": 127}, "", "its command was not found"),
        ({"ExitCode": 137}, "", "ended by signal 9 (SIGKILL)"),
        ({"ExitCode": 139}, "", "ended by signal 11 (SIGSEGV)"),
        ({"ExitCode": 143}, "", "ended by signal 15 (SIGTERM)"),
        ({"ExitCode": 255}, "", "exited with code 255; see the log"),
        ({"ExitCode": 137, "OOMKilled": True}, "", "its limit of 64 MiB"),
        ({"ExitCode": 1, "OOMKilled": True}, "", "its limit of 64 MiB"),
        ({"ExitCode": 0, "OOMKilled": True}, "", ""),
        ({"ExitCode": 127, "Error": "no such file"}, "", "Docker could not run it: no such file"),
    ],
)
def test_why_it_ended(state: dict[str, Any], words: str, reason: str) -> None:
    found = status_of(container(64 << 20, **state), stopped=False, last_words=words)
    assert found.exit_code == state["ExitCode"]
    assert reason in found.reason
    assert bool(reason) == bool(found.reason)


def test_out_of_memory_without_a_limit_is_the_machines() -> None:
    found = status_of(container(ExitCode=137, OOMKilled=True), stopped=False)
    assert "the machine had none left" in found.reason


@pytest.mark.parametrize("state", [{"ExitCode": 0}, {"ExitCode": 143}, {"ExitCode": 137}])
def test_what_the_lab_ended_was_stopped(state: dict[str, Any]) -> None:
    assert status_of(container(**state), stopped=True).reason == "stopped"


@pytest.mark.parametrize(
    ("state", "started", "finished"),
    [
        ({}, BEGAN_AT, ENDED_AT),
        ({"FinishedAt": "2026-11-24T12:00:00.1Z"}, BEGAN_AT, BEGAN_AT),
        ({"FinishedAt": NEVER}, BEGAN_AT, BEGAN_AT),
        ({"StartedAt": NEVER}, None, ENDED_AT),
        ({"Status": "running"} | RUNS, BEGAN_AT, None),
        ({"Status": "created", "StartedAt": NEVER, "FinishedAt": NEVER}, None, None),
    ],
)
def test_an_end_is_never_before_its_start(
    state: dict[str, Any], started: datetime | None, finished: datetime | None
) -> None:
    found = status_of(container(**state), stopped=False)
    assert (found.started_at, found.finished_at) == (started, finished)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (NEVER, None),
        (BEGAN, BEGAN_AT),
        (ENDED, ENDED_AT),
        ("2026-11-24T12:00:05Z", datetime(2026, 11, 24, 12, 0, 5, tzinfo=UTC)),
        ("2026-11-24T13:00:05.500000000+01:00", ENDED_AT),
    ],
)
def test_times(text: str, expected: datetime | None) -> None:
    assert time_of(text) == expected


CPU = {"cpu_stats": {"cpu_usage": {"total_usage": 1_500_000_000}}}


@pytest.mark.parametrize(
    ("memory", "expected"),
    [
        ({"usage": 1000, "stats": {"total_inactive_file": 400}}, Usage(600, 1.5)),
        ({"usage": 1000, "stats": {"inactive_file": 300}}, Usage(700, 1.5)),
        ({"usage": 1000}, Usage(1000, 1.5)),
        ({"usage": 100, "stats": {"inactive_file": 300}}, Usage(0, 1.5)),
        ({}, None),
    ],
)
def test_use_leaves_out_what_is_given_back_when_needed(
    memory: dict[str, Any], expected: Usage | None
) -> None:
    assert usage_of({"memory_stats": memory} | CPU) == expected


def test_what_just_ended_uses_nothing_that_could_be_told() -> None:
    assert usage_of({}) is None


@pytest.mark.parametrize(
    ("log", "words"),
    [
        (b"", ""),
        (b"hello\n", ""),
        (b"[lab] fetching\nx\n[lab] it failed\n", "it failed"),
        (b"[lab] caf\xff\n", "caf\ufffd"),
        (b"not [lab] said\n", ""),
    ],
)
def test_last_words(log: bytes, words: str) -> None:
    assert last_words_of(log) == words


@pytest.mark.parametrize(
    ("info", "gives"),
    [
        ({"Runtimes": {"runc": {}}}, False),
        ({"Runtimes": {"runc": {}, "nvidia": {}}}, True),
        ({"Runtimes": None, "DiscoveredDevices": None}, False),
        ({"DiscoveredDevices": [{"Source": "cdi", "ID": "nvidia.com/gpu=0"}]}, True),
        ({"DiscoveredDevices": [{"Source": "cdi", "ID": "vendor.com/net=eth1"}]}, False),
    ],
)
def test_gpus_show_in_what_the_engine_says_of_itself(info: dict[str, Any], gives: bool) -> None:
    assert gives_gpus(info) is gives
