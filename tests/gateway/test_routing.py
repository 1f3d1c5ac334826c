"""From a URL to a workload: no spelling means one to the decision and another to nginx."""

from __future__ import annotations

import posixpath
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mllab.gateway.routing import (
    Route,
    ServiceTarget,
    WorkspaceTarget,
    is_local,
    path_of,
    read_key,
    route,
    target_of,
    without_token,
)

S, W = "/projects/p/services/s", "/workspaces/ann"


@pytest.mark.parametrize(
    ("target", "path", "found"),
    [
        (f"{S}/", f"{S}/", Route("s/p/s", S, "/")),
        (f"{S}/80/x?y", f"{S}/80/x", Route("s/p/s/80", f"{S}/80", "/x?y")),
        (f"{S}/080/x", f"{S}/080/x", Route("s/p/s", S, "/080/x")),
        (f"{S}/123456/", f"{S}/123456/", Route("s/p/s", S, "/123456/")),
        (f"{S}/a%2Fb", f"{S}/a/b", Route("s/p/s", S, "/a%2Fb")),
        (
            "/workspaces/ann/lab?a",
            "/workspaces/ann/lab",
            Route("w/ann", "/workspaces/ann", "/lab?a"),
        ),
        (S, S, None),
        (f"{S}/80", f"{S}/80", None),
        ("/workspaces/ann", "/workspaces/ann", None),
        ("/workspaces/-ann/", "/workspaces/-ann/", None),
        (f"/workspaces/{'a' * 41}/", f"/workspaces/{'a' * 41}/", None),
        (f"{S}/%380/", f"{S}/80/", None),
        (f"{S}/80/../90/", f"{S}/90/", None),
        ("/projects/q/../p/services/s/", f"{S}/", None),
        (
            f"{S}/%0a/workspaces/ann/",
            f"{S}/\n/workspaces/ann/",
            Route("s/p/s", S, "/%0a/workspaces/ann/"),
        ),
        ("/app/", "/app/", None),
    ],
)
def test_table(target: str, path: str, found: Route | None) -> None:
    assert route(target, path) == found


_PIECES = st.sampled_from(
    [
        "/",
        "projects",
        "services",
        "workspaces",
        "p",
        "s",
        "q",
        "80",
        "90",
        "..",
        ".",
        "%2e%2e",
        "%2F",
    ]
    + ["%0a", "\\", ";", "?", "#", "//", "%38", "%61", "S", "é"]
)


@given(st.lists(_PIECES, max_size=14).map("".join))
def test_both_readings_of_a_target_agree(tail: str) -> None:
    """What is sent on begins with what was decided, whatever the target's spelling."""
    for start in ("/", f"{S}/", "/workspaces/ann/"):
        target = start + tail
        path = _normalised(target)
        found = route(target, path)
        if found is None:
            continue
        named = read_key(found.key)
        assert named is not None
        assert target == found.prefix + found.rest
        assert path.startswith(path_of(named))
        assert found.prefix + "/" == path_of(named)


def _normalised(target: str) -> str:
    """Roughly what nginx makes of a target: query off, decoded, dot segments resolved."""
    path = unquote(target.split("?")[0].split("#")[0])
    resolved = posixpath.normpath(path) if path else "/"
    ends = path.endswith(("/", "/.", "/..")) and not resolved.endswith("/")
    return resolved + ("/" if ends else "")


@pytest.mark.parametrize(
    "target",
    [WorkspaceTarget("ann"), ServiceTarget("p", "s", None), ServiceTarget("p", "s", 80)],
)
def test_a_path_and_its_target_undo_each_other(target: WorkspaceTarget | ServiceTarget) -> None:
    assert target_of(path_of(target)) == target


@pytest.mark.parametrize(
    "key", ["", "slash", "w/", "w/ann/x", "s/p", "s/p/s/0", "s/p/s/80/x", "w/ann\n"]
)
def test_other_keys_name_nothing(key: str) -> None:
    assert read_key(key) is None


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("/", True),
        ("/app/?a=%2F#x", True),
        ("//evil.example", False),
        ("/\\evil.example", False),
        ("https://evil.example", False),
        ("app", False),
        ("", False),
        ("/a\n/b", False),
        ("/a b", False),
        ("/a\\b", False),
        ("/\t/evil.example", False),
    ],
)
def test_only_addresses_of_this_host_are_followed(url: str, local: bool) -> None:
    assert is_local(url) is local


@pytest.mark.parametrize(
    ("target", "left"),
    [
        ("/app/?lab_token=x", "/app/"),
        ("/a?b=%20&lab_token=x&c=/..//&d", "/a?b=%20&c=/..//&d"),
        ("/a?lab_token=x&lab_token=y", "/a"),
        ("/a?LAB%5FTOKEN=x&b", "/a?b"),
        ("/a?lab_token&b", "/a?b"),
        ("/a?lab_tokens=x", "/a?lab_tokens=x"),
        ("/a?", "/a?"),
        ("/a", "/a"),
    ],
)
def test_token_goes_and_all_else_stays(target: str, left: str) -> None:
    assert without_token(target) == left
