"""`mllab up` and `mllab down`: run a lab on this machine.

The server is imported inside the commands: whoever only talks to a lab need not have it
installed, and does not pay for it.
"""

from __future__ import annotations

import asyncio
import logging
import logging.handlers
import os
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mllab import __version__
from mllab.cli.output import say
from mllab.errors import InvalidInput, NotFound

if TYPE_CHECKING:
    from mllab.config import Settings
    from mllab.server import Lab

DataDir = Annotated[
    Path | None, typer.Option(help="Folder that holds everything (default: ./data).")
]


def add_to(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    app.command()(up)
    app.command()(down)


def up(
    *,
    port: Annotated[int | None, typer.Option(help="Port of the lab (default: 8080).")] = None,
    host: Annotated[
        str | None, typer.Option(help="Address to listen on (default: this machine only).")
    ] = None,
    data_dir: DataDir = None,
    runtime: Annotated[str | None, typer.Option(help="process (default) or docker.")] = None,
    metadata: Annotated[str | None, typer.Option(help="sqlite:///path")] = None,
    files: Annotated[str | None, typer.Option(help="file:///folder")] = None,
    config: Annotated[Path | None, typer.Option(help="Settings as TOML.")] = None,
) -> None:
    """Start the lab and keep it running; Ctrl-C stops it and everything that it runs."""
    settings = _settings(
        config,
        port=port,
        host=host,
        data_dir=data_dir,
        runtime=runtime,
        metadata=metadata,
        files=files,
    )
    _log_to(settings)
    try:
        import uvloop
    except ImportError:
        asyncio.run(_serve(settings))
    else:
        uvloop.run(_serve(settings))


def down(*, data_dir: DataDir = None) -> None:
    """Stop the lab of a data folder and everything that it runs."""
    settings = _settings(None, data_dir=data_dir)
    from mllab.server import LOCK_FILE, Lab, running_lab

    if not (settings.data_dir / LOCK_FILE).exists():
        raise NotFound("lab", str(settings.data_dir), "Name its folder with --data-dir.")
    pid = running_lab(settings.data_dir)
    if pid is None:
        asyncio.run(Lab(settings).clear_away())
        say("No lab was running here; what it had left running is stopped.")
        return
    os.kill(pid, signal.SIGINT)
    while running_lab(settings.data_dir) == pid:
        time.sleep(0.05)
    say("The lab and everything that it ran are stopped.")


def _settings(config: Path | None, **flags: object) -> Settings:
    try:
        from mllab.config import load_settings
    except ImportError as exc:
        raise InvalidInput(
            f"The server part is not installed ({exc.name}): pip install 'mllab[server]'."
        ) from exc
    return load_settings(config, **flags)


def _log_to(settings: Settings) -> None:
    folder = settings.data_dir / "logs"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        to_file = logging.handlers.RotatingFileHandler(
            folder / "lab.log", maxBytes=16 << 20, backupCount=3
        )
    except OSError as exc:
        raise InvalidInput(
            f"The data folder {settings.data_dir} cannot be used: {exc.strerror} ({exc.filename}). "
            "Choose another one with --data-dir."
        ) from exc
    to_terminal = logging.StreamHandler()
    to_terminal.setLevel(logging.DEBUG if settings.debug else logging.WARNING)
    logging.basicConfig(
        level=logging.DEBUG if settings.debug else logging.INFO,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
        handlers=[to_file, to_terminal],
    )
    for noisy in ("httpx", "httpcore", "uvicorn", "asyncio", "aiosqlite"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


async def _serve(settings: Settings) -> None:
    from mllab.server import Lab

    lab = Lab(settings)
    told = asyncio.Event()
    kill_workloads = False

    def on_signal(ends_workloads: bool) -> None:
        nonlocal kill_workloads
        kill_workloads = ends_workloads
        told.set()

    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGINT, on_signal, True)
    loop.add_signal_handler(signal.SIGTERM, on_signal, False)
    await lab.start()
    _greet(lab)
    try:
        await lab.wait(told)
    finally:
        say(
            "\nStopping the lab and everything that it runs ..."
            if kill_workloads
            else "\nStopping the lab; its workloads run on and are found again by the next start."
        )
        await lab.stop(workloads=kill_workloads)


def _greet(lab: Lab) -> None:
    say(f"ML Lab {__version__} runs at {lab.url}")
    if lab.fingerprint:
        say(f"Certificate, self-signed: {lab.settings.data_dir / 'tls' / 'cert.pem'}")
        say(f"  SHA-256 {lab.fingerprint}")
    if lab.setup_url:
        say(f"First admin, open once: {lab.setup_url}")
    say(f"Data: {lab.settings.data_dir} · Ctrl-C stops the lab and everything that it runs")
