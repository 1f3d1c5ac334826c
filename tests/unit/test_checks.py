"""Which requirements, git URLs and variables are taken, which refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mllab.core.checks import (
    check_environment,
    check_git_url,
    check_requirements,
    check_service,
)
from mllab.errors import InvalidInput
from mllab.model.work import ServiceSpec


@pytest.mark.parametrize(
    "text",
    [
        "pandas",
        "pandas>=2,<3",
        "uvicorn[standard]==0.38.*",
        "torch; python_version < '3.13'",
        "lib @ https://host/lib-1.0-py3-none-any.whl",
        "lib @ git+https://host/lib.git@v1#subdirectory=py",
        "git+https://host/lib.git",
    ],
)
def test_good_requirements(text: str) -> None:
    check_requirements([text])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-r other.txt",
        "--index-url https://evil",
        "-e .",
        "./lib",
        "../lib",
        "/etc/passwd",
        "pandas >=",
        "not a requirement !",
        "lib @ file:///etc/passwd",
        "lib @ ./lib",
        "lib @ https://",
        "pandas\n--index-url=https://evil",
        "pandas\x00",
        "git+ext::sh -c id",
    ],
)
def test_bad_requirements(text: str) -> None:
    with pytest.raises(InvalidInput, match="requirement|URL"):
        check_requirements([text])


@pytest.mark.parametrize(
    "url",
    [
        "git+https://host/x.git",
        "git+https://host:8443/group/x@main",
        "git+https://host/x.git@feature/y#subdirectory=a/b&egg=x",
        "git+ssh://git@host/x.git",
        "git+https://me:${GIT_PASSWORD}@host/x.git",
        "git+http://127.0.0.1:9000/x",
        "git+file:///srv/git/x.git@v1",
    ],
)
def test_good_git_urls(url: str) -> None:
    check_git_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://host/x.git",
        "git+https://",
        "git+https:///x.git",
        "git+https://host",
        "git+https://host/",
        "git+https://-oProxyCommand=id/x.git",
        "git+ssh://-oProxyCommand=id@host/x.git",
        "git+https://host/x.git@--upload-pack=id",
        "git+https://host/x.git@",
        "git+https://host/x.git@a@b",
        "git+https://host/x.git#subdirectory=../..",
        "git+https://host/x.git#subdirectory=/etc",
        "git+https://host/x.git#subdirectory=-x",
        "git+https://host/x.git#other=1",
        "git+https://host:port/x.git",
        "git+https://[::1/x.git",
        "git+ext::sh -c id",
        "git+https://host/x y.git",
        "git+https://host/x\n.git",
        "git+https://host\\@evil/x.git",
    ],
)
def test_bad_git_urls(url: str) -> None:
    with pytest.raises(InvalidInput):
        check_git_url(url)


def test_a_password_stands_in_no_message() -> None:
    with pytest.raises(InvalidInput) as caught:
        check_git_url("git+https://me:hunter2@host/")
    assert "hunter2" not in caught.value.message


def test_a_password_is_no_part_of_a_url_that_is_kept() -> None:
    with pytest.raises(InvalidInput, match="secret of the project") as caught:
        check_git_url("git+https://me:hunter2@host/x")
    assert "hunter2" not in caught.value.message


@pytest.mark.parametrize("scheme", ["git+https", "x @ git+https", "x @ https"])
def test_a_password_is_no_part_of_a_requirement(scheme: str) -> None:
    with pytest.raises(InvalidInput, match="holds a password") as caught:
        check_requirements([f"{scheme}://me:hunter2@host/x.whl"])
    assert "hunter2" not in caught.value.message


@given(st.text(max_size=60))
def test_any_text_is_taken_or_refused(text: str) -> None:
    for check in (check_git_url, lambda t: check_git_url(f"git+https://{t}")):
        try:
            check(text)
        except InvalidInput:
            pass
    try:
        check_requirements([text, f"x @ {text}", f"git+https://{text}"])
    except InvalidInput:
        pass


@pytest.mark.parametrize("value", ["a\x00b", "x" * 100_001])
def test_what_no_variable_can_hold(value: str) -> None:
    check_environment({"FINE": "ä" * 1000})
    with pytest.raises(InvalidInput, match="NAME"):
        check_environment({"NAME": value})


@pytest.mark.parametrize(
    "spec",
    [
        {},
        {"command": "x", "model": {"name": "m"}},
        {"model": {"name": "m", "version": "1", "alias": "best"}},
        {"command": "x", "ports": [80, 80]},
    ],
)
def test_bad_services(spec: dict[str, object]) -> None:
    with pytest.raises(InvalidInput):
        check_service(ServiceSpec.model_validate(spec))
