"""How much the lab adds to JupyterLab's own start.

One round is: start a workspace by the API until JupyterLab's first 200 through the gateway;
start `jupyter lab` by hand, from the same environment and on a folder like it, until its
first 200 on its own port. Both ask for the same URL. Rounds alternate; the figure is the
median of the rounds' ratios (1.0 would be: the lab costs nothing).
"""

from __future__ import annotations

import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx
import psutil

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))
from _report import report
from running_lab import RunningLab, running_lab, wait_for

from mllab import Lab

ROUNDS = 7
TOKEN = "by-hand"  # noqa: S105 - of a server that lives for seconds on loopback


def until_answer(url: str, token: str, began: float, header: str) -> float:
    """Poll `url` until it answers 200; return the seconds since `began`."""
    with httpx.Client(headers={"Authorization": f"{header} {token}"}) as client:
        while True:
            try:
                if client.get(url).status_code == 200:
                    return time.monotonic() - began
            except httpx.TransportError:
                pass
            time.sleep(0.01)


def by_the_lab(lab: RunningLab, client: Lab) -> float:
    began = time.monotonic()
    client.workspace("admin").start()
    return until_answer(
        f"{lab.url}/workspaces/admin/api/status", client.http.token, began, "Bearer"
    )


def jupyter_python() -> str:
    """Return the interpreter of the workspace that runs now."""
    for process in psutil.process_iter(["cmdline"]):
        command = process.info["cmdline"] or []
        if "jupyterlab" in command and "-m" in command:
            return str(command[0])
    raise SystemExit("no workspace runs")


def by_hand(python: str) -> float:
    with socket.socket() as free, tempfile.TemporaryDirectory() as home:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        command = [python, "-m", "jupyterlab", "--no-browser", "--allow-root"]
        command += [f"--ServerApp.port={port}", f"--ServerApp.root_dir={home}"]
        command += ["--ServerApp.base_url=/workspaces/admin/"]
        env = {"HOME": home, "PATH": "/usr/bin:/bin", "JUPYTER_TOKEN": TOKEN}
        began = time.monotonic()
        with subprocess.Popen(
            command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as server:
            url = f"http://127.0.0.1:{port}/workspaces/admin/api/status"
            took = until_answer(url, TOKEN, began, "token")
            server.terminate()
        return took


def main() -> None:
    ratios, labs, hands = [], [], []
    with tempfile.TemporaryDirectory() as folder, running_lab(Path(folder) / "data") as lab:
        client = Lab(lab.url, lab.token())
        workspace = client.workspace("admin")
        by_the_lab(lab, client)  # builds the environments
        python = jupyter_python()
        for _ in range(ROUNDS):
            workspace.stop()
            wait_for(
                lambda: workspace.get().status.state == "stopped", within_s=30, what="it stops"
            )
            labs.append(by_the_lab(lab, client))
            hands.append(by_hand(python))
            ratios.append(labs[-1] / hands[-1])
    print(f"the lab {sorted(labs)[ROUNDS // 2]:.2f} s, by hand {sorted(hands)[ROUNDS // 2]:.2f} s")
    report({"start_vs_jupyter": ratios}, {"start_vs_jupyter": "at most 1.15"})


if __name__ == "__main__":
    main()
