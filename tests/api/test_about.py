"""What a lab says it can do, and what workloads use, over HTTP and by the clients."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from people import Api, LiveLab, open_core, settle

from mllab import __version__
from mllab.runtimes.dummy import DummyRuntime

LIMITS = ("default_limits", "largest_limits")


async def test_anybody_who_is_signed_in_learns_what_the_lab_can_do(api: Api) -> None:
    assert (await api(None).get("/api/about")).status_code == 401
    found = (await api("charlie").get("/api/about")).json()
    assert (found["version"], found["runtime"], found["images"]) == (__version__, "dummy", None)
    assert found["capabilities"] == ["cpu-limit", "memory-limit"]


async def test_limits_are_the_settings(tmp_path: Path) -> None:
    async with open_core(tmp_path, cpu_limit=2, memory_limit_mib=1024, max_cpu_cores=8) as core:
        people = await settle(core)
        found = (await Api(core, people.tokens)("vera").get("/api/about")).json()
        told = {name: (found[name]["cpu_cores"], found[name]["memory_mib"]) for name in LIMITS}
        assert told == {"default_limits": (2, 1024), "largest_limits": (8, None)}


async def test_a_runtime_with_images_says_which_may_run(tmp_path: Path) -> None:
    runtime = DummyRuntime(images=True)
    async with open_core(tmp_path, runtime=runtime, allowed_images="mllab/*, python:3.*") as core:
        people = await settle(core)
        found = (await Api(core, people.tokens)("vera").get("/api/about")).json()["images"]
        assert found["allowed"] == ["mllab/*", "python:3.*"]
        assert found["default"] == core.context.settings.workspace_image


async def test_usage_of_what_does_not_run_is_null(api: Api) -> None:
    job = {"name": "train", "spec": {"command": "true"}}
    assert (await api("bob").post("/api/projects/alpha/jobs", json=job)).status_code == 201
    assert (await api("bob").post("/api/projects/alpha/jobs/train/runs")).status_code == 201
    answer = await api("vera").get("/api/projects/alpha/jobs/train/runs/1/usage")
    assert (answer.status_code, answer.json()) == (200, None)
    missing = await api("vera").get("/api/projects/alpha/services/none/usage")
    assert missing.status_code == 404


def test_client_and_command_line(live: LiveLab, cli: Any) -> None:
    assert live.client("vera").about().runtime == "dummy"
    assert cli.json("about")["runtime"] == "dummy"
    assert live.client("alice").workspace().usage() is None
    assert cli("workspace", "usage").stdout == "It does not run.\n"
    assert cli.json("workspace", "usage") is None
