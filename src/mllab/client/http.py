"""One place where the client speaks HTTP: signs, sends, and raises the lab's own errors."""

from __future__ import annotations

import os
import ssl
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
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
        ca_file: str | Path | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        """Take what is not given from `LAB_ENDPOINT`, `LAB_API_TOKEN` and `LAB_CA_FILE`.

        With `ca_file` (PEM) the lab's certificate must be in it or be signed by one that is;
        without, by one of the usual authorities. An empty `token` means none. The variable's
        token belongs to the variable's lab and is not sent to another one.
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
            verify=_trust(self.endpoint, ca_file or os.environ.get("LAB_CA_FILE")),
            transport=transport,
        )
        # Who forgets to close a client, as a notebook or a command does, leaves nothing open.
        weakref.finalize(self, self.session.close)

    def json(self, method: str, path: str, **options: Any) -> Any:
        """Send a request below `/api` and return the answer's JSON (None for 204).

        Raises:
            LabError: the class that fits the lab's answer.
            InvalidInput: nobody that is trusted vouches for the lab's certificate.
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
        """Turn a connection that fails into `Unavailable`, a strange lab into `InvalidInput`."""
        try:
            yield
        except httpx.TransportError as exc:
            if fault := _certificate_fault(exc):
                raise InvalidInput(
                    f"Nobody that is trusted here vouches for the certificate of {self.endpoint} "
                    f"({fault}). If it is self-signed, copy tls/cert.pem from the lab's data "
                    f"folder and run: mllab login {self.endpoint} --ca cert.pem; "
                    "or name it with LAB_CA_FILE."
                ) from exc
            raise Unavailable(
                f"The lab at {self.endpoint} does not answer ({exc}). Is it running?"
            ) from exc

    def close(self) -> None:
        """Close the connections."""
        self.session.close()


def _trust(endpoint: str, ca_file: str | Path | None) -> ssl.SSLContext | bool:
    if not ca_file:
        # To load the usual authorities takes longer than a request; plain HTTP needs none.
        is_plain = endpoint.lower().startswith("http:")
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if is_plain else True
    try:
        return ssl.create_default_context(cafile=ca_file)
    except OSError as exc:  # ssl.SSLError is one too
        raise InvalidInput(
            f"The file of trusted certificates {ca_file} cannot be used: {exc.strerror}."
        ) from exc


def _certificate_fault(error: BaseException) -> str:
    """Return what was wrong with the lab's certificate, empty if that was not it."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return cause.verify_message
        cause = cause.__cause__ or cause.__context__
    return ""


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
