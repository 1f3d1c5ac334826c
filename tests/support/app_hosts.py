"""A browser before a lab whose workloads have hosts of their own.

`Browser` keeps cookies per host and follows redirects from host to host, as a person's
does. `place` puts an upstream behind every service and workspace of a real core.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import replace
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlsplit

import httpx
from gateway_room import RUNNING, Room, Upstream
from people import password_of

from mllab.core.workloads import Reach
from mllab.runtimes.base import Endpoint

Cookies = dict[str, dict[str, str]]


class Browser:
    """One person's browser; `cookies` (and their `paths`) are what it holds, by host."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self.cookies: Cookies = defaultdict(dict)
        self.paths: Cookies = defaultdict(dict)
        self.url = ""

    async def send(self, url: str, method: str = "GET", **given: Any) -> httpx.Response:
        """Send one request; a path goes to the lab's own host."""
        self.url = url if "://" in url else f"{self._room.url}{url}"
        parts = urlsplit(self.url)
        host = parts.hostname or ""
        headers = {"Accept": "text/html,*/*", "Host": parts.netloc} | given.pop("headers", {})
        if self.cookies[host]:
            headers["Cookie"] = "; ".join(f"{n}={v}" for n, v in self.cookies[host].items())
        target = parts._replace(netloc=f"127.0.0.1:{self._room.nginx.port}").geturl()
        trust = self._room.trust if self._room.nginx.config.tls else True
        async with httpx.AsyncClient(trust_env=False, timeout=30, verify=trust) as client:
            answer = await client.request(method, target, headers=headers, **given)
        for line in answer.headers.get_list("set-cookie"):
            assert "domain=" not in line.lower(), "for this host alone"
            for name, morsel in SimpleCookie(line).items():
                self.cookies[host][name] = morsel.value
                self.paths[host][name] = morsel["path"]
        return answer

    async def open(self, url: str, **given: Any) -> httpx.Response:
        """Open an address and follow wherever it leads; `url` is then where it ended."""
        answer = await self.send(url, **given)
        for _ in range(10):
            if answer.status_code not in {302, 303, 308}:
                return answer
            there = answer.headers["Location"]
            parts = urlsplit(self.url)
            url = there if "://" in there else f"{parts.scheme}://{parts.netloc}{there}"
            answer = await self.send(url)
        raise AssertionError("redirects without end")

    async def sign_in(self, name: str) -> None:
        """Sign in with the form."""
        data = {"username": name, "password": password_of(name)}
        assert (await self.send("/sign-in", "POST", data=data)).status_code == 303

    @property
    def host(self) -> str:
        """The host, with its port, where `open` ended."""
        return urlsplit(self.url).netloc


def place(room: Room, upstream: Upstream) -> None:
    """Have everything that a caller may reach run behind `upstream`."""
    assert room.lab is not None
    for resource in (room.lab.services, room.lab.workspaces):
        resource.reach = _placed(resource.reach, upstream)  # type: ignore[method-assign,assignment]


def _placed(
    reach: Callable[..., Awaitable[Reach]], upstream: Upstream
) -> Callable[..., Awaitable[Reach]]:
    async def placed(*arguments: Any) -> Reach:
        found = await reach(*arguments)
        return replace(found, status=RUNNING, endpoint=Endpoint(upstream.address))

    return placed
