"""Makes a workspace: JupyterLab of the lab's own, Python and files of the user's own.

JupyterLab runs from a shared environment that nobody can change; notebooks and terminals
use an environment in the user's home, in which `pip install` stays. When all is there
this neither runs uv nor asks the network, so a workspace starts as fast as `jupyter lab`.

`LAB_RESET` in the spec's environment (any value) renews the user's environment once per
value and keeps all files.
"""

from __future__ import annotations

import json
import os
import shutil
import stat

from mllab.runtimes.inside.environments import Environments
from mllab.runtimes.inside.prepare import Program, with_environment

TYPE_CHECKING = False
if TYPE_CHECKING:
    from mllab.runtimes.inside.task import Task
    from mllab.runtimes.inside.telling import Teller

JUPYTER = ("jupyterlab==4.6.6",)
KERNEL = ("ipykernel==7.4.0", "pip")
# JupyterLab asks whether to fetch news unless this says no; a setting does not stop it.
OVERRIDES = {
    "share/jupyter/lab/settings/overrides.json": json.dumps(
        {
            "@jupyterlab/apputils-extension:notification": {
                "fetchNews": "false",
                "checkForUpdates": False,
            }
        }
    )
}
_FLAGS = (
    "--no-browser",
    "--ServerApp.allow_remote_access=True",
    "--ServerApp.trust_xheaders=True",
    "--ServerApp.quit_button=False",
    "--LabApp.extension_manager=readonly",
    "--LanguageServerManager.autodetect=False",  # else npm runs at each start
    "--KernelManager.transport=ipc",
    "--KernelSpecManager.ensure_native_kernel=False",
    # A login shell would put the system's Python before the user's.
    "--ServerApp.terminado_settings={'shell_command': ['/bin/bash']}",
)


def prepare_workspace(task: Task, teller: Teller) -> Program:
    """Return JupyterLab on the user's home, with the user's own environment made ready."""
    home, run = task["work"], task["run"]
    jupyter = Environments(task, teller).get_own(JUPYTER, OVERRIDES)
    python = _user_environment(task, teller)
    _kernel(home, python)
    os.makedirs(f"{run}/j", mode=0o700, exist_ok=True)
    variables = with_environment(task["environment"], python) | {
        "JUPYTER_TOKEN": task["token"],
        "JUPYTER_PATH": f"{home}/.lab/jupyter",
        "JUPYTER_RUNTIME_DIR": f"{run}/j",  # short: kernels' sockets lie in it
    }
    # -P: a file `json.py` in the home must not become Jupyter's json.
    argv = [f"{jupyter}/bin/python", "-P", "-m", "jupyterlab", *_FLAGS]
    argv += [*_listening(task["address"]), f"--ServerApp.base_url={task['base_path']}"]
    argv += [f"--ServerApp.root_dir={home}"]
    if os.getuid() == 0:
        argv.append("--allow-root")
    return Program(argv, variables, home)


def _listening(address: str) -> list[str]:
    if address.startswith("unix:"):
        return [f"--ServerApp.sock={address.removeprefix('unix:')}", "--ServerApp.sock_mode=0600"]
    host, _, port = address.rpartition(":")
    return [f"--ServerApp.ip={host}", f"--ServerApp.port={port}", "--ServerApp.port_retries=0"]


def _user_environment(task: Task, teller: Teller) -> str:
    """Return the user's environment; made at first, after a reset, and where it broke."""
    folder = f"{task['work']}/.lab/python"
    marker = f"{folder}/.lab.json"
    wanted = {"reset": task["environment"].get("LAB_RESET", ""), "client": task["wheel"]}
    found = _read(marker)
    if found == wanted and os.access(f"{folder}/bin/python", os.X_OK):
        return folder
    environments = Environments(task, teller)
    anew = not os.access(f"{folder}/bin/python", os.X_OK) or found.get("reset") != wanted["reset"]
    if anew:
        template = environments.get_own((*KERNEL, *task["client_requirements"]))
        teller.progress("setting up your Python environment")
        _copy(template, folder)
    else:
        teller.progress("bringing the lab's client up to date")
    if not environments.put_client(folder, alone=anew):
        wanted["client"] = ""  # tried again at the next start; all else works
    with open(marker, "w", encoding="utf-8") as file:
        json.dump(wanted, file)
    return folder


def _read(marker: str) -> dict[str, str]:
    try:
        with open(marker, encoding="utf-8") as file:
            found: dict[str, str] = json.load(file)
    except (OSError, ValueError):
        return {}
    return found


def _copy(template: str, folder: str) -> None:
    """Copy a shared environment into the home, writable; nothing is linked to the shared one."""
    part, old = f"{folder}.new", f"{folder}.old"
    for place in (part, old):
        shutil.rmtree(place, ignore_errors=True)
    os.makedirs(os.path.dirname(folder), mode=0o700, exist_ok=True)
    shutil.copytree(template, part, symlinks=True, copy_function=_copy_writable)
    for place, _, _ in os.walk(part):
        os.chmod(place, 0o700)
    if os.path.lexists(folder):
        os.rename(folder, old)
    os.rename(part, folder)
    shutil.rmtree(old, ignore_errors=True)


def _copy_writable(source: str, target: str) -> None:
    """Copy one file with its time, by which Python knows that its bytecode fits.

    Type stubs, which are more than half of all files, are linked: they are not writable, so
    nobody edits them in place, and to replace or remove one touches only the link.
    """
    if os.path.islink(source):
        os.symlink(os.readlink(source), target)
        return
    found = os.stat(source)
    if source.endswith(".pyi"):
        try:
            os.link(source, target)
        except OSError:
            pass  # another file system: copied like all others
        else:
            return
    shutil.copyfile(source, target)
    os.chmod(target, stat.S_IMODE(found.st_mode) | 0o200)
    os.utime(target, ns=(found.st_atime_ns, found.st_mtime_ns))


def _kernel(home: str, python: str) -> None:
    """Name the user's environment as the one kernel `python3`."""
    folder = f"{home}/.lab/jupyter/kernels/python3"
    text = json.dumps(
        {
            "argv": [f"{python}/bin/python", "-m", "ipykernel_launcher", "-f", "{connection_file}"],
            "display_name": "Python 3",
            "language": "python",
            "metadata": {"debugger": True},
        }
    )
    try:
        with open(f"{folder}/kernel.json", encoding="utf-8") as file:
            if file.read() == text:
                return
    except FileNotFoundError:
        os.makedirs(folder, mode=0o700, exist_ok=True)
    with open(f"{folder}/kernel.json", "w", encoding="utf-8") as file:
        file.write(text)
