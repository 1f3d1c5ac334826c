"""A running gateway for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from gateway_room import Room, open_room


@pytest.fixture
async def room() -> AsyncIterator[Room]:
    """A gateway with nothing behind it yet."""
    async with open_room() as opened:
        yield opened
