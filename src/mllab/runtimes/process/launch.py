"""How a supervisor is started: the base interpreter, no site packages, payload by pipe.

The interpreter of the lab's virtual environment would work too, but start twice as
slowly, and an upgrade of that environment would pull it from under running workloads.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path

from mllab.errors import BackendFailed
from mllab.runtimes.process.payload import Payload

_HERE = Path(__file__).resolve().parents[1]
# Hollow parents: importing the real ones would cost more than the supervisor itself.
_BOOT = """
import sys, types
here = sys.argv[1]
for name in ("mllab", "mllab.runtimes"):
    sys.modules[name] = types.ModuleType(name)
    sys.modules[name].__path__ = []
sys.modules["mllab.runtimes"].__path__ = [here]
import importlib
importlib.import_module("mllab.runtimes." + sys.argv[2]).main()
"""
_LONGEST_S = 60.0


def base_python() -> str:
    """Return the interpreter that the lab's own environment was made from."""
    return str(getattr(sys, "_base_executable", None) or sys.executable)


def _command(module: str) -> list[str]:
    return [base_python(), "-I", "-S", "-c", _BOOT, str(_HERE), module]


def launch(payload: Payload, log: Path) -> None:
    """Start a supervisor and return when it has claimed the attempt or found it claimed.

    Raises:
        BackendFailed: it did not come up; `log` holds what it said.
    """
    command = _command("process.supervisor")
    try:
        with log.open("ab") as errors:
            done = subprocess.run(  # noqa: S603 - our own interpreter and script
                command,
                input=json.dumps(payload).encode(),
                stdout=subprocess.PIPE,
                stderr=errors,
                env=payload["installer"],
                cwd="/",
                start_new_session=True,
                timeout=_LONGEST_S,
                check=False,
            )
    except (OSError, subprocess.TimeoutExpired) as exc:
        raise BackendFailed(
            f"The supervisor of {payload['workload']} did not start ({type(exc).__name__}). "
            "Check memory, disk and process limits of this machine."
        ) from exc
    if done.returncode:
        raise BackendFailed(
            f"The supervisor of {payload['workload']} ended with code {done.returncode}; see {log}."
        )


async def prewarm(payload: Payload) -> None:
    """Build the environments of the lab's own programs; cancelling ends it.

    Raises:
        BackendFailed: they cannot be built; the message is uv's.
    """
    process = await asyncio.create_subprocess_exec(
        *_command("inside.prewarm"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        env=payload["installer"],
        cwd="/",
        start_new_session=True,
    )
    try:
        _, trouble = await process.communicate(json.dumps(payload).encode())
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        raise BackendFailed(f"Environments: {trouble.decode(errors='replace').strip()}")
