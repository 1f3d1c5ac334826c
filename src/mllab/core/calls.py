"""Calls of a service for people at a page: one bounded request, its answer as data.

A browser with the lab's cookie is led to a service's own host, so a page of the lab cannot
ask it directly; and what a service answers must never be a document of the lab's origin.
The request goes to the service's endpoint and nowhere else: no name is looked up, no
redirect followed, and no credential of the caller goes along.
"""

from __future__ import annotations

import asyncio
from time import perf_counter

import httpx

from mllab.core.context import Context
from mllab.core.dialling import http_to
from mllab.core.services import Services
from mllab.errors import BackendFailed, Conflict, InvalidInput
from mllab.model.accounts import Principal
from mllab.model.calls import LARGEST_CALL, ServiceAnswer, ServiceCall
from mllab.runtimes.base import Endpoint

LONGEST_S = 30.0

_OURS = {
    "connection", "content-length", "cookie", "expect", "forwarded", "host", "keep-alive", "te",
    "trailer", "transfer-encoding", "upgrade", "x-real-ip", "accept-encoding",
}  # fmt: skip
_OUR_PREFIXES = ("x-lab-", "x-forwarded-", "proxy-", "sec-")


class Calls:
    """Calls services."""

    def __init__(self, context: Context, services: Services, longest_s: float = LONGEST_S) -> None:
        self._base = context.settings.base_url
        self._services = services
        self._longest_s = longest_s

    async def call(
        self, who: Principal, project: str, service: str, call: ServiceCall, host: str = "localhost"
    ) -> ServiceAnswer:
        """Send one request to the service; `host` is the lab's name as the caller knows it.

        Raises:
            NotFound: no such project, service or declared port for this caller.
            Conflict: it does not run.
            InvalidInput: a header that is not the caller's to set.
            BackendFailed: it does not answer, or not in time.
        """
        reach = await self._services.reach(who, project, service, call.port)
        if reach.endpoint is None:
            status = reach.status
            why = f": {status.reason}" if status.reason else ""
            raise Conflict(f"{service!r} is {status.state}{why}.", state=str(status.state))
        headers = _headers(call) | {
            "Host": host,
            "Accept-Encoding": "identity",
            "X-Forwarded-Prefix": f"{self._base}{reach.stripped}",
        }
        try:
            async with asyncio.timeout(self._longest_s):
                return await _send(reach.endpoint, call, headers)
        except TimeoutError as exc:
            raise BackendFailed(
                f"{service!r} did not answer within {self._longest_s:g} s."
            ) from exc
        except (httpx.HTTPError, httpx.InvalidURL) as exc:
            kind = type(exc).__name__
            raise BackendFailed(
                f"{service!r} runs, but did not answer at this port ({kind}). See its log."
            ) from exc


def _headers(call: ServiceCall) -> dict[str, str]:
    """Return the caller's headers, the lab's tokens left out. Raises InvalidInput."""
    for name in call.headers:
        if name.lower() in _OURS or name.lower().startswith(_OUR_PREFIXES):
            raise InvalidInput(f"The header {name} is set by the lab; leave it out.")
    return {
        name: value
        for name, value in call.headers.items()
        if not (name.lower() == "authorization" and "lab_" in value)
    }


async def _send(endpoint: Endpoint, call: ServiceCall, headers: dict[str, str]) -> ServiceAnswer:
    begun = perf_counter()
    with http_to(endpoint.address, LONGEST_S) as opened:
        async with opened as client:
            # Whole, as httpx takes a path that begins with // for a host.
            url = f"{str(client.base_url).rstrip('/')}{call.path}"
            request = client.build_request(
                call.method, url, content=call.body.encode() or None, headers=headers
            )
            request.headers.update(endpoint.headers)
            response = await client.send(request, stream=True)
            try:
                body, is_whole = await _read(response)
            finally:
                await response.aclose()
    return ServiceAnswer(
        status=response.status_code,
        headers=[(name, value) for name, value in response.headers.multi_items()],
        text=None if "content-encoding" in response.headers else _text(body, is_whole),
        size_bytes=len(body),
        is_whole=is_whole,
        duration_ms=round((perf_counter() - begun) * 1000, 1),
    )


async def _read(response: httpx.Response) -> tuple[bytes, bool]:
    """Return at most `LARGEST_CALL` bytes, as they came, and whether that is all."""
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > LARGEST_CALL:
            return bytes(body[:LARGEST_CALL]), False
    return bytes(body), True


def _text(body: bytes, is_whole: bool) -> str | None:
    """Return the text; where it was cut, half a character at its end is left out."""
    for end in range(len(body), max(len(body) - 4, -1) if not is_whole else len(body) - 1, -1):
        try:
            return body[:end].decode()
        except UnicodeDecodeError:
            continue
    return None
