"""A body that breaks off on its way, up or down."""

from __future__ import annotations

from collections.abc import Iterator

import httpx


class Cut(httpx.SyncByteStream):
    """Passes a stream on, then raises `error` once `after` bytes are through."""

    def __init__(
        self, stream: httpx.SyncByteStream, after: int, error: type[httpx.TransportError]
    ) -> None:
        self._stream = stream
        self._after = after
        self._error = error

    def __iter__(self) -> Iterator[bytes]:
        """Yield the stream's chunks as far as they go."""
        done = 0
        for chunk in self._stream:
            if done >= self._after:
                raise self._error("the line broke")
            yield chunk
            done += len(chunk)

    def close(self) -> None:
        """Close the stream behind it."""
        self._stream.close()
