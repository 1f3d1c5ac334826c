"""Python environments of workloads: locked with hashes, built once, shared, not writable.

Runs before the workload in its own process, so what uv says stands in its log. Standard
library only. In the lab's folder of environments lie

    <key>/         an environment; key = hash of the lock, the interpreter and extra files
    locks/<hash>   the lock that a list of requirements was resolved to
    cache/         uv's cache, which shares files with the environments
    wheels/        the lab's own client

A list of requirements keeps its lock for a day: runs of one day agree, and a new release
is seen the day after. Where the index does not answer then, the old lock still serves.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import sys
import time
from contextlib import contextmanager

from mllab.runtimes.inside.telling import Failed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mllab.runtimes.inside.task import Task
    from mllab.runtimes.inside.telling import Teller

_FRESH_S = 24 * 3600.0
_OWN = re.compile(r"^mllab\b(?![-_.])", re.IGNORECASE)
_INDEX = ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_INDEX", "UV_EXTRA_INDEX_URL", "UV_FIND_LINKS")


class Environments:
    """Gets environments for one workload."""

    def __init__(self, task: Task, teller: Teller) -> None:
        self._task = task
        self._teller = teller
        self._root = task["environments"]
        self._variables = task["installer"]

    def get(self, requirements: Sequence[str]) -> str:
        """Return the folder of an environment with `requirements` and the lab's client."""
        wanted = [line for line in requirements if not _OWN.match(line)]
        # The lab's own name is never looked up in an index, where anybody could take it.
        client = f"mllab @ {_file_url(self._task['wheel'])}"
        try:
            lock = self._lock([client, *wanted])
        except Failed:
            if not wanted:
                raise
            lock = self._lock(wanted)
            self._teller.progress("these requirements leave no room for the lab's client")
        return self._place(lock)

    def get_plain(self, requirements: Sequence[str]) -> str:
        """Return the folder of an environment with `requirements` and nothing else."""
        return self._place(self._lock([line for line in requirements if not _OWN.match(line)]))

    def get_own(self, requirements: Sequence[str], files: Mapping[str, str] | None = None) -> str:
        """Return the folder of an environment of one of the lab's own programs.

        `files` are further text files in it, path -> content. Its lock is kept for ever, as
        only a new version of the lab changes it, and its bytecode is made at once (seconds,
        one time) instead of at the first import of each module.
        """
        return self._place(self._lock(list(requirements), keep=True), files, compiled=True)

    def _place(
        self, lock: str, files: Mapping[str, str] | None = None, *, compiled: bool = False
    ) -> str:
        with open(f"{self._task['folder']}/requirements.lock", "w", encoding="utf-8") as file:
            file.write(lock)
        extra = sorted((files or {}).items())
        key = _digest(lock, self._interpreter(), repr(extra), str(compiled))
        folder = f"{self._root}/{key}"
        if not _usable(folder):
            with _alone(f"{self._root}/.lock-{key}"):
                if not _usable(folder):  # somebody built it while we waited
                    self._build(folder, lock, extra, compiled=compiled)
        return folder

    def put_client(self, folder: str, *, alone: bool) -> bool:
        """Put the lab's client of now into a user's environment; False if that failed.

        With `alone` what it needs is there already, and no index is asked.
        """
        command = ["pip", "install", "--quiet", "--link-mode=copy"]
        command += ["--python", f"{folder}/bin/python", self._task["wheel"]]
        code, _, trouble = self._uv([*command, *(["--no-deps", "--offline"] if alone else [])])
        if code:
            self._teller.progress(f"the lab's client could not be installed: {trouble}")
        return code == 0

    def _interpreter(self) -> str:
        machine = os.uname()
        python = os.path.realpath(self._task["python"])
        return f"{python} {sys.version} {machine.sysname} {machine.machine}"

    def _lock(self, lines: list[str], *, keep: bool = False) -> str:
        # What is kept for ever holds wherever it was resolved, in an image at its build too.
        indexes = "" if keep else repr([self._variables.get(name) for name in _INDEX])
        key = _digest("\n".join(sorted(lines)), self._interpreter(), indexes)
        path = f"{self._root}/locks/{key}"
        old = _read(path)
        if old is not None and (keep or time.time() - os.stat(path).st_mtime < _FRESH_S):
            return old
        self._teller.progress("looking for versions that fit together")
        new, trouble = self._resolve(lines)
        if new is None and old is not None:
            self._teller.progress("the package index does not answer; taking the last versions")
            return old
        if new is None:
            raise Failed(f"its requirements cannot be met: {trouble}")
        os.makedirs(os.path.dirname(path), exist_ok=True)
        part = f"{path}.{os.getpid()}"
        with open(part, "w", encoding="utf-8") as file:
            file.write(new)
        os.rename(part, path)
        return new

    def _resolve(self, lines: list[str]) -> tuple[str | None, str]:
        command = ["pip", "compile", "--quiet", "--generate-hashes", "--no-header"]
        command += ["--no-annotate", "--python", self._task["python"], "-"]
        text = "\n".join(lines) + "\n"
        code, lock, trouble = self._uv(command, text)
        if code:
            code, lock, _ = self._uv([*command, "--offline"], text)
        return (None if code else lock), trouble

    def _build(
        self, folder: str, lock: str, files: list[tuple[str, str]], *, compiled: bool
    ) -> None:
        count = sum(1 for line in lock.splitlines() if re.match(r"[A-Za-z0-9]", line))
        self._teller.progress(f"installing {count} packages")
        part = f"{self._root}/.build-{os.path.basename(folder)}"
        _remove(part)
        _remove(folder)
        self._must(["venv", "--quiet", "--relocatable", "--python", self._task["python"], part])
        self._install(part, lock)
        for name, content in files:
            path = f"{part}/{name}"
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8") as file:
                file.write(content)
        if compiled:
            self._teller.progress("compiling")
            self._compile(part)
        _seal(part)
        os.rename(part, folder)

    def _install(self, folder: str, lock: str) -> None:
        path = f"{folder}/requirements.lock"
        with open(path, "w", encoding="utf-8") as file:
            file.write(lock)
        command = ["pip", "sync", "--quiet", "--python", f"{folder}/bin/python", path]
        if "git+" not in lock:  # a pinned commit is its own hash
            command.append("--require-hashes")
        # From the cache first: an index that is down must not stop what is all here.
        if self._uv([*command, "--offline"])[0]:
            self._must(command)

    def _compile(self, folder: str) -> None:
        """Make bytecode but of tests, which are a third of the work and never imported."""
        import subprocess

        subprocess.run(  # noqa: S603 - the environment's own interpreter
            [f"{folder}/bin/python", "-I", "-m", "compileall", "-qq", "-j0"]
            + ["-x", r"/(tests?|testing)/", f"{folder}/lib"],
            env=self._variables,
            stdin=subprocess.DEVNULL,
            check=False,  # some packages ship files of other Pythons; they do not compile
        )

    def _must(self, arguments: list[str]) -> None:
        code, _, trouble = self._uv(arguments)
        if code:
            raise Failed(f"its environment cannot be built: {trouble}")

    def _uv(self, arguments: list[str], text: str = "") -> tuple[int, str, str]:
        """Run uv; return exit code, output and what it complained of, in one line.

        Not in the working folder: the operator's settings of uv hold here (an index inside a
        company, say), those of a project that lies in the code do not.
        """
        import subprocess

        done = subprocess.run(  # noqa: S603 - uv of the lab's own installation
            [self._task["uv"], *arguments],
            input=text,
            capture_output=True,
            text=True,
            env=self._variables,
            cwd=self._root,
            check=False,
        )
        trouble = " ".join(re.sub(r"[│╰─▶×├╴]|^error:|cause:", " ", done.stderr).split())
        return done.returncode, done.stdout, trouble[:800] or f"uv ended with {done.returncode}"


def _file_url(path: str) -> str:
    """Return the address of a file; by hand, as urllib takes as long to import as all else."""
    return "file://" + re.sub(
        rb"[^A-Za-z0-9/_.~-]", lambda found: b"%%%02X" % found[0][0], os.fsencode(path)
    ).decode("ascii")


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


def _read(path: str) -> str | None:
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except FileNotFoundError:
        return None


def _usable(folder: str) -> bool:
    """Tell whether an environment is there and its interpreter too."""
    return os.access(f"{folder}/bin/python", os.X_OK)


@contextmanager
def _alone(path: str) -> Iterator[None]:
    """Hold a file lock: of two builds of one environment the second waits for the first."""
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
    finally:
        os.close(file)


def _remove(folder: str) -> None:
    if not os.path.lexists(folder):
        return
    for place, _, _ in os.walk(folder):
        os.chmod(place, 0o700)
    shutil.rmtree(folder)


def _seal(folder: str) -> None:
    """Take the right to write: a `pip install` in one job must not change the others.

    Bytecode may still be added, in folders made for it.
    """
    places = list(os.walk(folder))
    for place, folders, names in places:
        if "__pycache__" not in folders and any(name.endswith(".py") for name in names):
            os.mkdir(f"{place}/__pycache__", 0o755)
        for name in names:
            path = f"{place}/{name}"
            if not os.path.islink(path) and not place.endswith("__pycache__"):
                os.chmod(path, os.stat(path).st_mode & ~0o222)
    for place, _, _ in places[1:]:  # the top stays writable until it is moved to its place
        if not place.endswith("__pycache__"):
            os.chmod(place, os.stat(place).st_mode & ~0o222)
