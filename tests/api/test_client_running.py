"""Jobs, services and workspaces by the Python client and the command line, under control."""

from __future__ import annotations

import asyncio
import io
import json
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest
from people import LiveLab
from typer.testing import Result

from mllab.client.archives import pack_folder
from mllab.client.jobs import Jobs
from mllab.client.services import Services
from mllab.control.loop import Control
from mllab.errors import BackendFailed, InvalidInput, NotFound, Unavailable

FAST = {"DUMMY_LOG": "läuft\n"}
FOREVER = {"DUMMY_RUN_S": "100000", "DUMMY_ENDPOINT": "-"}


class Cli(Protocol):
    """The fixture `cli`."""

    def __call__(self, *arguments: str, as_: str | None = ..., input: str = ...) -> Result: ...
    def json(self, *arguments: str, as_: str | None = ..., input: str = ...) -> Any: ...


@pytest.fixture
def running(live: LiveLab) -> Iterator[LiveLab]:
    """A live lab under control."""
    control = Control(live.core)

    async def begin() -> asyncio.Task[None]:
        return asyncio.create_task(control.run())

    async def end(task: asyncio.Task[None]) -> None:
        await control.close()
        await task

    task = live.call(begin())
    yield live
    live.call(end(task))


@pytest.fixture
def jobs(running: LiveLab) -> Jobs:
    return running.client("bob").project("alpha").jobs


@pytest.fixture
def services(running: LiveLab) -> Services:
    return running.client("bob").project("alpha").services


def folder(path: Path) -> Path:
    """Return a folder with code and things that stay at home."""
    (path / "code/pkg/__pycache__").mkdir(parents=True)
    (path / "code/.git").mkdir()
    for name in ("train.py", "pkg/a.py", "pkg/__pycache__/a.pyc", ".git/config"):
        (path / "code" / name).write_text("print(1)")
    return path / "code"


def test_submit_runs_a_job_to_its_end(jobs: Jobs, tmp_path: Path) -> None:
    code = folder(tmp_path)
    run = jobs.submit("train", "python train.py", code=code, environment=FAST)
    assert "".join(jobs.logs("train", run.number, follow=True)) == "läuft\n"
    done = jobs.wait("train", run.number)
    assert (done.status.state, done.status.exit_code) == ("succeeded", 0)
    again = jobs.submit("train", "python train.py", code=code, environment=FAST)
    assert (again.number, again.spec.code) == (2, run.spec.code)
    assert [each.number for each in jobs.runs("train")] == [2, 1]
    jobs.delete("train")
    with pytest.raises(NotFound):
        jobs.get("train")


def test_code_is_packed_without_circumstances(tmp_path: Path) -> None:
    packed = [io.BytesIO(), io.BytesIO()]
    for number, target in enumerate(packed):
        here = tmp_path / str(number)
        pack_folder(folder(here), target)
    assert packed[0].getvalue() == packed[1].getvalue()
    packed[0].seek(0)
    with tarfile.open(fileobj=packed[0]) as archive:
        assert archive.getnames() == ["pkg", "pkg/a.py", "train.py"]


@pytest.mark.parametrize(
    ("code", "kind"), [("git+https://host/x.git", "git"), ("datasets/a.zip", "dataset")]
)
def test_code_may_lie_elsewhere(jobs: Jobs, code: str, kind: str) -> None:
    assert jobs.spec("x", code=code).model_dump()["code"]["kind"] == kind


def test_mistakes_are_told_before_anything_is_sent(jobs: Jobs, services: Services) -> None:
    with pytest.raises(InvalidInput, match="no file or folder"):
        jobs.submit("train", "x", code="/none/such")
    with pytest.raises(InvalidInput, match="retries"):
        jobs.submit("train", "x", retries=-1)
    with pytest.raises(InvalidInput, match="ports"):
        services.deploy("web", "x", ports=[0])


def test_waiting_has_an_end(jobs: Jobs, services: Services) -> None:
    run = jobs.submit("train", "x", environment=FOREVER)
    with pytest.raises(Unavailable):
        jobs.wait("train", run.number, timeout_s=0)
    assert jobs.stop("train", run.number).number == run.number
    assert jobs.wait("train", run.number).status.state == "stopped"
    services.deploy("web", "x", environment={"DUMMY_FAIL_START": "no room"}, restart=False)
    with pytest.raises(BackendFailed, match="no room"):
        services.wait("web")


def test_a_service_over_its_life(services: Services) -> None:
    service = services.deploy("web", "serve", environment=FOREVER)
    assert service.path == "/projects/alpha/services/web/"
    redeployed = services.deploy("web", "better", environment=FOREVER)
    assert redeployed.spec.command == "better"
    assert services.stop("web").spec == services.get("web").spec
    assert services.start("web").status.state != "stopped"
    assert [each.name for each in services.list()] == ["web"]
    assert services.request("web").status_code == 404  # no gateway stands before this lab
    services.delete("web")
    assert services.list() == []


def test_a_workspace_over_its_life(running: LiveLab) -> None:
    workspace = running.client("bob").workspace()
    assert workspace.url == f"{running.url}/workspaces/bob/"
    with pytest.raises(BackendFailed, match="nobody started it"):
        workspace.wait()
    assert workspace.start().status.state == "pending"
    workspace.restart()
    workspace.reset()
    workspace.stop()
    assert "".join(workspace.logs(follow=True)).count("attempt") <= 3


@pytest.mark.parametrize("code", [0, 3])
def test_a_followed_run_gives_its_exit_code(running: LiveLab, cli: Cli, code: int) -> None:
    env = ["--env", f"DUMMY_EXIT_CODE={code}", "--env", "DUMMY_LOG=hi", "-p", "alpha"]
    result = cli("job", "run", "train", "--command", "x", *env, "--follow", as_="bob")
    assert (result.exit_code, result.stdout) == (code, "hi")
    assert cli("job", "wait", "train", "-p", "alpha").exit_code == code
    assert cli("job", "logs", "train", "1", "-p", "alpha").stdout == "hi"


def test_the_end_of_a_log_and_what_is_sought_in_it(running: LiveLab, cli: Cli) -> None:
    text = "".join(f"line {n}\n" for n in range(50))
    jobs = running.client("bob").project("alpha").jobs
    number = jobs.submit("train", "x", environment={"DUMMY_LOG": text}).number
    jobs.wait("train", number)
    last = jobs.log_lines("train", number, lines=2)
    assert (last.text, last.end) == ("line 48\nline 49\n", len(text))
    assert jobs.log_lines("train", number, lines=1, before=last.offset).text == "line 47\n"
    logs = ("job", "logs", "train", "1", "-p", "alpha")
    assert cli(*logs, "--tail", "1", "--follow").stdout == "line 49\n"
    assert cli(*logs, "--search", "LINE 4").stdout.splitlines()[1] == "line 40"


def test_services_and_workspaces_have_lines_too(running: LiveLab, services: Services) -> None:
    services.deploy("web", "x", environment={"DUMMY_LOG": "up\nready\n", "DUMMY_ENDPOINT": "-"})
    for text in services.logs("web", follow=True):
        if "ready" in text:
            break
    assert services.log_lines("web", lines=1).text == "ready\n"
    assert [each.offset for each in services.search_log("web", "READY")] == [3]
    workspace = running.client("bob").workspace()
    assert (workspace.log_lines().text, list(workspace.search_log("x"))) == ("", [])


def test_jobs_on_the_command_line(running: LiveLab, cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "requirements.txt"
    file.write_text("# ours\npandas>=2  # data\n\nlib @ https://host/lib.whl#sha256=1\n")
    at = ["-p", "alpha"]
    asked = ["--command", "x", "-r", "numpy", "--requirements-file", str(file), "--retries", "2"]
    made = cli.json("job", "create", "train", *asked, *at, as_="bob")
    assert made["spec"]["requirements"] == [
        "numpy",
        "pandas>=2",
        "lib @ https://host/lib.whl#sha256=1",
    ]
    env = ["--env", "DUMMY_RUN_S=100000"]
    assert cli.json("job", "update", "train", "--command", "y", *env, *at)["spec"]["retries"] == 0
    assert cli.json("job", "run", "train", *at)["number"] == 1
    assert cli.json("job", "start", "train", *at)["number"] == 2
    assert cli.json("job", "stop", "train", *at)["number"] == 2
    assert [run["number"] for run in cli.json("job", "runs", "train", *at)] == [2, 1]
    assert cli.json("job", "status", "train", "1", *at)["number"] == 1
    assert cli("job", "delete-run", "train", "1", "--yes", *at).exit_code == 0
    assert [job["name"] for job in cli.json("job", "list", *at)] == ["train"]
    assert cli.json("job", "get", "train", *at)["spec"]["command"] == "y"
    assert cli("job", "delete", "train", "--yes", *at).exit_code == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ["job", "create", "train"],
        ["job", "run", "train", "--retries", "1"],
        ["job", "run", "train", "--command", "x", "--env", "A"],
        ["job", "run", "train", "--command", "x", "--requirements-file", "/none"],
        ["service", "deploy", "web"],
        ["service", "deploy", "web", "--command", "x", "--model", "m"],
    ],
)
def test_mistakes_on_the_command_line(live: LiveLab, cli: Cli, arguments: list[str]) -> None:
    with pytest.raises(InvalidInput):
        cli(*arguments, "-p", "alpha")


def test_a_job_that_never_ran_has_no_log(live: LiveLab, cli: Cli) -> None:
    cli("job", "create", "train", "--command", "x", "-p", "alpha")
    with pytest.raises(NotFound, match="not run yet"):
        cli("job", "logs", "train", "-p", "alpha")


def test_services_on_the_command_line(running: LiveLab, cli: Cli, tmp_path: Path) -> None:
    at = ["-p", "alpha"]
    env = ["--env", "DUMMY_ENDPOINT=-", "--env", "DUMMY_LOG=up"]
    asked = [
        "--command",
        "x",
        "--port",
        "80",
        "--port",
        "81",
        "--health-path",
        "/ok",
        "--no-restart",
    ]
    made = cli.json("service", "deploy", "web", *asked, *env, *at)
    assert (made["spec"]["ports"], made["spec"]["restart"]) == ([80, 81], False)
    assert cli.json("service", "stop", "web", *at)["name"] == "web"
    assert cli.json("service", "start", "web", *at)["name"] == "web"
    assert cli.json("service", "restart", "web", *at)["name"] == "web"
    assert [each["name"] for each in cli.json("service", "list", *at)] == ["web"]
    assert cli.json("service", "get", "web", *at)["path"].endswith("/web/")
    assert cli("service", "logs", "web", *at).exit_code == 0
    data = tmp_path / "rows.json"
    data.write_text(json.dumps({"rows": [1]}))
    with pytest.raises(BackendFailed, match="404"):
        cli("service", "call", "web", "invocations", "--data", f"@{data}", *at)
    assert cli("service", "delete", "web", "--yes", *at).exit_code == 0


def test_the_workspace_on_the_command_line(running: LiveLab, cli: Cli) -> None:
    assert cli.json("workspace", "get")["status"]["state"] == "stopped"
    for verb in (["start"], ["restart"], ["reset", "--yes"], ["stop"]):
        assert cli.json("workspace", *verb)["user"] == "alice"
    assert cli("workspace", "logs").exit_code == 0
    assert cli("workspace", "open", "--no-browser").stdout.strip().endswith("/workspaces/alice/")
    assert cli.json("workspace", "stop", "--user", "bob", as_="dana")["user"] == "bob"
