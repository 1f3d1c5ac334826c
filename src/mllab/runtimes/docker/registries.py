"""Which registry an image comes from, and how the lab signs in there.

Sign-ins stand in a file of Docker's own form (`~/.docker/config.json`), which
`docker login` writes. It is read for each pull, so that a new password needs no restart.
What is read here goes to the Engine in a header and nowhere else.
"""

from __future__ import annotations

import base64
import binascii
import json
from pathlib import Path
from typing import Any

from mllab.errors import Unavailable

HUB = "docker.io"
_HUB_TOO = {"index.docker.io", "registry-1.docker.io"}


def canonical(image: str) -> str:
    """Return an image's full name: `python:3` is `docker.io/library/python:3`."""
    first, slash, rest = image.partition("/")
    if slash and ("." in first or ":" in first or first == "localhost"):
        return f"{HUB}/{rest}" if first in _HUB_TOO else image
    return f"{HUB}/{image}" if slash else f"{HUB}/library/{image}"


def registry_of(image: str) -> str:
    """Return the registry of an image: host, and port where it names one."""
    return canonical(image).partition("/")[0]


class SignIns:
    """What a file says about registries; None: there is no file and no sign-in."""

    def __init__(self, file: Path | None) -> None:
        self.file = file

    def check(self) -> None:
        """Raise `Unavailable` if the file cannot be used; say why and what to do."""
        self._read()

    def of(self, image: str) -> dict[str, str] | None:
        """Return what the Engine needs to sign in for `image`, None if nothing is said.

        The longest name wins: `host/team` before `host`.

        Raises:
            Unavailable: the file cannot be used.
        """
        found = self._read()
        known = {_plain(name): entry for name, entry in found.get("auths", {}).items()}
        name, _, _ = canonical(image).partition("@")
        while name:
            if entry := known.get(name):
                return self._sign_in(entry, registry_of(image))
            name = name.rpartition("/")[0]
        return None

    def _sign_in(self, entry: dict[str, Any], registry: str) -> dict[str, str]:
        try:
            if token := entry.get("identitytoken"):
                return {"identitytoken": token, "serveraddress": registry}
            user, password = entry.get("username", ""), entry.get("password", "")
            if code := entry.get("auth"):
                text = base64.b64decode(code, validate=True).decode()
                user, _, password = text.rstrip("\0").partition(":")
        except (binascii.Error, ValueError):  # from None: the cause would show what it is about
            raise self._fault(f"its sign-in for {registry} is not base64") from None
        if not user:
            raise self._fault(f"its sign-in for {registry} has no user")
        return {"username": user, "password": password, "serveraddress": registry}

    def _read(self) -> dict[str, Any]:
        if self.file is None:
            return {}
        try:
            found = json.loads(self.file.read_text())
        except OSError as exc:
            raise self._fault(f"it cannot be read ({exc.strerror})") from None
        except ValueError:
            raise self._fault("it is no JSON") from None
        if not isinstance(found, dict) or not _is_table(found.get("auths", {})):
            raise self._fault("it has not the form of Docker's config.json")
        if not found.get("auths") and (found.get("credsStore") or found.get("credHelpers")):
            raise self._fault("it leaves sign-ins to a helper program, which the lab does not run")
        return found

    def _fault(self, why: str) -> Unavailable:
        return Unavailable(
            f"The file of registry sign-ins {self.file} cannot be used: {why}. Write one with "
            "`docker --config FOLDER login REGISTRY`, and name its config.json with "
            "LAB_REGISTRY_AUTH_FILE."
        )


def _is_table(found: object) -> bool:
    return isinstance(found, dict) and all(isinstance(entry, dict) for entry in found.values())


def _plain(name: str) -> str:
    """Return a key of `auths` as a name: Docker wrote URLs there once."""
    bare = name.partition("://")[2] or name
    bare = bare.strip("/")
    for version in ("/v1", "/v2"):
        bare = bare.removesuffix(version)
    host, slash, path = bare.partition("/")
    return f"{HUB if host in _HUB_TOO else host}{slash}{path}"
