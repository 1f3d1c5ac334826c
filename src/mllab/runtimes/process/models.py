"""Makes a model server: the model's own environment, and a small server in it."""

from __future__ import annotations

import os
import re

from mllab.runtimes.process.environments import Environments
from mllab.runtimes.process.prepare import Program, with_environment

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from mllab.runtimes.process.child import Teller
    from mllab.runtimes.process.payload import Payload

# What mlflow's scoring server imports beside the model's own requirements.
_SERVER = ("fastapi", "uvicorn", "pandas", "numpy")
_NAME = re.compile(r"^\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?")


def server_requirements(requirements: Iterable[str]) -> list[str]:
    """Return a model's requirements made fit to serve it.

    `mlflow` becomes `mlflow-skinny` of the same version: it holds all that loading and
    serving take, without the tracking server (300 MB and 2 s of each start).
    """
    lines = [_skinny(line) for line in requirements]
    names = {_name(line) for line in lines}
    needed = [name for name in ("mlflow-skinny", *_SERVER) if name not in names]
    return [*lines, *needed]


def _skinny(line: str) -> str:
    found = _NAME.match(line)
    if found is None or _name(line) != "mlflow":
        return line
    return "mlflow-skinny" + line[found.end() :]


def _name(line: str) -> str:
    found = _NAME.match(line)
    return re.sub(r"[._-]+", "-", found[1]).lower() if found else ""


def prepare_model_server(payload: Payload, teller: Teller) -> Program:
    """Return the server of the payload's model; it fetches the model itself."""
    requirements = server_requirements(payload["requirements"])
    place = Environments(payload, teller).get_plain(requirements)
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "model_server.py")
    socket = f"{payload['run']}/http"
    argv = [f"{place}/bin/python", "-P", script, payload["model_uri"] or "", socket]
    return Program(argv, with_environment(payload["environment"], place), payload["work"])
