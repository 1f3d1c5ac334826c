"""A network that its Engine keeps: busy, or miscounted.

Real Engines miscount only now and then, when containers of one network start and end at the
same time, so the answers that one gave (20.10) are played back here.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from mllab.errors import Unavailable
from mllab.runtimes.docker.engine import Engine
from mllab.runtimes.docker.networks import Networks

KEPT = {"message": "error while removing network: network lab-p-alpha has active endpoints"}
ALPHA = {"lab.namespace": "lab", "lab.project": "alpha"}


@pytest.fixture
async def listed(tmp_path: Path) -> AsyncIterator[dict[str, Any]]:
    """Give the one network of an Engine that refuses to remove it."""
    network = {"Id": "n1", "Name": "lab-p-alpha", "Created": "2026", "Labels": ALPHA}
    network |= {"Containers": {}}
    answers = {"/version": {"ApiVersion": "1.41"}, "/networks": [network], "/networks/n1": network}

    async def answer(request: web.Request) -> web.Response:
        if request.method == "DELETE":
            return web.json_response(KEPT, status=403)
        return web.json_response(answers[request.path.removeprefix("/v1.41")])

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.UnixSite(runner, str(tmp_path / "s")).start()
    yield network
    await runner.cleanup()


@pytest.fixture
async def networks(tmp_path: Path) -> AsyncIterator[Networks]:
    engine = Engine(f"unix://{tmp_path}/s")
    yield Networks(engine, "lab", IPv4Network("10.176.0.0/12"), 24, None)
    await engine.close()


async def test_a_network_in_use_is_tried_again(listed: dict[str, Any], networks: Networks) -> None:
    listed["Containers"] = {"c1": {"Name": "lab-p-alpha-j-train-1"}}
    with pytest.raises(Unavailable, match="still in use"):
        await networks.remove(ALPHA)


async def test_an_empty_one_that_the_engine_keeps_holds_nobody_up(
    listed: dict[str, Any], networks: Networks, caplog: pytest.LogCaptureFixture
) -> None:
    assert await networks.remove(ALPHA) is None
    assert "Docker keeps the empty network lab-p-alpha" in caplog.text
