"""Which variables of the lab's environment a workload sees: those named here, no others.

The lab's own environment holds secrets and settings of its own Python (an inherited
PYTHONDONTWRITEBYTECODE alone tripled every start), so nothing is passed on unnamed.
"""

from __future__ import annotations

import os
import pwd
import sys
from collections.abc import Mapping
from pathlib import Path

from mllab.runtimes.variables import CERTIFICATES, PROXIES, TRUST, installer_settings, threads

_PASSED = (
    ("LANG", "LC_ALL", "TZ", "TERM", *CERTIFICATES, "SSL_CERT_DIR", *PROXIES)
    + tuple(name.upper() for name in PROXIES)
)  # fmt: skip


def _shared(lab: Mapping[str, str]) -> dict[str, str]:
    return {name: lab[name] for name in _PASSED if lab.get(name)}


def _path(lab: Mapping[str, str]) -> str:
    """Return the search path without the lab's own environment."""
    own = {str(Path(sys.prefix) / "bin"), os.path.dirname(sys.executable)}
    places = [p for p in lab.get("PATH", os.defpath).split(os.pathsep) if p and p not in own]
    return os.pathsep.join(places) or os.defpath


def program_variables(lab: Mapping[str, str], home: Path, cores: float | None) -> dict[str, str]:
    """Return the variables that every program begins with."""
    user = pwd.getpwuid(os.getuid()).pw_name if _known_user() else str(os.getuid())
    found = {
        "PATH": _path(lab),
        "LANG": "C.UTF-8",
        "HOME": str(home),
        "USER": user,
        "LOGNAME": user,
        "SHELL": "/bin/bash" if os.access("/bin/bash", os.X_OK) else "/bin/sh",
        "PYTHONUNBUFFERED": "1",  # output is in the log as soon as it is written
    }
    return found | TRUST | threads(cores) | _shared(lab)


def installer_variables(lab: Mapping[str, str], environments: Path) -> dict[str, str]:
    """Return the variables of uv: indexes and certificates of the lab, a cache of its own.

    The cache lies beside the environments, as both share files by hard links.
    """
    own = {
        "PATH": _path(lab),
        "HOME": lab.get("HOME", "/nonexistent"),
        "LANG": "C.UTF-8",
        "UV_CACHE_DIR": str(environments / "cache"),
        "UV_PYTHON_DOWNLOADS": "never",
        "UV_NO_PROGRESS": "1",
    }
    return TRUST | _shared(lab) | installer_settings(lab) | own


def _known_user() -> bool:
    try:
        pwd.getpwuid(os.getuid())
    except KeyError:
        return False
    return True
