"""One place where the client speaks HTTP: signs, sends, and raises the lab's own errors."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

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
        """Take what is not given from `LAB_ENDPOINT` and `LAB_API_TOKEN`."""
        endpoint = endpoint or os.environ.get("LAB_ENDPOINT", "")
        if not endpoint:
            raise InvalidInput("Which lab? Pass endpoint=… or set LAB_ENDPOINT.")
        token = token or os.environ.get("LAB_API_TOKEN", "")
        self.endpoint = endpoint.rstrip("/")
        self.token = token
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self.session = httpx.Client(
            base_url=self.endpoint,
            headers=headers,
            timeout=httpx.Timeout(60, connect=10),
            transport=transport,
        )

    def json(self, method: str, path: str, **options: Any) -> Any:
        """Send a request below `/api` and return the answer's JSON (None for 204).

        Raises:
            LabError: the class that fits the lab's answer.
            Unavailable: the lab cannot be reached.
        """
        with self._reachable():
            response = self.session.request(method, f"/api{path}", **options)
        _raise(response)
        return response.json() if response.content else None

    @contextmanager
    def stream(self, method: str, path: str, **options: Any) -> Iterator[httpx.Response]:
        """Send a request below `/api` and give the open answer; its body is not read yet."""
        with (
            self._reachable(),
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
    def _reachable(self) -> Iterator[None]:
        try:
            yield
        except httpx.TransportError as exc:
            raise Unavailable(
                f"The lab at {self.endpoint} does not answer ({exc}). Is it running?"
            ) from exc

    def close(self) -> None:
        """Close the connections."""
        self.session.close()


def _raise(response: httpx.Response) -> None:
    if response.is_success:
        return
    try:
        body = response.json()
    except ValueError:
        body = {}
    raise from_wire(response.status_code, body if isinstance(body, dict) else {})
