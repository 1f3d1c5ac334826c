"""The small process that stands above one workload, so that its end is always known.

Run by the base interpreter without site packages (see `launch.py`); standard library
only. It outlives the lab: no terminal, no parent, no open connection ties it to it. It

- claims the attempt, so that one attempt runs at most once, whatever happens between;
- adopts what the workload leaves behind (subreaper) and ends all of it;
- copies output to files, enforces the time limit and the memory limit of the whole tree;
- writes the end down: exit code and a reason that a person understands.
"""

from __future__ import annotations

import ctypes
import json
import os
import select
import signal
import socket
import sys
import time

from mllab.runtimes.process import state
from mllab.runtimes.process.child import run_child
from mllab.runtimes.process.output import Output

TYPE_CHECKING = False
if TYPE_CHECKING:
    from mllab.runtimes.process.payload import Payload

_SUBREAPER = 36
_LEFTOVER_GRACE_S = 2.0
_DEFAULT_GRACE_S = 10.0
_WATCH_S = 2.0
TIMED_OUT = 124
_PORT_TAKEN = (b"Address already in use", b"address already in use", b"EADDRINUSE")


def main() -> None:
    """Read the payload from standard input, detach, claim and supervise."""
    payload: Payload = json.loads(sys.stdin.buffer.read())
    if os.fork():
        os._exit(0)  # the lab waits for this one; the supervisor has no parent that matters
    start = state.start_time(os.getpid()) or 0
    if not state.claim(payload["folder"], os.getpid(), start):
        return
    Supervisor(payload).run()


class Supervisor:
    """One attempt from claim to end."""

    def __init__(self, payload: Payload) -> None:
        self._payload = payload
        self._folder = payload["folder"]
        self._log = Output(f"{self._folder}/log", payload["log_bytes"])
        self._status: state.Status = {
            "phase": "preparing",
            "reason": "",
            "exit_code": None,
            "started_at": time.time(),
            "finished_at": None,
            "pid": None,
            "ports": {},
        }
        self._reserved: list[socket.socket] = []
        self._child = 0
        self._ended: int | None = None
        """How the child ended, None while it runs."""
        self._prepared = False
        self._verdict = ""
        self._exit_code: int | None = None
        self._term_at: float | None = time.monotonic() + payload["prepare_timeout_s"]
        self._kill_at: float | None = None
        self._watch_at: float | None = None

    def run(self) -> None:
        """Supervise until nothing is left of the workload."""
        ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)
        for quiet in (signal.SIGINT, signal.SIGHUP, signal.SIGPIPE):
            signal.signal(quiet, signal.SIG_IGN)
        self._reserve_ports()
        self._save()
        self._let_go_of_the_lab()
        output, said = self._fork()
        self._watch(output, said)
        self._end_leftovers(output)
        self._finish()

    def _reserve_ports(self) -> None:
        """Hold a free port for each declared one: bound, never listening.

        Nobody is given it by chance, yet the workload can bind and listen there, as both
        set SO_REUSEADDR. Kept to the end: a listener that restarts finds it again.
        """
        for declared in self._payload["ports"]:
            held = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            held.bind(("127.0.0.1", 0))
            self._reserved.append(held)
            self._status["ports"][str(declared)] = held.getsockname()[1]
        variables = self._payload["environment"]
        for declared_name, port in self._status["ports"].items():
            variables[f"PORT_{declared_name}"] = str(port)
        if self._reserved:
            variables["PORT"] = str(self._reserved[0].getsockname()[1])

    @staticmethod
    def _let_go_of_the_lab() -> None:
        """Say that the attempt is claimed by closing what the lab reads.

        Standard error stays: it is a file, for what this program itself does wrong.
        """
        nothing = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1):
            os.dup2(nothing, stream)
        os.close(nothing)

    def _fork(self) -> tuple[int, int]:
        output, output_end = os.pipe()
        said, said_end = os.pipe()
        every = signal.valid_signals()
        # Blocked over the fork: a SIGTERM that comes between must not be lost.
        signal.pthread_sigmask(signal.SIG_BLOCK, every)
        self._child = os.fork()
        if self._child == 0:
            run_child(self._payload, output_end, said_end)
        os.close(output_end)
        os.close(said_end)
        waker, alarm = os.pipe()
        for end in (output, said, waker, alarm):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(alarm)
        self._waker = waker
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGTERM, lambda *_: self._asked_to_stop())
        signal.pthread_sigmask(signal.SIG_UNBLOCK, every)
        self._status["pid"] = self._child
        self._save()
        return output, said

    def _watch(self, output: int, said: int) -> None:
        """Go on until the *child* ends: a daemon it left may hold the output for ever."""
        reading = [output, said, self._waker]
        self._reap()
        while self._ended is None:
            ready, _, _ = select.select(reading, [], [], self._wait_s())
            for end in ready:
                data = _read(end)
                if data == b"" and end != self._waker:
                    reading.remove(end)
                    if end == said and self._prepared:
                        self._has_begun()
                elif data and end == output:
                    self._log.write(data)
                elif data and end == said:
                    self._heard(data.decode(errors="replace"))
            self._reap()
            self._deadlines()
        self._heard((_read(said) or b"").decode(errors="replace"))

    def _wait_s(self) -> float | None:
        due = [at for at in (self._term_at, self._kill_at, self._watch_at) if at is not None]
        return max(0.0, min(due) - time.monotonic()) if due else None

    def _deadlines(self) -> None:
        now = time.monotonic()
        if self._term_at is not None and now >= self._term_at:
            self._term_at = None
            self._out_of_time()
        if self._kill_at is not None and now >= self._kill_at:
            self._kill_at = now + 0.05
            for pid in state.descendants(os.getpid()):
                state.send(pid, signal.SIGKILL)
        if self._watch_at is not None and now >= self._watch_at:
            self._watch_at = now + _WATCH_S
            self._watch_memory()

    def _out_of_time(self) -> None:
        if self._status["phase"] == "preparing":
            limit = self._payload["prepare_timeout_s"]
            self._verdict = f"it could not be prepared within {limit:g} s"
        else:
            self._verdict = f"stopped after its limit of {self._payload['timeout_s']:g} s"
        self._exit_code = TIMED_OUT
        self._end(_DEFAULT_GRACE_S)

    def _watch_memory(self) -> None:
        most = self._payload["caps"]["memory_bytes"] or 0
        used = sum(map(_resident, state.descendants(os.getpid())))
        if used > most and not self._verdict:
            self._verdict = (
                f"stopped: all its processes used {used >> 20} MiB, its limit is {most >> 20} MiB"
            )
            self._exit_code = 137
            self._end(0)

    def _asked_to_stop(self) -> None:
        try:
            with open(f"{self._folder}/stop", encoding="utf-8") as file:
                grace = float(file.read())
        except (OSError, ValueError):
            grace = _DEFAULT_GRACE_S
        self._verdict = self._verdict or "stopped"
        self._end(grace)

    def _end(self, grace_s: float) -> None:
        """Ask the child's group to end; what is left after the grace is killed."""
        at = time.monotonic() + grace_s
        self._term_at = None
        self._kill_at = at if self._kill_at is None else min(at, self._kill_at)
        if self._ended is not None:
            return  # its number may be another's by now
        try:
            os.killpg(self._child, signal.SIGTERM)
        except ProcessLookupError:
            state.send(self._child, signal.SIGTERM)

    def _heard(self, text: str) -> None:
        """Take what the child says of its preparation: a sentence a line, `ready` at last."""
        for line in text.splitlines():
            kind, _, sentence = line.partition(" ")
            if kind == "ready":
                self._prepared = True
                continue
            if kind == "failed":
                self._verdict = self._verdict or sentence
            else:
                self._status["reason"] = sentence
            self._save()

    def _has_begun(self) -> None:
        """Note that the child, which fell silent after `ready`, has become the program."""
        self._status |= {"phase": "running", "reason": "", "started_at": time.time()}
        limit = self._payload["timeout_s"]
        if self._kill_at is None:
            self._term_at = None if limit is None else time.monotonic() + limit
        if self._payload["caps"]["memory_bytes"]:
            self._watch_at = time.monotonic() + _WATCH_S
        self._save()

    def _reap(self) -> None:
        while True:
            try:
                pid, code = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if pid == self._child:
                self._ended = os.waitstatus_to_exitcode(code)

    def _end_leftovers(self, output: int) -> None:
        left = state.descendants(os.getpid())
        for pid in left:
            state.send(pid, signal.SIGTERM)
        at = time.monotonic() + _LEFTOVER_GRACE_S
        self._kill_at = at if self._kill_at is None else min(at, self._kill_at)
        while left:
            if time.monotonic() >= self._kill_at:
                for pid in left:
                    state.send(pid, signal.SIGKILL)
            select.select([self._waker], [], [], 0.02)
            _read(self._waker)
            self._drain(output)
            self._reap()
            left = state.descendants(os.getpid())
        self._drain(output)

    def _drain(self, output: int) -> None:
        while data := _read(output):
            self._log.write(data)

    def _finish(self) -> None:
        ended = self._ended if self._ended is not None else 1
        code = ended if ended >= 0 else 128 - ended
        code = code if self._exit_code is None else self._exit_code
        self._status |= {
            "phase": "exited",
            "reason": self._verdict or self._reason(ended),
            "exit_code": code,
            "finished_at": time.time(),
        }
        self._save()

    def _reason(self, ended: int) -> str:
        if ended == 0:
            return ""
        if ended == 127:
            return "exited with code 127: its command was not found; see the log"
        if ended > 0 and any(mark in self._log.tail for mark in _PORT_TAKEN):
            hint = "listen on $PORT" if self._reserved else "choose another"
            return f"exited with code {ended}: a port is in use; {hint}"
        if ended > 0:
            return f"exited with code {ended}; see the log"
        name = signal.Signals(-ended).name if -ended in signal.valid_signals() else "unknown"
        hint = "; the system may have run out of memory" if -ended == signal.SIGKILL else ""
        return f"ended by signal {-ended} ({name}){hint}"

    def _save(self) -> None:
        state.write_whole(f"{self._folder}/status.json", json.dumps(self._status))
        state.notify(self._payload["listeners"], self._payload["workload"])


def _read(end: int) -> bytes | None:
    """Return what is there; b"" at the end, None when there is nothing now."""
    try:
        return os.read(end, 1 << 16)
    except BlockingIOError:
        return None


def _resident(pid: int) -> int:
    """Return private memory (bytes) of a process; what it shares with files is left out."""
    try:
        with open(f"/proc/{pid}/statm", "rb") as file:
            _, resident, shared, *_ = file.read().split()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return (int(resident) - int(shared)) * os.sysconf("SC_PAGE_SIZE")
