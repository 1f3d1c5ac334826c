"""Checks out a git repository named in pip's form: `git+https://host/x.git@rev#subdirectory=p`.

Variables as `${TOKEN}` are filled in from the workload's own, so a secret need not stand
in the address; user and password are given to git as configuration in its environment,
never as an argument. Never asks, knows nothing of the operator's own git credentials.
"""

from __future__ import annotations

import base64
import os
import re
import subprocess
import urllib.parse

from mllab.runtimes.inside.telling import Failed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from mllab.runtimes.inside.telling import Teller

_SCHEMES = ("https", "http", "ssh", "git", "file")
_LONGEST_S = 900


class Repository:
    """The parts of an address."""

    def __init__(self, text: str, variables: dict[str, str]) -> None:
        filled = re.sub(
            r"\$\{([A-Z0-9_]+)\}", lambda name: variables.get(name[1], name[0]), text.strip()
        )
        parts = urllib.parse.urlsplit(filled.removeprefix("git+"))
        if not filled.startswith("git+") or parts.scheme not in _SCHEMES:
            raise Failed(f"code must be named as git+https://host/path@revision, not {text!r}")
        path, _, self.revision = parts.path.partition("@")
        host = parts.netloc.rpartition("@")[2]
        self.login = ""
        if parts.scheme in ("http", "https") and (parts.username or parts.password):
            user = urllib.parse.unquote(parts.username or "")
            self.login = f"{user}:{urllib.parse.unquote(parts.password or '')}"
        else:
            host = parts.netloc
        self.address = urllib.parse.urlunsplit((parts.scheme, host, path, parts.query, ""))
        options = urllib.parse.parse_qs(parts.fragment)
        self.subdirectory = options.get("subdirectory", [""])[0].strip("/")
        if self.revision.startswith("-") or ".." in self.subdirectory.split("/"):
            raise Failed(f"revision or subdirectory of {text!r} cannot be right")


def fetch_repository(url: str, work: str, variables: dict[str, str], teller: Teller) -> str:
    """Check out into `work`; return the subdirectory, or `work` where none is named."""
    repository = Repository(url, variables)
    teller.progress(f"fetching {repository.address} {repository.revision}".rstrip())
    settings = _settings(repository, variables)
    wanted = repository.revision or "HEAD"
    _git(["init", "--quiet"], work, settings)
    _git(["remote", "add", "origin", "--", repository.address], work, settings)
    try:
        _git(["fetch", "--quiet", "--depth=1", "origin", wanted], work, settings)
        target = "FETCH_HEAD"
    except Failed:
        # Not a name, or a commit that the server does not give out alone: fetch all.
        _git(["fetch", "--quiet", "--tags", "origin"], work, settings)
        target = _known(wanted, repository, work, settings)
    _git(["checkout", "--quiet", "--detach", target], work, settings)
    if os.path.exists(f"{work}/.gitmodules"):
        _git(["submodule", "update", "--quiet", "--init", "--recursive"], work, settings)
    folder = os.path.join(work, repository.subdirectory) if repository.subdirectory else work
    if not os.path.isdir(folder):
        raise Failed(f"{repository.address} has no folder {repository.subdirectory!r}")
    return folder


def _known(revision: str, repository: Repository, work: str, settings: dict[str, str]) -> str:
    try:
        _git(["rev-parse", "--quiet", "--verify", f"{revision}^{{commit}}"], work, settings)
    except Failed:
        raise Failed(f"{repository.address} has no revision {revision!r}") from None
    return revision


def _settings(repository: Repository, variables: dict[str, str]) -> dict[str, str]:
    found = variables | {"GIT_TERMINAL_PROMPT": "0", "GIT_ASKPASS": "true"}
    found.setdefault("GIT_SSH_COMMAND", "ssh -o BatchMode=yes -o ConnectTimeout=20")
    if repository.login:
        login = base64.b64encode(repository.login.encode()).decode()
        found |= {
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": f"http.{repository.address}.extraHeader",
            "GIT_CONFIG_VALUE_0": f"Authorization: Basic {login}",
        }
    return found


def _git(arguments: list[str], folder: str, settings: dict[str, str]) -> None:
    try:
        done = subprocess.run(  # noqa: S603
            ["git", *arguments],  # noqa: S607 - found by the workload's own PATH
            cwd=folder,
            env=settings,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_LONGEST_S,
            check=False,
        )
    except FileNotFoundError as exc:
        raise Failed("git is not installed on this machine; upload the code instead") from exc
    except subprocess.TimeoutExpired as exc:
        raise Failed(f"git {arguments[0]} did not end within {_LONGEST_S} s") from exc
    if done.returncode:
        trouble = " ".join(done.stderr.split())[-600:]
        raise Failed(f"git {arguments[0]} failed: {trouble or done.returncode}")
