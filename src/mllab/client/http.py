"""One place where the client speaks HTTP: signs, sends, and raises the lab's own errors."""

from __future__ import annotations

import os
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

import httpx

from mllab.errors import InvalidInput, Unavailable, from_wire


class Http:
    """A connection to one lab with one token. Thread-safe, like `httpx.Client`."""

    def __init__(
        self,
        endpoint: str | None = None,
        token: str | None = None,
        *,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        """Take what is not given from `LAB_ENDPOINT` and `LAB_API_TOKEN`.

        An empty `token` means none. The variable's token belongs to the variable's lab and
        is not sent to another one.
        """
        of_environment = os.environ.get("LAB_ENDPOINT", "")
        endpoint = endpoint or of_environment
        if not endpoint:
            raise InvalidInput("Which lab? Pass endpoint=… or set LAB_ENDPOINT.")
        if token is None and endpoint.rstrip("/") == (of_environment or endpoint).rstrip("/"):
            token = os.environ.get("LAB_API_TOKEN", "")
        self.endpoint = endpoint.rstrip("/")
        self.token = token or ""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self.session = httpx.Client(
            base_url=self.endpoint,
            headers=headers,
            timeout=httpx.Timeout(60, connect=10),
            transport=transport,
        )
        # Who forgets to close a client, as a notebook or a command does, leaves nothing open.
        weakref.finalize(self, self.session.close)

    def json(self, method: str, path: str, **options: Any) -> Any:
        """Send a request below `/api` and return the answer's JSON (None for 204).

        Raises:
            LabError: the class that fits the lab's answer.
            Unavailable: the lab cannot be reached.
        """
        with self.reachable():
            response = self.session.request(method, f"/api{path}", **options)
        _raise(response)
        return response.json() if response.content else None

    @contextmanager
    def stream(self, method: str, path: str, **options: Any) -> Iterator[httpx.Response]:
        """Send a request below `/api` and give the open answer; its body is not read yet."""
        with (
            self.reachable(),
            self.session.stream(method, f"/api{path}", **options) as response,
        ):
            if response.is_error:
                response.read()
            _raise(response)
            yield response

    def pages(self, path: str, **params: Any) -> Iterator[dict[str, Any]]:
        """Yield the items of a list, page after page."""
        while True:
            page = self.json("GET", path, params=params)
            yield from page["items"]
            if not page["next_cursor"]:
                return
            params["cursor"] = page["next_cursor"]

    @contextmanager
    def reachable(self) -> Iterator[None]:
        """Turn a connection that fails into `Unavailable`."""
        try:
            yield
        except httpx.TransportError as exc:
            raise Unavailable(
                f"The lab at {self.endpoint} does not answer ({exc}). Is it running?"
            ) from exc

    def close(self) -> None:
        """Close the connections."""
        self.session.close()


def part(name: str) -> str:
    """Return `name` as one part of a path, whatever signs are in it."""
    if name in {"", ".", ".."}:
        raise InvalidInput(f"{name!r} is not a name.")
    return quote(name, safe="")


def _raise(response: httpx.Response) -> None:
    if response.is_success:
        return
    try:
        body = response.json()
    except ValueError:
        body = {}
    raise from_wire(response.status_code, body if isinstance(body, dict) else {})
