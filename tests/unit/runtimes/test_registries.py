"""Names of images, and the file of sign-ins."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from mllab.errors import Unavailable
from mllab.runtimes.docker.registries import SignIns, canonical, registry_of

SECRET = base64.b64encode(b"ann:s3cret").decode()


@pytest.mark.parametrize(
    ("image", "whole", "registry"),
    [
        ("python", "docker.io/library/python", "docker.io"),
        ("python:3.12", "docker.io/library/python:3.12", "docker.io"),
        ("mllab/lab:1", "docker.io/mllab/lab:1", "docker.io"),
        ("index.docker.io/mllab/lab", "docker.io/mllab/lab", "docker.io"),
        ("localhost/a", "localhost/a", "localhost"),
        ("host:5000/a/b:1", "host:5000/a/b:1", "host:5000"),
        ("ghcr.io/a/b@sha256:12", "ghcr.io/a/b@sha256:12", "ghcr.io"),
    ],
)
def test_the_registry_of_an_image(image: str, whole: str, registry: str) -> None:
    assert (canonical(image), registry_of(image)) == (whole, registry)


def written(folder: Path, content: object) -> SignIns:
    path = folder / "config.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return SignIns(path)


@pytest.mark.parametrize(
    ("key", "image"),
    [
        ("https://index.docker.io/v1/", "python:3.12"),
        ("docker.io", "mllab/lab"),
        ("host:5000", "host:5000/a/b"),
        ("http://host:5000/v2/", "host:5000/a/b"),
        ("ghcr.io/team", "ghcr.io/team/image:1"),
    ],
)
def test_a_sign_in_is_found_by_its_registry(tmp_path: Path, key: str, image: str) -> None:
    found = written(tmp_path, {"auths": {key: {"auth": SECRET}}}).of(image)
    registry = registry_of(image)
    assert found == {"username": "ann", "password": "s3cret", "serveraddress": registry}


def test_a_sign_in_goes_to_no_other_registry(tmp_path: Path) -> None:
    sign_ins = written(tmp_path, {"auths": {"ghcr.io/team": {"auth": SECRET}}})
    for image in ("ghcr.io/other/image", "ghcr.io/teams/x", "python", "ghcr.io.evil.org/team/x"):
        assert sign_ins.of(image) is None


def test_the_longest_name_wins_and_tokens_are_taken(tmp_path: Path) -> None:
    auths = {"host:1": {"username": "a", "password": "b"}, "host:1/x": {"identitytoken": "t"}}
    found = written(tmp_path, {"auths": auths})
    assert found.of("host:1/x/y:2") == {"identitytoken": "t", "serveraddress": "host:1"}
    assert (found.of("host:1/z") or {})["username"] == "a"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (f'{{"auths": {SECRET}', "no JSON"),
        ([SECRET], "form of Docker's"),
        ({"auths": {"docker.io": SECRET}}, "form of Docker's"),
        ({"credsStore": "desktop"}, "helper program"),
        ({"auths": {"docker.io": {"auth": f"?{SECRET}"}}}, "for docker.io is not base64"),
        ({"auths": {"docker.io": {"auth": ""}}}, "for docker.io has no user"),
    ],
)
def test_a_file_that_cannot_be_used_says_so_and_keeps_its_secrets(
    tmp_path: Path, content: object, why: str
) -> None:
    with pytest.raises(Unavailable, match="LAB_REGISTRY_AUTH_FILE") as caught:
        written(tmp_path, content).of("python")
    assert why in caught.value.message
    assert SECRET[:8] not in caught.value.message


def test_a_file_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="cannot be read"):
        SignIns(tmp_path / "none").check()
    SignIns(None).check()
    assert SignIns(None).of("python") is None
