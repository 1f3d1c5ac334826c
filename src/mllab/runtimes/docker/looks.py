"""From what the Engine says of a container to what the lab says of an attempt. Pure."""

from __future__ import annotations

import re
import signal
from datetime import UTC, datetime
from typing import Any

from mllab.runtimes.base import Phase, RuntimeStatus, Usage
from mllab.runtimes.inside.telling import NOT_PREPARED

_NEVER = "0001-"
_UNKNOWN = 255
_UNSTARTED = {"created", "dead", "removing"}
_LIVE = {"running", "paused", "restarting"}
_ENDINGS = {128 + signal.SIGKILL, 128 + signal.SIGTERM}
_NOT_OURS = ", not by the lab: by itself, `docker stop` or `kill`, or the Engine's own end"


def status_of(container: dict[str, Any], *, stopped: bool, last_words: str = "") -> RuntimeStatus:
    """Return the status; `stopped` says that the lab ended it, `last_words` what the lab's own
    code in the container said last.
    """
    state = container["State"]
    started, finished = time_of(state["StartedAt"]), time_of(state["FinishedAt"])
    if is_unstarted(container):
        if state["Status"] == "created":
            return RuntimeStatus(Phase.PREPARING, "its container was made")
        return RuntimeStatus(Phase.LOST, "its container was removed before it started")
    if state["Status"] in _LIVE and not state.get("Dead"):
        reason = "its container is paused; `docker unpause` lets it go on" * state["Paused"]
        return RuntimeStatus(Phase.RUNNING, reason, started_at=started)
    code = int(state["ExitCode"])
    reason = "stopped" if stopped else _reason(container, code, last_words)
    if started and finished:
        finished = max(started, finished)  # the Engine's two clocks differ by milliseconds
    return RuntimeStatus(Phase.EXITED, reason, code, started, finished or started)


def is_unstarted(container: dict[str, Any]) -> bool:
    """Tell whether a container was made, or removed by half, without ever having run."""
    state = container["State"]
    return state["Status"] in _UNSTARTED and time_of(state["StartedAt"]) is None


def _reason(container: dict[str, Any], code: int, last_words: str) -> str:
    state = container["State"]
    if code == 0:
        return ""
    if state.get("OOMKilled"):
        return _out_of_memory(int(container["HostConfig"].get("Memory") or 0))
    if state.get("Error"):
        return f"Docker could not run it: {state['Error']}"
    if code == NOT_PREPARED and last_words:
        return last_words
    if code == 127:
        return "exited with code 127: its command was not found; see the log"
    if code == 126:
        return "exited with code 126: its command may not be executed; see the log"
    if code > 128 and code - 128 in set(signal.Signals):
        name = signal.Signals(code - 128).name
        return f"ended by signal {code - 128} ({name})" + (_NOT_OURS if code in _ENDINGS else "")
    if code == _UNKNOWN:
        return (
            "exited with code 255; see the log. Docker says so too of what its own end took along"
        )
    return f"exited with code {code}; see the log"


def _out_of_memory(limit: int) -> str:
    if limit:
        return (
            f"out of memory: it needed more than its limit of {limit >> 20} MiB; "
            "give it more, or let it use less"
        )
    return "out of memory: the machine had none left; give it a limit, or the machine more"


def gives_gpus(info: dict[str, Any]) -> bool:
    """Tell by what the Engine says of itself whether it can give out GPUs.

    NVIDIA's toolkit shows as a runtime, or by the devices that its CDI files name.
    """
    devices = info.get("DiscoveredDevices") or []
    return "nvidia" in (info.get("Runtimes") or {}) or any(
        each.get("Source") == "cdi" and "/gpu=" in each.get("ID", "") for each in devices
    )


def time_of(text: str) -> datetime | None:
    """Return the Engine's time (nanoseconds, `Z`), None for its "never"."""
    if text.startswith(_NEVER):
        return None
    short = re.sub(r"(\.\d{6})\d*", r"\1", text.replace("Z", "+00:00"))
    return datetime.fromisoformat(short).astimezone(UTC)


def usage_of(stats: dict[str, Any]) -> Usage | None:
    """Return what a measurement says; None when the container has just ended."""
    memory = stats.get("memory_stats", {})
    if "usage" not in memory:
        return None
    detail = memory.get("stats", {})
    # The page cache is given back when it is needed; version 1 and 2 of cgroups name it so.
    cache = detail.get("total_inactive_file", detail.get("inactive_file", 0))
    nanoseconds = stats["cpu_stats"]["cpu_usage"]["total_usage"]
    return Usage(max(0, memory["usage"] - cache), nanoseconds / 1e9)


def last_words_of(log: bytes) -> str:
    """Return the last line that the lab's own code wrote, without its mark."""
    lines = log.decode(errors="replace").splitlines()
    said = [line.removeprefix("[lab] ") for line in lines if line.startswith("[lab] ")]
    return said[-1] if said else ""
