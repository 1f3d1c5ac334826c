"""The first steps of a workload's own process: cut off, prepare, limit, become the program.

Runs in the supervisor's fork; standard library only. Ends by becoming the program or by
exit code 125 with the reason in the log.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import traceback

from mllab.runtimes.inside.telling import NOT_PREPARED, Failed, Teller

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

    from mllab.runtimes.process.payload import Payload

_PARENT_DEATH_SIGNAL = 1


def run_child(payload: Payload, output: int, said: int) -> NoReturn:
    """Cut this process off from the supervisor, then prepare and run the program."""
    teller = Teller(said)
    try:
        _cut_off(output)
        os.chdir(payload["work"])
        from mllab.runtimes.inside.prepare import prepare

        program = prepare(payload, teller)
        _limit(payload)
        teller.ready()
        os.chdir(program.folder)
        os.execve(program.argv[0], program.argv, program.environment)  # noqa: S606 - argv is ours
    except Failed as exc:
        teller.failed(str(exc))
    except BaseException as exc:  # noqa: BLE001 - a process edge: nothing may pass the fork
        traceback.print_exc()
        teller.failed(f"the lab could not prepare it ({type(exc).__name__}); see the log")
    sys.stderr.flush()
    os._exit(NOT_PREPARED)


def _cut_off(output: int) -> None:
    supervisor = os.getppid()
    os.setsid()
    # Without its supervisor nobody would know how it ended, and it might be started again.
    ctypes.CDLL(None).prctl(_PARENT_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != supervisor:
        os._exit(NOT_PREPARED)
    signal.set_wakeup_fd(-1)
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, signal.valid_signals())
    os.dup2(output, 1)
    os.dup2(output, 2)
    sys.stdout = os.fdopen(1, "w", buffering=1, closefd=False)
    sys.stderr = os.fdopen(2, "w", buffering=1, closefd=False)


def _limit(payload: Payload) -> None:
    """Set the limits last: what prepares (uv) may need more than the program."""
    import resource

    caps = payload["caps"]
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    files = caps["open_files"] if most == resource.RLIM_INFINITY else min(caps["open_files"], most)
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
    if caps["memory_bytes"]:
        # Not RLIMIT_AS: it counts what is only reserved, and stops Node and memory maps.
        resource.setrlimit(resource.RLIMIT_DATA, (caps["memory_bytes"],) * 2)
    if caps["cpus"]:
        os.sched_setaffinity(0, caps["cpus"])
    with open("/proc/self/oom_score_adj", "w", encoding="utf-8") as file:
        file.write("500")  # the lab and its supervisors go last
