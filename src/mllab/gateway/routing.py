"""From a URL to the workload it names: the one place that knows workload URLs. Pure.

nginx and this module use the same regular expressions: `nginx.conf.j2` puts them into its
maps, tests run them here. Each one looks at the target twice, as it came and as nginx
normalised it (percent-signs decoded, dot segments resolved), and matches only when both
name the same workload. So no spelling can be decided for one workload and sent to
another. What does not match is no workload.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_NAME = r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?"
_PORT = r"[1-9][0-9]{0,4}"
_SERVICE = rf"/projects/(?P<project>{_NAME})/services/(?P<service>{_NAME})"
_SAME_SERVICE = r"/projects/(?P=project)/services/(?P=service)"
_REST = r"(?P<rest>/[^\n]*)"

SLASH = (
    rf"^(?P<bare>/(?:projects/{_NAME}/services/{_NAME}(?:/{_PORT})?|workspaces/{_NAME}))"
    r"(?P<query>\?[^\n]*)?\n"
)
"""A workload's address that lacks its last slash; relative links in its pages need it."""

PORT = rf"^(?P<prefix>{_SERVICE}/(?P<port>{_PORT})){_REST}\n{_SAME_SERVICE}/(?P=port)/"
FIRST = rf"^(?P<prefix>{_SERVICE}){_REST}\n{_SAME_SERVICE}/(?!{_PORT}/)"
WORKSPACE = rf"^(?P<prefix>/workspaces/(?P<user>{_NAME})){_REST}\n/workspaces/(?P=user)/"

LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
"""First part of a workload's own host."""

APP_PATH = "/_lab"
"""What the lab keeps for itself of a workload's own host: entering, and its style sheet."""

WORKLOAD_KEYS = {
    PORT: "s/$project/$service/$port",
    FIRST: "s/$project/$service",
    WORKSPACE: "w/$user",
}
"""In order: an expression over `<target>\\n<normalised path>`, and the key it means."""


@dataclass(frozen=True)
class Route:
    """What a URL means: the workload's key, the path before it, the target behind that."""

    key: str
    prefix: str
    rest: str


@dataclass(frozen=True)
class WorkspaceTarget:
    """The workspace of a user."""

    user: str


@dataclass(frozen=True)
class ServiceTarget:
    """A service's declared port; None is its first."""

    project: str
    service: str
    port: int | None


Target = WorkspaceTarget | ServiceTarget


def route(target: str, path: str) -> Route | None:
    """Return what the request target means; `path` is what nginx normalised it to."""
    text = f"{target}\n{path}"
    if re.match(SLASH, text):
        return None
    for pattern, key in WORKLOAD_KEYS.items():
        if found := re.match(pattern, text):
            for name, value in found.groupdict().items():
                key = key.replace(f"${name}", value)
            return Route(key, found["prefix"], found["rest"])
    return None


@lru_cache(maxsize=1024)
def read_key(key: str) -> Target | None:
    """Return the workload that a key of `WORKLOAD_KEYS` names, None for anything else."""
    if found := re.fullmatch(rf"w/({_NAME})", key):
        return WorkspaceTarget(found[1])
    if found := re.fullmatch(rf"s/({_NAME})/({_NAME})(?:/({_PORT}))?", key):
        return ServiceTarget(found[1], found[2], int(found[3]) if found[3] else None)
    return None


def read_label(key: str) -> str | None:
    """Return the label of a key that nginx made of a workload's own host, None for others."""
    found = re.fullmatch(rf"h/({LABEL})", key)
    return found[1] if found else None


def own_path(target: Target, sent: str, base: str = "") -> str:
    """Return what `sent`, a request target below the workload's path, is on its own host.

    A workspace knows its path, that of the lab before it, and keeps it; a service begins
    at `/`.
    """
    before = len(base + path_of(target)) - 1
    return sent if isinstance(target, WorkspaceTarget) else sent[before:]


def path_of(target: Target) -> str:
    """Return the address of a workload below the lab's own, with its last slash."""
    if isinstance(target, WorkspaceTarget):
        return f"/workspaces/{target.user}/"
    port = f"{target.port}/" if target.port is not None else ""
    return f"/projects/{target.project}/services/{target.service}/{port}"


def target_of(path: str) -> Target | None:
    """Return the workload whose address (with its last slash) is `path`: undoes `path_of`."""
    found = route(path, path)
    return read_key(found.key) if found and found.rest == "/" else None


def is_local(url: str, base: str = "") -> bool:
    """Tell whether a redirect to `url` stays on this host, for every browser's parser.

    With `base`, the path below which the lab is, also whether it stays there.
    """
    if re.fullmatch(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]*", url) is None:
        return False
    return not base or (url.startswith(f"{base}/") and not _UPWARDS.search(url))


def without_token(target: str) -> str:
    """Return the target without its `lab_token` parameters; all else stays byte for byte."""
    path, mark, query = target.partition("?")
    kept = [part for part in query.split("&") if not _TOKEN.match(part)]
    return path + mark + "&".join(kept) if kept else path


_UPWARDS = re.compile(r"^[^?#]*/(?:\.|%2e){2}(?:[/?#]|$)", re.IGNORECASE)
_TOKEN = re.compile(r"lab(?:_|%5f)token(?:=|$)", re.IGNORECASE)
