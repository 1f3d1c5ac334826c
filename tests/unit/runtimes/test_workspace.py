"""Real workspaces: JupyterLab of the lab, Python of the user."""

from __future__ import annotations

import json
import os
from typing import Any

import httpx
import pytest
from process_machine import Machine

from mllab.model.workloads import WorkloadSpec
from mllab.runtimes.base import Endpoint, Handle
from mllab.runtimes.inside.models import server_requirements


def workspace(machine: Machine, attempt: int = 1, **more: Any) -> WorkloadSpec:
    facts: dict[str, Any] = {
        "id": "wl_ws",
        "attempt": attempt,
        "kind": "workspace",
        "program": "workspace",
    }
    facts |= {"volume": "lab-u-ann-workspace", "ports": [8888]}
    return machine.spec("-", **facts, base_path="/workspaces/ann/", **more)


async def open_workspace(machine: Machine, handle: Handle) -> httpx.AsyncClient:
    """Return a client as the gateway is one, once JupyterLab answers."""
    found: list[Endpoint] = []

    async def there() -> bool:
        look = await machine.runtime.endpoint(handle, 8888)
        found.extend([look] if look else [])
        return bool(look)

    await machine.until(there)
    path = found[0].address.removeprefix("unix:")
    return httpx.AsyncClient(
        transport=httpx.AsyncHTTPTransport(uds=path),
        base_url="http://lab/workspaces/ann/",
        headers=dict(found[0].headers),
        timeout=60,
    )


async def test_jupyterlab_answers_through_its_socket_to_its_token(machine: Machine) -> None:
    handle = await machine.runtime.start(workspace(machine), {})
    plugin = "@jupyterlab/apputils-extension:notification"
    async with await open_workspace(machine, handle) as client:
        answers = [await client.get(path) for path in ("api", "api/status", "lab")]
        news = (await client.get(f"lab/api/settings/{plugin}")).json()
        client.cookies.clear()  # the gateway lets none through
        secret = client.headers.pop("Authorization").split()[1]
        assert (await client.get("api/status")).status_code == 403
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert news["schema"]["properties"]["fetchNews"]["default"] == "false"
    assert secret not in json.dumps(handle)
    assert machine.attempt(handle).token_file.stat().st_mode & 0o077 == 0


async def test_kernels_and_terminals_have_the_users_python(machine: Machine) -> None:
    handle = await machine.runtime.start(workspace(machine), {})
    own = str(machine.root / "volumes/lab-u-ann-workspace/.lab/python")
    async with await open_workspace(machine, handle) as client:
        specs = (await client.get("api/kernelspecs")).json()["kernelspecs"]
        kernel = (await client.post("api/kernels")).json()
    assert list(specs) == ["python3"] == [kernel["name"]]
    assert specs["python3"]["spec"]["argv"][0] == f"{own}/bin/python"
    result = await machine.runtime.exec(handle, ["sh", "-c", "command -v python; command -v pip"])
    assert result.output.decode().split() == [f"{own}/bin/python", f"{own}/bin/pip"]
    await machine.runtime.stop(handle, 10)
    assert not os.path.exists(handle["run"])  # noqa: ASYNC240 - a look
    assert await machine.runtime.endpoint(handle, 8888) is None


async def test_what_a_user_installs_stays_until_a_reset(machine: Machine) -> None:
    module = machine.root / "mine.py"
    module.write_text("")

    async def session(attempt: int, script: str, **more: Any) -> tuple[str, str]:
        handle = await machine.runtime.start(workspace(machine, attempt, **more), {})
        async with await open_workspace(machine, handle):
            result = await machine.runtime.exec(handle, ["sh", "-c", script])
        await machine.runtime.stop(handle, 10)
        return result.output.decode(), await machine.output(handle, whole=True)

    purelib = "python -c 'import sysconfig; print(sysconfig.get_path(\"purelib\"))'"
    look = "python -c 'import mllab' && python -c 'import mine' 2>&- && echo stays; ls ~/kept"
    _, first = await session(1, f"cp {module} $({purelib}) && touch ~/kept")
    marker = machine.root / "volumes/lab-u-ann-workspace/.lab/python/.lab.json"
    marker.write_text(
        marker.read_text().replace("mllab-", "mllab-older-")
    )  # as an upgrade finds it
    seen, second = await session(2, look)
    assert ["setting up" in log for log in (first, second)] == [True, False]
    assert "client up to date" in second
    assert seen.split() == ["stays", str(machine.root / "volumes/lab-u-ann-workspace/kept")]
    seen, _ = await session(3, look, environment={"LAB_RESET": "1"})
    assert seen.split() == [str(machine.root / "volumes/lab-u-ann-workspace/kept")]


@pytest.mark.parametrize(
    ("given", "made"),
    [
        ([], ["mlflow-skinny", "fastapi", "uvicorn", "pandas", "numpy"]),
        (["mlflow==3.17.2"], ["mlflow-skinny==3.17.2", "fastapi", "uvicorn", "pandas", "numpy"]),
        (
            ["MLflow[extras]>=3", "Pandas==2.3.3", "numpy<3", "scikit-learn"],
            ["mlflow-skinny>=3", "Pandas==2.3.3", "numpy<3", "scikit-learn", "fastapi", "uvicorn"],
        ),
        (
            ["mlflow-skinny==3.17.2", "fastapi", "uvicorn", "pandas", "numpy"],
            ["mlflow-skinny==3.17.2", "fastapi", "uvicorn", "pandas", "numpy"],
        ),
    ],
)
def test_requirements_of_a_model_are_made_fit_to_serve_it(
    given: list[str], made: list[str]
) -> None:
    assert server_requirements(given) == made
